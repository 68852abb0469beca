// A fresh sample lock of a CA that the running demonstration recognises, taken apart: what a device's maker puts in.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { run } from './program.mjs';

/** Mints one; `words` say which, as `demo lock` takes them. Certificate in DER, key in PEM (PKCS #8, unencrypted). */
export async function mint(demo, name, words) {
  const folder = await mkdtemp(join(tmpdir(), 'minted-'));
  try {
    const out = join(folder, 'lock.pem');
    const told = JSON.parse(await run('demo', ['lock', '--state-dir', demo.state, '--name', name, '--out', out, ...words]));
    const openssl = (...arguments_) => promisify(execFile)('openssl', arguments_);
    await openssl('x509', '-in', out, '-outform', 'DER', '-out', join(folder, 'certificate'));
    await openssl('pkcs8', '-topk8', '-nocrypt', '-in', out, '-passin', `pass:${told.pin}`, '-out', join(folder, 'key'));
    return {
      pin: told.pin,
      enterprise: told.enterprise,
      credit_code: told.credit_code,
      key_number: told.key_number,
      certificate: await readFile(join(folder, 'certificate')),
      key: await readFile(join(folder, 'key'), 'utf8'),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
