// How the profile starts and ends where something comes between: a first start that fails, a stop at the wrong moment.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { access, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { hasEnded } from '../browser/lib/children.mjs';
import { program } from '../browser/lib/program.mjs';
import { CALLBACK, breakablePrograms, scratch, spawnProfile } from './lib.mjs';

const exists = (file) => access(file).then(() => true, () => false);

/** Whether somebody listens on a port of this machine. */
async function listens(port) {
  const socket = connect(port, '127.0.0.1');
  const answer = await once(socket, 'connect').then(() => true, () => false);
  socket.destroy();
  return answer;
}

describe('the certification profile, interrupted', () => {
  test('a first start that failed leaves no profile behind, and the next one makes it whole', async () => {
    const folder = await scratch();
    const programs = join(folder, 'bin');
    await mkdir(programs);
    await breakablePrograms(programs, 'cert-post');
    let profile = await spawnProfile(folder, programs, 'certification-failed');
    try {
      await once(profile.child, 'exit');
      assert.equal(profile.child.exitCode, 1);
      assert.ok(!(await exists(profile.folder)));
      await rm(join(programs, 'broken'));
      profile = await spawnProfile(folder, programs, 'certification-again');
      await profile.becomeReady();
      assert.equal(Object.keys(profile.clients).length, 9);
      assert.deepEqual((await readdir(folder)).sort(), ['bin', 'state']);
      // And a third one goes on with what is there.
      const { clients, ports } = profile;
      assert.equal(await profile.end(), 0);
      await rm(join(profile.folder, 'ready.json'));
      // Even where the second was ended before it wrote down that the lock is bound.
      await rm(join(profile.folder, 'bound'));
      const [port, mtlsPort] = ports;
      const other = String(Number(mtlsPort) + 1);
      for (const [otherPorts, callback, complaint] of [
        [undefined, undefined, /another issuer/],
        [[port, other], undefined, /another --mtls-port than/],
        [ports, `${CALLBACK}/elsewhere`, /another --callback than/],
      ]) {
        const elsewhere = await spawnProfile(folder, programs, 'certification-elsewhere', otherPorts, callback);
        assert.match(await elsewhere.refusal(), complaint);
      }
      profile = await spawnProfile(folder, programs, 'certification-again', ports);
      await profile.becomeReady();
      assert.deepEqual(profile.clients, clients);
      // While it serves, another one does not say that it does.
      const twice = await spawnProfile(folder, programs, 'certification-elsewhere', ports);
      assert.match(await twice.refusal(), /is .*state served already/);
      assert.ok(await exists(join(profile.folder, 'ready.json')));
      assert.equal(profile.child.exitCode, null);
    } finally {
      await profile.stop();
    }
  });

  test('a folder of somebody else is left as it is', async () => {
    const folder = await scratch();
    await mkdir(join(folder, 'state'));
    await writeFile(join(folder, 'state', 'letter.txt'), 'mine');
    const profile = await spawnProfile(folder, join(program('idp'), '..'), 'certification-elsewhere');
    try {
      await once(profile.child, 'exit');
      assert.equal(profile.child.exitCode, 1);
      assert.deepEqual(await readdir(profile.folder), ['letter.txt']);
    } finally {
      await profile.stop();
    }
  });

  test('whenever it is told to stop, no provider is left', async () => {
    const folder = await scratch();
    const bin = join(program('idp'), '..');
    // While certificates and clients are made; in the moment in which the provider starts; a little later.
    const moments = [['.state.preparing/idp.toml', 0], ['state/idp.log', 0], ['state/idp.log', 100]];
    let profile;
    try {
      for (const [file, pause] of moments) {
        await rm(join(folder, 'state', 'idp.log'), { force: true });
        profile = await spawnProfile(folder, bin, 'certification-stopped', profile?.ports);
        let isThere = false;
        while (!isThere && !hasEnded(profile.child)) {
          await sleep(1);
          isThere = await exists(join(folder, file));
        }
        assert.ok(isThere, `the profile ended before it wrote ${file}: see ${profile.log}`);
        await sleep(pause);
        await profile.end();
        await sleep(300);
        assert.equal(await listens(profile.ports[0]), false, `${file}, ${pause} ms`);
      }
    } finally {
      await profile?.stop();
    }
  });
});
