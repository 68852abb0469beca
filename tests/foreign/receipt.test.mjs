// A consent receipt by tools that are not ours: npm jose for the JWS, the openssl command for the lock's signature, its
// certificate's path and the revocation lists, RFC 6962 by the hashes of Node.js. Nothing of the provider is asked but its keys.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { compactVerify, createLocalJWKSet } from 'jose';

import { hasEnded, startChild } from '../browser/lib/children.mjs';
import { startDemonstration } from '../browser/lib/demonstration.mjs';
import { run } from '../browser/lib/program.mjs';
import { authorize, bind, register, REDIRECT_URI, SCOPE } from './lib.mjs';

const sha256 = (...octets) => createHash('sha256').update(Buffer.concat(octets)).digest();

/** RFC 8410: what stands before an Ed25519 key in a SubjectPublicKeyInfo. */
const ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

/** The root over an audit path (RFC 9162 §2.1.3.2). */
function rootOf(leaf, index, size, path) {
  let [place, last, hash] = [index, size - 1, leaf];
  for (const step of path) {
    assert.notEqual(last, 0);
    if (place % 2 === 1 || place === last) {
      hash = sha256(Buffer.of(1), step, hash);
      while (place % 2 === 0 && place !== 0) [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
    } else {
      hash = sha256(Buffer.of(1), hash, step);
    }
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  assert.equal(last, 0);
  return hash;
}

const pem = (kind, der) => `-----BEGIN ${kind}-----\n${der.replace(/(.{64})/g, '$1\n')}\n-----END ${kind}-----\n`;

for (const [name, algorithms] of [['good-rsa', ['RS256', 'PS256']], ['good-sm2', ['SM2SM3']]]) {
  describe(`a consent receipt by tools of others (${name})`, () => {
    let demo;
    let jws;
    let keys;
    let said;
    let proof;

    before(async () => {
      demo = await startDemonstration(`foreign-receipt-${name}`);
      const lock = demo.lock(name);
      await bind(demo, lock);
      const { client_id, client_secret } = await register(demo, 'receipt', ['--consent-signature', 'lock']);
      const asked = { client_id, redirect_uri: REDIRECT_URI, response_type: 'code', scope: SCOPE, code_challenge_method: 'S256', code_challenge: 'A'.repeat(43) };
      await authorize(demo, new URL(`${demo.issuer}/oauth2/authorize?${new URLSearchParams(asked)}`), lock);
      await idp('audit', 'checkpoint');
      const authorization = `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`;
      const post = (path, fields) => fetch(demo.issuer + path, { method: 'POST', headers: { authorization }, body: new URLSearchParams(fields) });
      const { consents } = await (await post('/oauth2/receipts', {})).json();
      assert.equal(consents.length, 1);
      const answer = await post('/oauth2/receipt', { consent: consents[0].consent });
      jws = await answer.text();
      assert.equal(answer.status, 200, jws);
      keys = await (await fetch(`${demo.issuer}/receipts/keys`)).json();
      said = JSON.parse(Buffer.from(jws.split('.')[1], 'base64url'));
      proof = JSON.parse(said.evidence.signature.proof);
    });
    after(() => demo?.stop());

    function idp(...words) {
      const environment = { IDP_ISSUER: demo.issuer, IDP_STATE_DIR: demo.providerState, IDP_LOG: 'error', USER: process.env.USER ?? 'tests' };
      return run('idp', words, environment);
    }

    const file = (it) => join(demo.folder, it);

    async function openssl(...words) {
      const child = startChild('openssl', words, { stdio: ['ignore', 'pipe', 'pipe'] });
      if (!hasEnded(child)) await once(child, 'exit');
      return child.exitCode;
    }

    test('jose verifies the JWS by the published keys', async () => {
      const { payload, protectedHeader } = await compactVerify(jws, createLocalJWKSet(keys), { algorithms: ['ES256'] });
      assert.equal(protectedHeader.typ, 'consent-receipt+jws');
      assert.deepEqual(JSON.parse(Buffer.from(payload)), said);
      const altered = Buffer.from(JSON.stringify({ ...said, iat: 0 })).toString('base64url');
      const [header, , signature] = jws.split('.');
      await assert.rejects(compactVerify(`${header}.${altered}.${signature}`, createLocalJWKSet(keys)));
    });

    test('the text and the proof are those of the audit line', () => {
      const { detail } = JSON.parse(said.events[0].log.line);
      const digest = (text) => sha256(Buffer.from(text)).toString('hex');
      assert.ok(detail.includes(` statement-sha256=${digest(said.evidence.statement)} `));
      assert.ok(detail.endsWith(` proof-sha256=${digest(said.evidence.signature.proof)}`));
    });

    test('openssl verifies the lock’s signature over the text', async () => {
      assert.ok(algorithms.includes(proof.algorithm), proof.algorithm);
      assert.equal(proof.certificate, said.evidence.signature.chain[0]);
      const { origin, nonce, purpose } = said.evidence.signature;
      const hash = proof.algorithm === 'SM2SM3' ? 'sm3' : 'sha256';
      const signed = (statement) => Buffer.concat(['yzt-proof:v1', origin, nonce, purpose, statement]
        .map((part) => createHash(hash).update(part).digest()));
      await writeFile(file('lock.pem'), pem('CERTIFICATE', proof.certificate));
      const key = await textOf('openssl', ['x509', '-in', file('lock.pem'), '-noout', '-pubkey']);
      await writeFile(file('lock.pub'), key);
      await writeFile(file('proof.sig'), Buffer.from(proof.signature, 'base64'));
      const check = async (statement) => {
        await writeFile(file('signed.bin'), signed(statement));
        const options = { SM2SM3: ['-sigopt', 'distid:1234567812345678'], PS256: ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32'] };
        return openssl('dgst', `-${hash}`, '-verify', file('lock.pub'), ...(options[proof.algorithm] ?? []), '-signature', file('proof.sig'), file('signed.bin'));
      };
      assert.equal(await check(said.evidence.statement), 0);
      assert.notEqual(await check(`${said.evidence.statement} `), 0);
    });

    // openssl 3.0 can not be told the identifier by which lists signed with SM2 are verified.
    if (name !== 'good-sm2') test('openssl follows the path to a CA, with the lists, as of the moment of the signature', async () => {
      const { chain, revocation, at } = said.evidence.signature;
      const [, ...above] = chain;
      const anchor = above.pop();
      assert.ok(await isOfTheCa(anchor), 'the anchor is no certificate of the CA’s own files');
      await writeFile(file('anchor.pem'), pem('CERTIFICATE', anchor));
      await writeFile(file('between.pem'), above.map((der) => pem('CERTIFICATE', der)).join(''));
      await writeFile(file('lists.pem'), revocation.map(({ der }) => pem('X509 CRL', der)).join(''));
      const words = ['verify', '-attime', String(Math.floor(at / 1000)), '-CAfile', file('anchor.pem'), '-crl_check_all', '-CRLfile', file('lists.pem')];
      if (above.length > 0) words.push('-untrusted', file('between.pem'));
      assert.equal(await openssl(...words, file('lock.pem')), 0);
      // Before the lists began nobody can say.
      words[2] = String(revocation[0].this_update - 1);
      assert.notEqual(await openssl(...words, file('lock.pem')), 0);
    });

    test('the line is in the tree, and the tree’s head is signed by the log’s key', async () => {
      const key = (await idp('audit', 'key')).trim();
      const { log } = said.events[0];
      const [text, signatures] = said.evidence.checkpoint.split('\n\n');
      const [origin, size, root] = text.split('\n');
      const leaf = sha256(Buffer.of(0), Buffer.from(log.line));
      assert.equal(leaf.toString('base64'), log.leaf_hash);
      const path = log.proof.map((hash) => Buffer.from(hash, 'base64'));
      assert.equal(rootOf(leaf, log.index, Number(size), path).toString('base64'), root);
      const octets = Buffer.from(signatures.split('\n')[0].split(' ')[2], 'base64').subarray(4);
      const key32 = Buffer.from(key.split('+').slice(2).join('+'), 'base64').subarray(1);
      const publicKey = createPublicKey({ key: Buffer.concat([ED25519, key32]), format: 'der', type: 'spki' });
      assert.ok(verify(null, Buffer.from(`${text}\n`), publicKey, octets));
      assert.equal(key.split('+')[0], origin);
    });

    test('idp receipt verify says the same, offline, and ends otherwise for an altered one', async () => {
      await writeFile(file('receipt.jws'), jws);
      await writeFile(file('keys.json'), JSON.stringify(keys));
      await writeFile(file('ca.pem'), pem('CERTIFICATE', said.evidence.signature.chain.at(-1)));
      const trust = ['--jwks', file('keys.json'), '--log-key', (await idp('audit', 'key')).trim(), '--ca', file('ca.pem')];
      const told = JSON.parse(await run('idp', ['receipt', 'verify', file('receipt.jws'), '--json', ...trust]));
      assert.deepEqual([told.standing, told.withdrawn], ['good', false]);
      const [header, payload, signature] = jws.split('.');
      await writeFile(file('altered.jws'), [header, payload, signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))].join('.'));
      await assert.rejects(run('idp', ['receipt', 'verify', file('altered.jws'), ...trust]));
      await assert.rejects(run('idp', ['receipt', 'verify', file('receipt.jws')]), 'unchecked is not good');
    });

    /** Whether one of the files that the demonstration’s CAs keep is this certificate. */
    async function isOfTheCa(der) {
      const wanted = new X509Certificate(Buffer.from(der, 'base64')).fingerprint256;
      const files = await readdir(demo.folder, { recursive: true });
      for (const one of files.filter((it) => it.endsWith('.pem'))) {
        const text = await readFile(join(demo.folder, one), 'utf8');
        for (const [section] of text.matchAll(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs)) {
          if (new X509Certificate(section).fingerprint256 === wanted) return true;
        }
      }
      return false;
    }

    async function textOf(program, words) {
      const child = startChild(program, words, { stdio: ['ignore', 'pipe', 'inherit'] });
      let text = '';
      child.stdout.on('data', (octets) => { text += octets; });
      if (!hasEnded(child)) await once(child, 'close');
      assert.equal(child.exitCode, 0);
      return text;
    }
  });
}
