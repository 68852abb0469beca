// Tokens of SoftHSM2 in a folder of their own.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const LIBRARY = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib64/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
].find(existsSync);

/** Why there are none here, if so. */
export const missing = LIBRARY ? null : 'SoftHSM2 is not installed';

export class Tokens {
  static async none() {
    const tokens = new Tokens();
    tokens.folder = await mkdtemp(join(tmpdir(), 'softhsm-'));
    tokens.place = join(tokens.folder, 'tokens');
    await mkdir(tokens.place);
    const settings = join(tokens.folder, 'softhsm2.conf');
    await writeFile(settings, `directories.tokendir = ${tokens.place}\nobjectstore.backend = file\nlog.level = ERROR\n`);
    tokens.environment = { SOFTHSM2_CONF: settings };
    tokens.words = ['--pkcs11', LIBRARY];
    return tokens;
  }

  async #tool(program, ...words) {
    const { stdout } = await promisify(execFile)(program, words, { env: { ...process.env, ...this.environment } });
    return stdout;
  }

  /** Plugs in a token that holds this lock; answers it as the agent's window shows it. */
  async insert(label, lock) {
    const [key, certificate] = [join(this.folder, 'key.pem'), join(this.folder, 'certificate.der')];
    await writeFile(key, lock.key);
    await writeFile(certificate, lock.certificate);
    await this.#tool('softhsm2-util', '--init-token', '--free', '--label', label, '--so-pin', 'so-pin-1', '--pin', lock.pin);
    await this.#tool('softhsm2-util', '--import', key, '--token', label, '--label', 'signing', '--id', '01', '--pin', lock.pin);
    await this.#tool('pkcs11-tool', '--module', LIBRARY, '--token-label', label, '--login', '--pin', lock.pin,
      '--write-object', certificate, '--type', 'cert', '--id', '01', '--label', 'signing');
    const slots = await this.#tool('softhsm2-util', '--show-slots');
    const slot = slots.split(/^Slot /m).find((it) => new RegExp(`Label:\\s+${label}\\s`).test(it));
    const media_number = slot.match(/Serial number:\s*(\S+)/)[1];
    return { ...lock, label, media_number };
  }

  /** Pulls all tokens out; answers what puts them back. */
  async pull() {
    const away = join(this.folder, 'away');
    await rename(this.place, away);
    await mkdir(this.place);
    return async () => {
      await rm(this.place, { recursive: true });
      await rename(away, this.place);
    };
  }

  async remove() {
    await rm(this.folder, { recursive: true, force: true });
  }
}
