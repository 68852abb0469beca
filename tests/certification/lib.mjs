// What the profile's tests share: the profile as a tester starts it, and a platform of Node's own libraries that speaks to it.
import { execFile } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { endChild, hasEnded, makeFolder, removeFolder, startChild } from '../browser/lib/children.mjs';
import { freePorts, output, program, root } from '../browser/lib/program.mjs';

const START_MS = 60_000;
/** It ends the provider first. */
const END_MS = 15_000;
export const CALLBACK = 'https://tester.example/callback';

const bin = join(program('idp'), '..');
const script = (name) => `${root}docs/certification/${name}`;

export const random = () => randomBytes(32).toString('base64url');
export const sha256 = (text) => createHash('sha256').update(text).digest();
const now = () => Math.floor(Date.now() / 1000);

/** Starts the profile by its one command. */
export async function startProfile() {
  const profile = await spawnProfile(await scratch(), bin, 'certification-profile');
  try {
    await profile.becomeReady();
  } catch (error) {
    await profile.stop();
    throw error;
  }
  return profile;
}

/** A folder for a profile; its stop() takes it away. */
export const scratch = () => makeFolder('certification-');

/** The one command, and nothing waited for; its own log is kept in tests/output. */
export async function spawnProfile(folder, programs, name, ports, callback = CALLBACK) {
  const [port, mtlsPort] = ports ?? (await freePorts(2));
  const words = [script('profile.py'), join(folder, 'state'), '--port', port, '--mtls-port', mtlsPort, '--callback', callback, '--bin', programs];
  await mkdir(output, { recursive: true });
  const log = createWriteStream(`${output}${name}.log`);
  const child = startChild('python3', words, { stdio: ['ignore', 'pipe', 'pipe'], group: true });
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  return new Profile(child, folder, { ports: [port, mtlsPort], log: `tests/output/${name}.log` });
}

/** The programs, of which `idp` fails for as long as the file `broken` lies beside it when it is told WORD. */
export async function breakablePrograms(folder, word) {
  const wrapper = `#!/bin/sh\ncase " $* " in *" ${word} "*) [ ! -e "${folder}/broken" ] || { echo "no ${word} today" >&2; exit 1; } ;; esac\nexec "${bin}/idp" "$@"\n`;
  await writeFile(join(folder, 'idp'), wrapper, { mode: 0o755 });
  await symlink(join(bin, 'key-agent'), join(folder, 'key-agent'));
  await writeFile(join(folder, 'broken'), '');
  return folder;
}

class Profile {
  constructor(child, folder, { ports, log }) {
    this.child = child;
    this.scratch = folder;
    this.ports = ports;
    this.log = log;
    this.folder = join(folder, 'state');
    this.complaint = '';
    child.stderr.on('data', (text) => {
      this.complaint += text;
    });
  }

  /** What it complains of when it ends by itself, which it has to, with 1. */
  async refusal() {
    if (!hasEnded(this.child)) await once(this.child, 'close');
    if (this.child.exitCode !== 1) throw new Error(`the profile ended with ${this.child.exitCode}, ${this.child.signalCode}: see ${this.log}`);
    return this.complaint;
  }

  async becomeReady() {
    const deadline = Date.now() + START_MS;
    for (;;) {
      if (hasEnded(this.child)) throw new Error(`the profile ended: see ${this.log}`);
      if (Date.now() > deadline) throw new Error(`the profile did not become ready: see ${this.log}`);
      const text = await readFile(join(this.folder, 'ready.json'), 'utf8').catch(() => '');
      if (text) {
        Object.assign(this, JSON.parse(text));
        this.ca = await readFile(this.trusted_ca, 'utf8');
        return;
      }
      await sleep(50);
    }
  }

  /** One request; answers status, headers, and the body, read where it is JSON. */
  async send(url, { method = 'GET', headers = {}, form, json, certificate } = {}) {
    const shown = certificate && { cert: await readFile(certificate.pem), key: await readFile(certificate.key) };
    const body = form ? new URLSearchParams(form).toString() : json && JSON.stringify(json);
    const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
    const sent = body === undefined ? headers : { ...headers, 'content-type': type, 'content-length': Buffer.byteLength(body) };
    const request = httpsRequest(url, { method: body === undefined ? method : 'POST', headers: sent, ca: this.ca, agent: false, ...shown });
    request.end(body);
    const [response] = await once(request, 'response');
    const text = Buffer.concat(await response.toArray()).toString();
    const isJson = response.headers['content-type']?.startsWith('application/json');
    return { status: response.statusCode, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  /** The person's part, by the tester's own script; answers what it prints. */
  async signIn(url, words = []) {
    const options = { env: { ...process.env, YZT_BIN: bin } };
    const { stdout } = await promisify(execFile)('python3', [script('sign_in.py'), '--folder', this.folder, ...words, String(url)], options);
    return JSON.parse(stdout);
  }

  /** Claims of a token that a key of the JWK Set signed. */
  async verified(jwt) {
    const [header, payload, signature] = jwt.split('.');
    const { kid, alg } = JSON.parse(Buffer.from(header, 'base64url'));
    const { body } = await this.send(`${this.issuer}/oauth2/jwks`);
    const key = createPublicKey({ key: body.keys.find((one) => one.kid === kid), format: 'jwk' });
    const how = alg === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' } : key;
    if (!verify('sha256', Buffer.from(`${header}.${payload}`), how, Buffer.from(signature, 'base64url'))) throw new Error('a wrong signature');
    return { alg, ...JSON.parse(Buffer.from(payload, 'base64url')) };
  }

  /** Ends it, if it has not ended, and keeps its folder; answers its exit code. */
  async end() {
    await endChild(this.child, END_MS);
    return this.child.exitCode;
  }

  async stop() {
    await this.end();
    await removeFolder(this.scratch);
  }
}

/** A compact JWS by a private JWK (ES256). */
export function jws(key, header, claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'ES256', ...header })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key: createPrivateKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

/** RFC 7523: the client by its key. */
export function assertion({ client_id, jwks }, issuer) {
  const [key] = jwks.keys;
  const claims = { iss: client_id, sub: client_id, aud: issuer, iat: now(), nbf: now(), exp: now() + 60, jti: random() };
  return {
    client_id,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: jws(key, { kid: key.kid }, claims),
  };
}

/** RFC 9449: a proof of a key for one request. */
export function proof(key, method, url, { nonce, token } = {}) {
  const { kty, crv, x, y } = key;
  const claims = { jti: random(), htm: method, htu: url, iat: now() };
  if (nonce) claims.nonce = nonce;
  if (token) claims.ath = sha256(token).toString('base64url');
  return jws(key, { typ: 'dpop+jwt', jwk: { kty, crv, x, y } }, claims);
}
