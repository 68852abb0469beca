// An Apache of the tests' own with mod_auth_openidc before a page that answers with the headers it got.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { endChild, hasEnded, makeFolder, removeFolder, startChild } from '../browser/lib/children.mjs';
import { output } from '../browser/lib/program.mjs';

const MODULES = '/usr/lib/apache2/modules';
const START_MS = 15_000;

/** Where the platform is on the port that it will have. */
export function addresses(port) {
  const origin = `http://127.0.0.1:${port}`;
  const callback = `${origin}/app/callback`;
  return { origin, page: `${origin}/app/`, open: `${origin}/open/`, callback, backchannel: `${callback}?logout=backchannel`, signOut: `${callback}?logout=` };
}

/** Starts it for a registered client; its own log is kept in tests/output. */
export async function startApache(port, issuer, { client_id, client_secret }) {
  const started = {};
  const apache = { stop: () => stop(started) };
  try {
    started.page = await startPage();
    const folder = started.folder = await makeFolder('apache-');
    await chmod(folder, 0o755);
    const file = join(folder, 'apache.conf');
    const settings = configuration({ folder, port, page: started.page.address().port, issuer, client_id, client_secret });
    await writeFile(file, settings, { mode: 0o600 });
    const log = openSync(`${output}foreign-apache.log`, 'w');
    // Its workers are of another user, and end with its group.
    started.child = startChild('/usr/sbin/apache2', ['-f', file, '-D', 'FOREGROUND'], { stdio: ['ignore', log, log], group: true });
    closeSync(log);
    await becomeReady(started.child, addresses(port).open);
  } catch (error) {
    await apache.stop();
    throw error;
  }
  return apache;
}

/** What stands behind Apache: it believes the headers that come. */
async function startPage() {
  const server = createServer((request, response) => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Buffer.from(String(value), 'latin1').toString()]));
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ path: request.url, headers }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

function configuration({ folder, port, page, issuer, client_id, client_secret }) {
  const modules = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'proxy', 'proxy_http', 'auth_openidc'];
  const { callback } = addresses(port);
  return `
${modules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
ServerRoot "${folder}"
ServerName 127.0.0.1
DefaultRuntimeDir "${folder}"
PidFile "${folder}/apache.pid"
Mutex file:${folder} default
ErrorLog "/dev/stderr"
LogLevel warn auth_openidc:info
Listen 127.0.0.1:${port}
${process.getuid() === 0 ? 'User www-data\nGroup www-data' : ''}
ProxyPass "/app/" "http://127.0.0.1:${page}/"
ProxyPass "/open/" "http://127.0.0.1:${page}/"

OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${client_id}
OIDCClientSecret ${client_secret}
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCRedirectURI ${callback}
OIDCCryptoPassphrase ${randomBytes(32).toString('hex')}
OIDCScope "openid enterprise certificate contact"
OIDCResponseMode form_post
OIDCPKCEMethod S256
OIDCIDTokenSignedResponseAlg ES256
OIDCRemoteUserClaim sub
OIDCPassClaimsAs headers

<Location "/app/">
  AuthType openid-connect
  Require valid-user
  OIDCUnAuthAction auth true
</Location>
<Location "/open/">
  Require all granted
</Location>
`;
}

async function becomeReady(child, address) {
  const deadline = Date.now() + START_MS;
  for (;;) {
    if (hasEnded(child)) throw new Error(`Apache ended with ${child.exitCode ?? child.failure ?? child.signalCode}: see tests/output/foreign-apache.log`);
    if (Date.now() > deadline) throw new Error('Apache did not become ready: see tests/output/foreign-apache.log');
    const answer = await fetch(address).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
}

/** Whatever of it was started. */
async function stop({ child, page, folder }) {
  if (child) await endChild(child);
  page?.closeAllConnections();
  if (page) await once(page.close(), 'close');
  if (folder) await removeFolder(folder);
}
