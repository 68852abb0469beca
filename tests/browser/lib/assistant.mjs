// The agent as a program of its own beside a demonstration's locks: with a folder of what it keeps, the demonstration's
// provider as a portal that nobody allowed yet, and a release of its own.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { freePorts, output, program, run } from './program.mjs';

const ARCHITECTURES = { x64: 'x86_64', arm64: 'aarch64' };

/** Starts one; its log is kept in tests/output. */
export async function startAssistant(demo, name) {
  const folder = await mkdtemp(join(tmpdir(), 'assistant-'));
  for (const key of ['release', 'thief']) {
    execFileSync('openssl', ['genpkey', '-algorithm', 'ED25519', '-out', join(folder, `${key}.pem`)]);
  }
  const [port] = await freePorts(1);
  const config = join(folder, 'agent.toml');
  const key = execFileSync('openssl', ['pkey', '-in', join(folder, 'release.pem'), '-pubout']).toString();
  await writeFile(config, [
    `locks = ${JSON.stringify(dirname(demo.locks[0].file))}`,
    `portal_url = ${JSON.stringify(`${demo.issuer}/`)}`,
    `port = ${port}`,
    `state = ${JSON.stringify(join(folder, 'state'))}`,
    // The portal is not on the list: a person confirms it.
    'allow_origins = []',
    '[update]',
    `manifest = ${JSON.stringify(pathToFileURL(join(folder, 'manifest.jws')).href)}`,
    `public_key = """\n${key}"""`,
    '',
  ].join('\n'));
  const child = spawn(program('key-agent'), ['serve', '--config', config], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.pipe(createWriteStream(`${output}agent-${name}.log`));
  const [line] = await once(child.stdout, 'data');
  return new Assistant(child, folder, line.toString().trim());
}

class Assistant {
  constructor(child, folder, address) {
    this.child = child;
    this.folder = folder;
    this.address = address;
  }

  /** Puts a release out, signed with this key. */
  async release(key) {
    const file = join(this.folder, 'key-agent_9.0.0_amd64.deb');
    await writeFile(file, 'the new version');
    const system = process.platform;
    const words = ['release-manifest', '--version', '9.0.0', '--key', join(this.folder, `${key}.pem`)];
    words.push('--file', `${system}:${ARCHITECTURES[process.arch] ?? process.arch}:${file}`);
    await writeFile(join(this.folder, 'manifest.jws'), await run('key-agent', words));
  }

  async stop() {
    const end = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await end;
    await rm(this.folder, { recursive: true, force: true });
  }
}
