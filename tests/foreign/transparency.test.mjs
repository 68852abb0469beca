// The audit log by tools that are not ours: golang.org/x/mod/sumdb for notes, tiles and proofs; the openssl command for the
// head's signature. The provider and its events are the demonstration's.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createInterface } from 'node:readline';

import { endChild, hasEnded, startChild } from '../browser/lib/children.mjs';
import { startDemonstration } from '../browser/lib/demonstration.mjs';
import { output, run } from '../browser/lib/program.mjs';
import { authorize, bind, register, REDIRECT_URI } from './lib.mjs';

/** Built by tests/run: see need_go_module in tests/setup/needs.sh. */
const program = `${output}transparency`;

/** RFC 8410: what stands before an Ed25519 key in a SubjectPublicKeyInfo. */
const ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

describe('the audit log by tools of others', () => {
  let demo;
  let key;
  const checks = [];

  before(async () => {
    demo = await startDemonstration('foreign-transparency');
    const lock = demo.lock('good-sm2');
    await bind(demo, lock);
    const { client_id } = await register(demo, 'transparency', []);
    const asked = { client_id, redirect_uri: REDIRECT_URI, response_type: 'code', scope: 'openid', code_challenge_method: 'S256', code_challenge: 'A'.repeat(43) };
    await authorize(demo, new URL(`${demo.issuer}/oauth2/authorize?${new URLSearchParams(asked)}`), lock);
    key = (await audit('key')).trim();
    await audit('checkpoint');
    const file = join(demo.folder, 'audit.jsonl');
    await audit('export', '--out', file);
    const child = startChild(program, [demo.issuer, file], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, VKEY: key } });
    for await (const line of createInterface({ input: child.stdout })) checks.push(JSON.parse(line));
    if (!hasEnded(child)) await once(child, 'exit');
    await endChild(child);
    assert.equal(child.failure, undefined);
  });
  after(() => demo?.stop());

  function audit(...words) {
    const environment = { IDP_ISSUER: demo.issuer, IDP_STATE_DIR: demo.providerState, IDP_LOG: 'error', USER: process.env.USER ?? 'tests' };
    return run('idp', ['audit', ...words], environment);
  }

  test('golang.org/x/mod/sumdb opens the head and holds every proof', async (context) => {
    assert.equal(checks.length, 6);
    for (const { check, passed, error } of checks) await context.test(check, () => assert.ok(passed, error));
  });

  test('openssl verifies the signature of the head', async () => {
    const note = await (await fetch(`${demo.issuer}/audit/checkpoint`)).text();
    const [text, signature] = note.split('\n\n');
    const octets = Buffer.from(signature.split(' ')[2], 'base64').subarray(4);
    // NAME+ID+KEY, and no plus sign but in the base64 at its end.
    const key32 = Buffer.from(key.split('+').slice(2).join('+'), 'base64').subarray(1);
    const files = { text: join(demo.folder, 'head.txt'), signature: join(demo.folder, 'head.sig'), key: join(demo.folder, 'head.pem') };
    const pem = Buffer.concat([ED25519, key32]).toString('base64');
    await writeFile(files.text, `${text}\n`);
    await writeFile(files.signature, octets);
    await writeFile(files.key, `-----BEGIN PUBLIC KEY-----\n${pem}\n-----END PUBLIC KEY-----\n`);
    const words = ['pkeyutl', '-verify', '-pubin', '-inkey', files.key, '-rawin', '-in', files.text, '-sigfile', files.signature];
    const openssl = async () => {
      const child = startChild('openssl', words, { stdio: ['ignore', 'ignore', 'ignore'] });
      if (!hasEnded(child)) await once(child, 'exit');
      return child.exitCode;
    };
    assert.equal(await openssl(), 0);
    await writeFile(files.text, `${text}0\n`);
    assert.notEqual(await openssl(), 0);
  });
});
