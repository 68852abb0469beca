// Programs that tests start, and folders they work in: each program is ended by its own id, each folder taken away, at the
// latest when the tests' own process ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a child may take to end by itself. */
const END_MS = 10_000;

const running = new Set();
const folders = new Set();

/** Starts a program. With `group`, it has a process group of its own, which ends with it. */
export function startChild(file, words, { group = false, ...options } = {}) {
  const child = spawn(file, words.map(String), { ...options, detached: group });
  running.add(child);
  child.once('exit', () => running.delete(child));
  // A program that is not there: whoever waits for it sees that it has ended.
  child.on('error', (error) => {
    running.delete(child);
    child.failure = error;
  });
  child.isGroup = group;
  return child;
}

/** Whether it has ended, or never began. */
export const hasEnded = (child) => child.failure !== undefined || child.exitCode !== null || child.signalCode !== null;

/** Ends it, first kindly; what is left of its group goes with it. */
export async function endChild(child, patience = END_MS) {
  if (!hasEnded(child)) {
    const end = once(child, 'exit');
    child.kill('SIGTERM');
    const late = sleep(patience, 'late', { ref: false });
    if ((await Promise.race([end, late])) === 'late') child.kill('SIGKILL');
    await end;
  }
  if (child.isGroup) killGroup(child);
}

function killGroup({ pid }) {
  try {
    if (pid) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing is left of it.
  }
}

/** A folder of the tests' own. */
export async function makeFolder(prefix) {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  folders.add(folder);
  return folder;
}

/** Takes it away, with everything in it. */
export async function removeFolder(folder) {
  await rm(folder, { recursive: true, force: true });
  folders.delete(folder);
}

process.on('exit', () => {
  for (const child of running) {
    if (child.isGroup) killGroup(child);
    child.kill('SIGKILL');
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
