// Devices of the SKF library that stands for a vendor's (key-agent/tests/skf-library): folders beside a copy of it.
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { program } from './program.mjs';

export class Devices {
  static async none() {
    const devices = new Devices();
    devices.folder = await mkdtemp(join(tmpdir(), 'skf-'));
    const library = join(devices.folder, 'libskf.so');
    await copyFile(program('libskf_test_library.so'), library);
    devices.words = ['--skf', library];
    devices.environment = {};
    return devices;
  }

  /** Plugs in a device that holds this lock; answers it as the agent's window shows it. */
  async insert(label, lock) {
    const media_number = '9F00202611260001';
    this.device = join(this.folder, 'devices', 'DEV1');
    const container = join(this.device, 'APP', 'signing');
    await mkdir(container, { recursive: true });
    await writeFile(join(container, 'signing.der'), lock.certificate);
    await writeFile(join(container, 'signing.key'), Buffer.from(lock.key.replace(/-----[^-]+-----|\s/g, ''), 'base64'));
    // Last: with this file it is there.
    await writeFile(join(this.device, 'device'), `label=${label}\nserial=${media_number}\npin=${lock.pin}\ntries=6\n`);
    return { ...lock, label, media_number };
  }

  /** Pulls the device out; answers what puts it back. */
  async pull() {
    const mark = join(this.device, 'removed');
    await writeFile(mark, '');
    return () => rm(mark);
  }

  /** Lines `SKF_Name CODE`: what goes wrong from now on. */
  async disturb(faults) {
    await writeFile(join(this.folder, 'faults'), faults);
  }

  async remove() {
    await rm(this.folder, { recursive: true, force: true });
  }
}
