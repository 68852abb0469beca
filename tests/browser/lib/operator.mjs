// What an operator does at the host of the demonstration's provider.
import { run } from './program.mjs';

/** `idp enterprise COMMAND …`: answers what it prints. */
export async function enterprise(demo, command, ...words) {
  return run('idp', ['enterprise', command, ...words], { IDP_STATE_DIR: demo.providerState });
}

/** The enterprise as `idp enterprise show` tells it. */
export const look = async (demo, creditCode) => JSON.parse(await enterprise(demo, 'show', creditCode));
