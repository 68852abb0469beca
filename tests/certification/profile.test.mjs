// The certification profile as a tester uses it: its one command, its clients, its script that signs in. No browser, and no
// library for OpenID Connect.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { assertion, CALLBACK, proof, random, sha256, startProfile } from './lib.mjs';

describe('the certification profile', () => {
  let profile;
  let metadata;

  before(async () => {
    profile = await startProfile();
    metadata = (await profile.send(`${profile.issuer}/.well-known/openid-configuration`)).body;
  });
  after(() => profile?.stop());

  /** Parameters of an authorization request, and what goes with them. */
  function asking({ client_id, scope }, more = {}) {
    const verifier = random();
    const parameters = { response_type: 'code', client_id, redirect_uri: CALLBACK, scope, state: random(), nonce: random(), ...more };
    const pkce = { code_challenge: sha256(verifier).toString('base64url'), code_challenge_method: 'S256' };
    return { verifier, parameters, pkce };
  }

  const authorizeAt = (parameters) => `${metadata.authorization_endpoint}?${new URLSearchParams(parameters)}`;

  /** The code in an answer, its other parameters checked. */
  function codeIn(told, { state }) {
    assert.ok(told.redirect, JSON.stringify(told));
    const given = told.form ?? Object.fromEntries(new URL(told.redirect).searchParams);
    assert.equal(given.iss, profile.issuer);
    assert.equal(given.state, state);
    assert.ok(given.code, JSON.stringify(given));
    return given.code;
  }

  const basic = ({ client_id, client_secret }) => ({ authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}` });

  async function examine(tokens, { client_id }, { nonce }, alg) {
    assert.equal(tokens.status, 200, JSON.stringify(tokens.body));
    const claims = await profile.verified(tokens.body.id_token);
    assert.equal(claims.alg, alg);
    assert.equal(claims.iss, profile.issuer);
    assert.equal(claims.aud, client_id);
    assert.equal(claims.nonce, nonce);
    assert.equal(claims.at_hash, sha256(tokens.body.access_token).subarray(0, 16).toString('base64url'));
    return claims;
  }

  test('everything is named by https addresses', () => {
    assert.equal(metadata.issuer, profile.issuer);
    for (const [name, value] of Object.entries(metadata)) {
      if (name.endsWith('_endpoint') || name.endsWith('_uri')) assert.ok(value.startsWith('https://'), `${name}: ${value}`);
    }
    assert.equal(metadata.tls_client_certificate_bound_access_tokens, true);
    assert.ok(metadata.mtls_endpoint_aliases.token_endpoint.startsWith(profile.mtls));
  });

  for (const name of ['basic-1', 'basic-2', 'post']) {
    test(`${name}: code flow without PKCE, by redirect and by form_post; RS256, userinfo, refresh`, async () => {
      const client = profile.clients[name];
      const { client_id, client_secret } = client;
      const proven = name === 'post' ? { form: { client_id, client_secret } } : { headers: basic(client) };
      for (const response_mode of ['query', 'form_post']) {
        const { parameters } = asking(client, { response_mode, scope: 'openid profile' });
        const told = await profile.signIn(authorizeAt(parameters));
        const form = { grant_type: 'authorization_code', code: codeIn(told, parameters), redirect_uri: CALLBACK, ...proven.form };
        const tokens = await profile.send(metadata.token_endpoint, { headers: proven.headers, form });
        const claims = await examine(tokens, client, parameters, 'RS256');
        const headers = { authorization: `Bearer ${tokens.body.access_token}` };
        const info = await profile.send(metadata.userinfo_endpoint, { headers });
        assert.equal(info.status, 200);
        assert.equal(info.body.sub, claims.sub);
        assert.equal(info.body.name, '内蒙古认证测试有限公司');
        const again = { grant_type: 'refresh_token', refresh_token: tokens.body.refresh_token, ...proven.form };
        const refreshed = await profile.send(metadata.token_endpoint, { headers: proven.headers, form: again });
        assert.equal(refreshed.status, 200, JSON.stringify(refreshed.body));
        const replayed = await profile.send(metadata.token_endpoint, { headers: proven.headers, form });
        assert.deepEqual([replayed.status, replayed.body.error], [400, 'invalid_grant']);
      }
    });
  }

  test('a session lasts from one visit to the next; prompt=none, prompt=login, a refused consent and a stranger\'s address end as they must', async () => {
    const client = profile.clients['basic-1'];
    const session = ['--session', join(profile.scratch, 'cookies')];
    const error = (told) => new URL(told.redirect).searchParams.get('error');
    const early = asking(client, { prompt: 'none' }).parameters;
    assert.equal(error(await profile.signIn(authorizeAt(early), session)), 'login_required');
    const { parameters } = asking(client);
    codeIn(await profile.signIn(authorizeAt(parameters), session), parameters);
    const silent = asking(client, { prompt: 'none' }).parameters;
    codeIn(await profile.signIn(authorizeAt(silent), session), silent);
    const anew = asking(client, { prompt: 'login' }).parameters;
    codeIn(await profile.signIn(authorizeAt(anew), session), anew);
    assert.equal(error(await profile.signIn(authorizeAt(asking(client, { prompt: 'consent' }).parameters), ['--refuse'])), 'access_denied');
    const stranger = asking(client, { redirect_uri: 'https://stranger.example/' }).parameters;
    const page = await profile.signIn(authorizeAt(stranger));
    assert.deepEqual([page.page, page.error], [400, 'redirect-uri-mismatch']);
  });

  /** PAR, the person, and the code; `proven` is what the client sends with each of its own requests. */
  async function pushed(client, endpoint, proven) {
    const { parameters, pkce, verifier } = asking(client);
    const answer = await profile.send(endpoint, { ...proven(endpoint), form: { ...parameters, ...pkce, ...proven(endpoint).form } });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    const told = await profile.signIn(authorizeAt({ client_id: client.client_id, request_uri: answer.body.request_uri }));
    const form = { grant_type: 'authorization_code', code: codeIn(told, parameters), redirect_uri: CALLBACK, code_verifier: verifier };
    return { parameters, form };
  }

  test('FAPI 2.0: PAR, private_key_jwt and DPoP', async () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
    for (const client of [profile.clients['fapi-1'], profile.clients['fapi-2']]) {
      const proven = () => ({ form: assertion(client, profile.issuer) });
      const { parameters, form } = await pushed(client, metadata.pushed_authorization_request_endpoint, proven);
      const ask = (nonce) => profile.send(metadata.token_endpoint, {
        headers: { dpop: proof(key, 'POST', metadata.token_endpoint, { nonce }) }, form: { ...form, ...proven().form },
      });
      const first = await ask();
      assert.deepEqual([first.status, first.body.error], [400, 'use_dpop_nonce']);
      const nonce = first.headers['dpop-nonce'];
      const tokens = await ask(nonce);
      await examine(tokens, client, parameters, 'ES256');
      assert.equal(tokens.body.token_type, 'DPoP');
      const token = tokens.body.access_token;
      const read = (headers) => profile.send(metadata.userinfo_endpoint, { headers });
      assert.equal((await read({ authorization: `Bearer ${token}` })).status, 401);
      const dpop = proof(key, 'GET', metadata.userinfo_endpoint, { nonce, token });
      assert.equal((await read({ authorization: `DPoP ${token}`, dpop })).status, 200);
    }
    const { parameters, pkce } = asking(profile.clients['fapi-1']);
    const unpushed = await profile.signIn(authorizeAt({ ...parameters, ...pkce }));
    assert.equal(new URL(unpushed.redirect).searchParams.get('error'), 'invalid_request');
  });

  for (const [kind, own] of [['fapi-mtls', (client) => assertion(client, profile.issuer)], ['fapi-tls', ({ client_id }) => ({ client_id })]]) {
    test(`FAPI 2.0: PAR, ${kind === 'fapi-tls' ? 'tls_client_auth' : 'private_key_jwt'} and tokens bound to a certificate`, async () => {
      const aliases = metadata.mtls_endpoint_aliases;
      const [one, other] = [profile.clients[`${kind}-1`], profile.clients[`${kind}-2`]];
      for (const client of [one, other]) {
        const { certificate } = client;
        const proven = () => ({ certificate, form: own(client) });
        const { parameters, form } = await pushed(client, aliases.pushed_authorization_request_endpoint, proven);
        const bare = await profile.send(metadata.token_endpoint, { form: { ...form, ...own(client) } });
        assert.ok(['invalid_client', 'invalid_request'].includes(bare.body.error), JSON.stringify(bare.body));
        const again = await pushed(client, aliases.pushed_authorization_request_endpoint, proven);
        const tokens = await profile.send(aliases.token_endpoint, { ...proven(), form: { ...again.form, ...own(client) } });
        await examine(tokens, client, again.parameters, 'ES256');
        assert.notEqual(parameters.nonce, again.parameters.nonce);
        const headers = { authorization: `Bearer ${tokens.body.access_token}` };
        const read = (shown) => profile.send(aliases.userinfo_endpoint, { headers, certificate: shown });
        assert.equal((await read(certificate)).status, 200);
        assert.equal((await read()).status, 401);
        assert.equal((await read(client === one ? other.certificate : one.certificate)).status, 401);
      }
    });
  }

  test('dynamic registration: a client that registered itself goes through the code flow', async () => {
    const { registration_endpoint, registration_token } = profile.registration;
    assert.equal(registration_endpoint, metadata.registration_endpoint);
    const wanted = { client_name: 'Certification, dynamic', redirect_uris: [CALLBACK], grant_types: ['authorization_code'] };
    const headers = { authorization: `Bearer ${registration_token}` };
    const stranger = await profile.send(registration_endpoint, { json: wanted });
    assert.equal(stranger.status, 401);
    const { status, body: client } = await profile.send(registration_endpoint, { headers, json: wanted });
    assert.equal(status, 201, JSON.stringify(client));
    const { parameters } = asking(client, { scope: 'openid' });
    const told = await profile.signIn(authorizeAt(parameters));
    const form = { grant_type: 'authorization_code', code: codeIn(told, parameters), redirect_uri: CALLBACK };
    const tokens = await profile.send(metadata.token_endpoint, { headers: basic(client), form });
    await examine(tokens, client, parameters, 'RS256');
  });

  test('the suites\' configurations name the clients that are registered', async () => {
    for (const [file, client] of [['basic', 'basic-1'], ['fapi', 'fapi-1'], ['fapi-mtls', 'fapi-mtls-1'], ['fapi-tls', 'fapi-tls-1']]) {
      const suite = JSON.parse(await readFile(join(profile.folder, `suite-${file}.json`), 'utf8'));
      assert.equal(suite.server.discoveryUrl, `${profile.issuer}/.well-known/openid-configuration`);
      assert.equal(suite.client.client_id, profile.clients[client].client_id);
      assert.equal(file.endsWith('tls'), suite.mtls?.key.includes('PRIVATE KEY') ?? false);
    }
  });
});
