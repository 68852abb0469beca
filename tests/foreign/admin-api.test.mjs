// An operator's program in Python against the admin API (admin_api_client.py). Here are the provider, the operator whose
// certificate is entered on the machine, and its key.
import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { endChild, hasEnded, makeFolder, removeFolder, startChild } from '../browser/lib/children.mjs';
import { freePorts, output, program, root, run } from '../browser/lib/program.mjs';
import { REDIRECT_URI } from './lib.mjs';

const python = `${root}tests/.venv/bin/python`;
const NAME = '乌兰';
const PLATFORM = 'chifeng';
const START_MS = 60_000;

describe('an operator’s program in Python against the admin API', () => {
  let folder;
  let provider;
  let child;
  const ended = [];

  before(async () => {
    folder = await makeFolder('admin-api-');
    const [port] = await freePorts(1);
    const issuer = `http://127.0.0.1:${port}`;
    const environment = {
      IDP_ISSUER: issuer, IDP_LISTEN: `["127.0.0.1:${port}"]`, IDP_STATE_DIR: join(folder, 'state'), IDP_LOG: 'warn',
      IDP_API__ENABLED: 'true', USER: process.env.USER ?? 'tests',
    };
    const [key, certificate] = [join(folder, 'operator.key'), join(folder, 'operator.pem')];
    await openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', key);
    await openssl('req', '-x509', '-key', key, '-subj', '/CN=operator', '-addext', 'keyUsage=critical,digitalSignature', '-out', certificate);
    await run('idp', ['migrate'], environment);
    await run('idp', ['platform', 'add', PLATFORM, '--redirect-uri', REDIRECT_URI], environment);
    await run('idp', ['operator', 'add', '--cert', certificate, '--name', NAME, '--roles', 'registrar', '--reason', 'test'], environment);
    await mkdir(output, { recursive: true });
    const log = createWriteStream(`${output}foreign-admin-api.log`);
    provider = startChild(program('idp'), ['serve'], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
    provider.stdout.pipe(log);
    provider.stderr.pipe(log);
    await answering(issuer);
    const settings = { issuer, name: NAME, platform: PLATFORM, key: await readFile(key, 'utf8'), certificate: await readFile(certificate, 'utf8') };
    child = startChild(python, [fileURLToPath(new URL('admin_api_client.py', import.meta.url))], { stdio: ['pipe', 'pipe', 'inherit'] });
    // A client that has ended hears nothing more; what it said until then is counted below.
    child.stdin.on('error', () => {});
    child.stdin.end(`${JSON.stringify(settings)}\n`);
    for await (const line of createInterface({ input: child.stdout })) ended.push(JSON.parse(line));
  });
  after(async () => {
    if (child) await endChild(child);
    if (provider) await endChild(provider);
    if (folder) await removeFolder(folder);
  });

  async function openssl(...words) {
    const made = startChild('openssl', words, { stdio: ['ignore', 'ignore', 'ignore'] });
    if (!hasEnded(made)) await once(made, 'exit');
    assert.equal(made.exitCode, 0, `openssl ${words[0]}`);
  }

  async function answering(issuer) {
    const deadline = Date.now() + START_MS;
    for (;;) {
      assert.ok(!hasEnded(provider), 'the provider ended: see tests/output/foreign-admin-api.log');
      assert.ok(Date.now() < deadline, 'the provider did not become ready');
      const answer = await fetch(`${issuer}/healthz`).catch(() => undefined);
      if (answer?.ok) return;
      await sleep(100);
    }
  }

  test('every check of the program passes', async (context) => {
    if (!hasEnded(child)) await once(child, 'exit');
    assert.deepEqual([child.exitCode, ended.length], [0, 6], 'the program ended early');
    for (const { check, passed, error } of ended) {
      await context.test(check, () => assert.ok(passed, error));
    }
  });
});
