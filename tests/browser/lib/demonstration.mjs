// The demonstration as the thing under test: provider, two platforms, agent and sample locks, one process,
// a state folder of its own.
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { endChild, hasEnded, makeFolder, removeFolder, startChild } from './children.mjs';
import { freePorts, output, program, run } from './program.mjs';

const START_MS = 60_000;

/** A free port may be taken by somebody else before the demonstration listens there. */
const START_TRIES = 3;

/** Starts one; its own log is kept in tests/output. */
export async function startDemonstration(name, more = {}) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOnce(name, more);
    } catch (error) {
      if (tries === START_TRIES || !error.message.startsWith('demo ended')) throw error;
      console.error(`${error.message}; trying other ports`);
    }
  }
}

async function startOnce(name, { words: driver = [], environment = {} }) {
  const folder = await makeFolder('demonstration-');
  const ready = join(folder, 'ready.json');
  const [provider, chifeng, hohhot, agent] = await freePorts(4);
  const words = ['--state-dir', join(folder, 'state'), '--ready', ready];
  words.push('--port', provider, '--chifeng-port', chifeng, '--hohhot-port', hohhot, '--agent-port', agent);
  words.push(...driver);
  await mkdir(output, { recursive: true });
  const log = createWriteStream(`${output}demo-${name}.log`);
  const child = startChild(program('demo'), words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const demonstration = new Demonstration(child, folder);
  try {
    await demonstration.becomeReady(ready);
  } catch (error) {
    await demonstration.stop();
    throw error;
  }
  return demonstration;
}

class Demonstration {
  constructor(child, folder) {
    this.child = child;
    this.folder = folder;
  }

  async becomeReady(file) {
    const deadline = Date.now() + START_MS;
    for (;;) {
      if (hasEnded(this.child)) throw new Error(`demo ended with ${this.child.exitCode ?? this.child.failure ?? this.child.signalCode}: see tests/output`);
      if (Date.now() > deadline) throw new Error('demo did not become ready: see tests/output');
      const text = await readFile(file, 'utf8').catch(() => '');
      if (text) {
        Object.assign(this, await describe(JSON.parse(text)));
        return;
      }
      await sleep(50);
    }
  }

  /** The sample lock of a kind. */
  lock(kind) {
    const lock = this.locks.find((it) => it.kind === kind);
    if (!lock) throw new Error(`no sample lock of kind ${kind}: ${this.locks.map((it) => it.kind)}`);
    return lock;
  }

  /** The platform with this client id. */
  platform(id) {
    const platform = this.platforms.find((it) => it.client_id === id);
    if (!platform) throw new Error(`no platform ${id}`);
    return platform;
  }

  /** Pulls all locks out; answers what puts them back. */
  async pullLocks() {
    const away = this.locks.map(({ file }) => [file, join(this.folder, basename(file))]);
    for (const [file, elsewhere] of away) await rename(file, elsewhere);
    return async () => {
      for (const [file, elsewhere] of away) await rename(elsewhere, file);
    };
  }

  async stop() {
    await endChild(this.child);
    await removeFolder(this.folder);
  }
}

/** What the ready file says, and of each lock what the agent's list shows. */
async function describe({ issuer, platforms, locks, agent, state_dir }) {
  const seen = await Promise.all(locks.map(async (lock) => {
    const [listed] = JSON.parse(await run('key-agent', ['list', '--json', '--lock', lock.file])).locks;
    return { ...lock, label: listed.label, sealed: listed.sealed };
  }));
  return { issuer, platforms, locks: seen, agent: agent.address, state: state_dir, providerState: join(state_dir, 'provider') };
}
