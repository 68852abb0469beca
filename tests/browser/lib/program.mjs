// Where the programs under test are, and how one of them is run.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
export const output = fileURLToPath(new URL('../../output/', import.meta.url));

/** The built program NAME; YZT_BIN names another folder than target/debug. */
export const program = (name) => `${process.env.YZT_BIN ?? `${root}target/debug`}/${name}`;

/** Runs a program and answers its standard output. */
export async function run(name, words, environment = {}) {
  const { stdout } = await promisify(execFile)(program(name), words, { env: { ...process.env, ...environment } });
  return stdout;
}

/** Ports of 127.0.0.1 that nobody uses now, below those that connections are given (from 32768 on). */
export async function freePorts(count) {
  const servers = [];
  while (servers.length < count) {
    const port = 20000 + Math.floor(Math.random() * 12000);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
      servers.push(server);
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error;
    }
  }
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
