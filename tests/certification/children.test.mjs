// What tests start ends with them, however they end: programs, groups of programs, folders.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const library = new URL('../browser/lib/children.mjs', import.meta.url).href;

// A program that starts two of its own, one within a group with a worker that no signal but the last one ends; then it says
// who they are.
const PROGRAM = `
  import { endChild, hasEnded, makeFolder, startChild } from '${library}';
  const folder = await makeFolder('children-');
  const alone = startChild('sleep', [600], { stdio: 'ignore' });
  const group = startChild('sh', ['-c', "(trap '' TERM INT; echo $(exec sh -c 'echo $PPID'); while :; do sleep 1; done) & wait"], { stdio: ['ignore', 'pipe', 'ignore'], group: true });
  const missing = startChild('/no/such/program', []);
  group.stdout.once('data', (said) => console.log(JSON.stringify({ folder, pids: [alone.pid, group.pid, Number(said)], missing: hasEnded(missing) })));
  if (process.argv[1] === 'orderly') {
    process.stdin.once('data', async () => { await endChild(alone); await endChild(group, 200); process.exit(0); });
  }
`;

const lives = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('what tests start', () => {
  for (const how of ['SIGTERM', 'SIGINT', 'orderly']) {
    test(`is gone after ${how}`, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, how], { stdio: ['pipe', 'pipe', 'inherit'] });
      const [line] = await once(createInterface({ input: child.stdout }), 'line');
      const { folder, pids, missing } = JSON.parse(line);
      assert.ok(missing);
      for (const pid of pids) assert.ok(lives(pid), `${pid} of ${pids}`);
      const end = once(child, 'exit');
      if (how === 'orderly') child.stdin.write('end\n');
      else child.kill(how);
      await end;
      for (let tries = 0; pids.some(lives) && tries < 40; tries += 1) await sleep(50);
      assert.deepEqual(pids.filter(lives), []);
      await assert.rejects(access(folder));
    });
  }
});
