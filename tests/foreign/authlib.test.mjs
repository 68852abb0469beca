// PyPI Authlib against the provider. The client runs in a process of its own (authlib_client.py); here are the
// demonstration, its registrations, and the person who signs when the client says where to.
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { endChild, hasEnded, startChild } from '../browser/lib/children.mjs';
import { startDemonstration } from '../browser/lib/demonstration.mjs';
import { output, root } from '../browser/lib/program.mjs';
import { authorize, bind, keyPair, REDIRECT_URI, registerAs } from './lib.mjs';

const python = `${root}tests/.venv/bin/python`;

/** What the platform may call in its own name. */
const RESOURCE = 'https://api.example/bids';

describe('Authlib against the provider', () => {
  let demo;
  let child;
  const ended = [];

  before(async () => {
    demo = await startDemonstration('foreign-authlib');
    const lock = demo.lock('good-sm2');
    await bind(demo, lock);
    const settings = { issuer: demo.issuer, redirect_uri: REDIRECT_URI, enterprise: lock.enterprise, resource: RESOURCE, platforms: await registerAll() };
    child = startChild(python, [fileURLToPath(new URL('authlib_client.py', import.meta.url))], { stdio: ['pipe', 'pipe', 'inherit'] });
    // A client that has ended hears nothing more; what it said until then is counted below.
    child.stdin.on('error', () => {});
    child.stdin.write(`${JSON.stringify(settings)}\n`);
    for await (const line of createInterface({ input: child.stdout })) {
      const said = JSON.parse(line);
      if (said.authorize) {
        const callback = await authorize(demo, new URL(said.authorize), lock);
        child.stdin.write(`${JSON.stringify({ callback: callback.href })}\n`);
      } else {
        ended.push(said);
      }
    }
  });
  after(async () => {
    try {
      if (child) await endChild(child);
    } finally {
      await demo?.stop();
    }
  });

  async function registerAll() {
    const platforms = {
      secret: await registerAs(demo, 'authlib-secret', {}, ['--client-credentials', '--resource', RESOURCE]),
      rsa: await registerAs(demo, 'authlib-rsa', { id_token_signed_response_alg: 'RS256' }),
    };
    for (const alg of ['ES256', 'PS256']) {
      const key = await keyPair(alg, `authlib-${alg}`);
      const metadata = { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [key.jwk] } };
      const secret = await webcrypto.subtle.exportKey('jwk', key.privateKey);
      const registered = await registerAs(demo, `authlib-${alg.toLowerCase()}`, metadata);
      platforms[alg.toLowerCase()] = { ...registered, key: { ...secret, key_ops: undefined, ext: undefined, alg, kid: key.kid } };
    }
    return platforms;
  }

  test('every check of the client passes', async (context) => {
    if (!hasEnded(child)) await once(child, 'exit');
    assert.equal(child.failure, undefined);
    assert.deepEqual([child.exitCode, ended.length], [0, 13], `the client ended early: see ${output}foreign-authlib.log`);
    for (const { check, passed, told, error, where } of ended) {
      await context.test(check, () => {
        if (told) console.log(`  ${JSON.stringify(told)}`);
        assert.ok(passed, `${error}\n${where}`);
      });
    }
  });
});
