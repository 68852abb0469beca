// The provider through the eyes of a client written by others: npm openid-client, which checks issuer, state, nonce, PKCE,
// signatures and hashes by itself and refuses what is not right.
import assert from 'node:assert/strict';
import { createPublicKey, verify, webcrypto } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import * as client from 'openid-client';

import { startDemonstration } from '../browser/lib/demonstration.mjs';
import { Visitor } from '../browser/lib/visitor.mjs';
import { authorize, bind, halfHash, part, register, REDIRECT_URI, SCOPE } from './lib.mjs';

describe('openid-client against the provider', () => {
  let demo;
  let lock;
  let keys;
  const clients = {};

  before(async () => {
    demo = await startDemonstration('foreign');
    lock = demo.lock('good-sm2');
    await bind(demo, lock);
    keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const jwks = join(demo.folder, 'jwks.json');
    const key = await webcrypto.subtle.exportKey('jwk', keys.publicKey);
    await writeFile(jwks, JSON.stringify({ keys: [{ ...key, key_ops: undefined, use: 'sig', alg: 'ES256', kid: 'one' }] }));
    clients.secret = await register(demo, 'foreign-secret', []);
    clients.rsa = await register(demo, 'foreign-rsa', ['--id-token-alg', 'RS256']);
    clients.key = await register(demo, 'foreign-key', ['--authentication', 'private-key-jwt', '--jwks', jwks]);
  });
  after(() => demo?.stop());

  /** Discovery, with a client's own way to prove itself. */
  function configure({ client_id }, authentication, metadata = {}) {
    const options = { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] };
    return client.discovery(new URL(demo.issuer), client_id, metadata, authentication, options);
  }

  /** An authorization request with everything a careful client sends, and what must come back with it. */
  async function request(config, more = {}) {
    const checks = {
      pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState(), expectedNonce: client.randomNonce(), idTokenExpected: true,
    };
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT_URI,
      scope: SCOPE,
      code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      ...more,
    });
    return { url, checks };
  }

  /** The whole code flow; answers tokens and what userinfo says of the same subject. */
  async function signIn(config) {
    const { url, checks } = await request(config);
    const callback = await authorize(demo, url, lock);
    const tokens = await client.authorizationCodeGrant(config, callback, checks);
    const claims = tokens.claims();
    const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
    return { tokens, claims, userinfo, callback };
  }

  /** What every sign-in must give, whatever the client. */
  async function examine(config, algorithm, { tokens, claims, userinfo, callback }) {
    assert.equal(callback.searchParams.get('iss'), demo.issuer);
    const header = headerOf(tokens.id_token);
    assert.equal(header.alg, algorithm);
    await verifySignature(config, tokens.id_token, algorithm);
    assert.equal(claims.at_hash, halfHash(tokens.access_token));
    assert.equal(claims.iss, demo.issuer);
    assert.equal(claims.aud, config.clientMetadata().client_id);
    assert.equal(claims.acr, 'urn:yizhengtong:acr:key-lock');
    assert.ok(Math.abs(Date.now() / 1000 - claims.auth_time) < 60);
    assert.ok(claims.sid);
    assert.equal(tokens.token_type, 'bearer');
    assert.equal(userinfo.sub, claims.sub);
    assert.equal(userinfo.name, lock.enterprise);
    assert.equal(userinfo.key_number, lock.key_number);
    assert.deepEqual(userinfo.subject_types, ['bidder', 'supplier']);
    assert.equal(userinfo.phone_number, '0476-8330000');
    for (const [what, it] of Object.entries({ header, claims, userinfo })) console.log(`  ${what}: ${JSON.stringify(it)}`);
  }

  test('discovery and keys are what the client expects', async () => {
    const config = await configure(clients.secret, client.ClientSecretBasic(clients.secret.client_secret));
    const server = config.serverMetadata();
    assert.equal(server.issuer, demo.issuer);
    assert.ok(server.supportsPKCE());
    assert.equal(server.authorization_response_iss_parameter_supported, true);
    for (const method of ['client_secret_basic', 'client_secret_post', 'private_key_jwt']) {
      assert.ok(server.token_endpoint_auth_methods_supported.includes(method), method);
    }
    console.log(`  ${JSON.stringify(server)}`);
  });

  test('client_secret_basic: code flow, ES256 ID token, at_hash, nonce, iss, userinfo', async () => {
    const config = await configure(clients.secret, client.ClientSecretBasic(clients.secret.client_secret), { id_token_signed_response_alg: 'ES256' });
    await examine(config, 'ES256', await signIn(config));
  });

  test('client_secret_post: the same', async () => {
    const config = await configure(clients.secret, client.ClientSecretPost(clients.secret.client_secret), { id_token_signed_response_alg: 'ES256' });
    await examine(config, 'ES256', await signIn(config));
  });

  test('private_key_jwt: the same', async () => {
    const config = await configure(clients.key, client.PrivateKeyJwt({ key: keys.privateKey, kid: 'one' }), { id_token_signed_response_alg: 'ES256' });
    await examine(config, 'ES256', await signIn(config));
  });

  test('RS256 where the client asked for it', async () => {
    const config = await configure(clients.rsa, client.ClientSecretBasic(clients.rsa.client_secret), { id_token_signed_response_alg: 'RS256' });
    await examine(config, 'RS256', await signIn(config));
  });

  test('the subject is the same at every platform and every time', async () => {
    const one = await configure(clients.rsa, client.ClientSecretBasic(clients.rsa.client_secret), { id_token_signed_response_alg: 'RS256' });
    const other = await configure(clients.secret, client.ClientSecretBasic(clients.secret.client_secret), { id_token_signed_response_alg: 'ES256' });
    assert.equal((await signIn(one)).claims.sub, (await signIn(other)).claims.sub);
  });

  test('with the session of the first sign-in the second needs no signature; prompt=login and max_age do', async () => {
    const config = await basic();
    const visitor = new Visitor();
    const first = await grant(config, visitor);
    const again = await grant(config, visitor, {}, () => assert.fail('asked to sign'));
    assert.equal(again.auth_time, first.auth_time);
    assert.equal(again.sid, first.sid);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const anew = await grant(config, visitor, { prompt: 'login' });
    assert.ok(anew.auth_time > first.auth_time);
    await new Promise((resolve) => setTimeout(resolve, 2100));
    const recent = await grant(config, visitor, { max_age: '1' });
    assert.ok(recent.auth_time > anew.auth_time);
    await assert.rejects(grant(config, new Visitor(), { prompt: 'none' }), { error: 'login_required' });
  });

  test('refused consent comes back as access_denied', async () => {
    const config = await basic();
    const { url, checks } = await request(config);
    const callback = await authorize(demo, url, lock, { decision: 'refuse' });
    await assert.rejects(client.authorizationCodeGrant(config, callback, checks), { error: 'access_denied' });
  });

  for (const [what, tamper] of Object.entries({
    'another state': ({ callback }) => callback.searchParams.set('state', 'other'),
    'another issuer (mix-up, RFC 9207)': ({ callback }) => callback.searchParams.set('iss', 'https://attacker.example'),
    'no issuer': ({ callback }) => callback.searchParams.delete('iss'),
    'another nonce': ({ checks }) => { checks.expectedNonce = client.randomNonce(); },
  })) {
    test(`the client refuses an answer with ${what}`, async () => {
      const config = await basic();
      const { url, checks } = await request(config);
      const callback = await authorize(demo, url, lock);
      tamper({ callback, checks });
      await assert.rejects(client.authorizationCodeGrant(config, callback, checks), (error) => {
        console.log(`  ${error.name} ${error.code}: ${error.message}${error.cause ? ` (${error.cause.message ?? JSON.stringify(error.cause)})` : ''}`);
        return error.code?.startsWith('OAUTH_');
      });
    });
  }

  for (const [what, tamper] of Object.entries({
    'another code verifier': ({ checks }) => { checks.pkceCodeVerifier = client.randomPKCECodeVerifier(); },
    'an invented code': ({ callback }) => callback.searchParams.set('code', 'A'.repeat(43)),
  })) {
    test(`the provider refuses ${what}`, async () => {
      const config = await basic();
      const { url, checks } = await request(config);
      const callback = await authorize(demo, url, lock);
      tamper({ callback, checks });
      await assert.rejects(client.authorizationCodeGrant(config, callback, checks), { error: 'invalid_grant' });
    });
  }

  test('a code works once; its second use also ends the token of the first', async () => {
    const config = await basic();
    const { url, checks } = await request(config);
    const callback = await authorize(demo, url, lock);
    const tokens = await client.authorizationCodeGrant(config, callback, checks);
    await assert.rejects(client.authorizationCodeGrant(config, callback, checks), { error: 'invalid_grant' });
    await assert.rejects(client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub));
  });

  test('the provider refuses a wrong client secret and a key that is not the client\'s', async () => {
    const stranger = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    for (const config of [
      await configure(clients.secret, client.ClientSecretBasic('wrong')),
      await configure(clients.key, client.PrivateKeyJwt({ key: stranger.privateKey, kid: 'one' })),
    ]) {
      const { url, checks } = await request(config);
      const callback = await authorize(demo, url, lock);
      await assert.rejects(client.authorizationCodeGrant(config, callback, checks), (error) => error.error === 'invalid_client' || error.status === 401);
    }
  });

  test('userinfo of another subject is refused by the client', async () => {
    const config = await basic();
    const { tokens } = await signIn(config);
    await assert.rejects(client.fetchUserInfo(config, tokens.access_token, 'somebody-else'));
  });

  const basic = () => configure(clients.secret, client.ClientSecretBasic(clients.secret.client_secret), { id_token_signed_response_alg: 'ES256' });

  /** A sign-in within a visitor's session; answers the claims. */
  async function grant(config, visitor, more, onSign) {
    const { url, checks } = await request(config, more);
    const signing = onSign ? { get file() { return onSign(); } } : lock;
    const callback = await authorize(demo, url, signing, { visitor });
    return (await client.authorizationCodeGrant(config, callback, checks)).claims();
  }
});

const headerOf = (jwt) => part(jwt, 0);

/** Once more by other code: the key of the JWKS that the header names made this signature. */
async function verifySignature(config, jwt, algorithm) {
  const [header, payload, signature] = jwt.split('.');
  const { keys } = await (await fetch(config.serverMetadata().jwks_uri)).json();
  const key = keys.find(({ kid }) => kid === headerOf(jwt).kid);
  assert.equal(key.alg, algorithm);
  const public_ = { key: createPublicKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
  assert.ok(verify('sha256', Buffer.from(`${header}.${payload}`), public_, Buffer.from(signature, 'base64url')));
}
