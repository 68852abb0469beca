// npm openid-client once more, with keys of its own: pushed requests, DPoP, private_key_jwt, request objects, refresh tokens,
// and what a platform asks for in its own name.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import * as client from 'openid-client';

import { startDemonstration } from '../browser/lib/demonstration.mjs';
import { authorize, bind, halfHash, keyPair, part, REDIRECT_URI, registerAs, SCOPE } from './lib.mjs';

/** What the platform may call in its own name. */
const RESOURCE = 'https://api.example/bids';

describe('openid-client with keys of its own', () => {
  let demo;
  let lock;
  const platforms = {};

  before(async () => {
    demo = await startDemonstration('foreign-keys');
    lock = demo.lock('good-sm2');
    await bind(demo, lock);
    for (const alg of ['ES256', 'PS256']) {
      const key = await keyPair(alg, `key-${alg}`);
      const metadata = {
        token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [key.jwk] }, dpop_bound_access_tokens: true,
        require_pushed_authorization_requests: true, request_object_signing_alg: alg,
      };
      platforms[alg] = { key, ...(await registerAs(demo, `foreign-${alg.toLowerCase()}`, metadata)) };
    }
    platforms.secret = await registerAs(demo, 'foreign-more', {}, ['--client-credentials', '--resource', RESOURCE]);
    platforms.signed = await registerAs(demo, 'foreign-signed', { userinfo_signed_response_alg: 'ES256' });
  });
  after(() => demo?.stop());

  const OPTIONS = { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] };

  const byKey = ({ key, client_id }) => client.discovery(
    new URL(demo.issuer), client_id, { id_token_signed_response_alg: 'ES256' },
    client.PrivateKeyJwt({ key: key.privateKey, kid: key.kid }, { [client.modifyAssertion]: onlyIssuer }), OPTIONS,
  );
  const bySecret = ({ client_id, client_secret }, metadata = {}) => client.discovery(
    new URL(demo.issuer), client_id, { id_token_signed_response_alg: 'ES256', ...metadata }, client.ClientSecretBasic(client_secret), OPTIONS,
  );
  const onlyIssuer = (_header, payload) => { payload.aud = demo.issuer; };

  /** An authorization request with everything a careful client sends, and what must come back with it. */
  async function request(more = {}) {
    const checks = {
      pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState(), expectedNonce: client.randomNonce(), idTokenExpected: true,
    };
    const parameters = {
      redirect_uri: REDIRECT_URI, scope: SCOPE, state: checks.expectedState, nonce: checks.expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier), code_challenge_method: 'S256', ...more,
    };
    return { parameters, checks };
  }

  const say = (what, it) => console.log(`  ${what}: ${JSON.stringify(it)}`);

  for (const alg of ['ES256', 'PS256']) {
    test(`PAR, DPoP and private_key_jwt with ${alg}: sign in, userinfo, refresh three times`, async () => {
      const config = await byKey(platforms[alg]);
      const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
      const { parameters, checks } = await request();
      const url = await client.buildAuthorizationUrlWithPAR(config, parameters, { DPoP });
      assert.deepEqual([...url.searchParams.keys()].sort(), ['client_id', 'request_uri']);
      let tokens = await client.authorizationCodeGrant(config, await authorize(demo, url, lock), checks, undefined, { DPoP });
      assert.equal(tokens.token_type, 'dpop');
      const first = tokens.claims();
      assert.equal(first.at_hash, halfHash(tokens.access_token));
      assert.ok(part(tokens.access_token, 1).cnf.jkt);
      say('access token', part(tokens.access_token, 1));
      for (let round = 0; round < 3; round += 1) {
        const userinfo = await client.fetchUserInfo(config, tokens.access_token, first.sub, { DPoP });
        assert.equal(userinfo.name, lock.enterprise);
        const before = tokens;
        tokens = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
        assert.notEqual(tokens.refresh_token, before.refresh_token);
        assert.equal(tokens.claims().sub, first.sub);
        assert.equal(tokens.claims().auth_time, first.auth_time);
      }
      // Of no use to a bearer, nor to another key.
      await assert.rejects(client.fetchUserInfo(config, tokens.access_token, first.sub));
      const other = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
      await assert.rejects(client.fetchUserInfo(config, tokens.access_token, first.sub, { DPoP: other }));
    });

    test(`a request object signed with ${alg}, pushed`, async () => {
      const platform = platforms[alg];
      const config = await byKey(platform);
      const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
      const { parameters, checks } = await request();
      const signed = await client.buildAuthorizationUrlWithJAR(config, parameters, { key: platform.key.privateKey, kid: platform.key.kid });
      const inside = part(signed.searchParams.get('request'), 1);
      say('request object', inside);
      assert.equal(inside.aud, demo.issuer);
      const url = await client.buildAuthorizationUrlWithPAR(config, signed.searchParams, { DPoP });
      const tokens = await client.authorizationCodeGrant(config, await authorize(demo, url, lock), checks, undefined, { DPoP });
      assert.equal(tokens.claims().nonce, checks.expectedNonce);
    });
  }

  test('what was not pushed is refused where pushing is required', async () => {
    const config = await byKey(platforms.ES256);
    const { parameters } = await request();
    const answer = await authorize(demo, client.buildAuthorizationUrl(config, parameters), lock);
    assert.equal(answer.searchParams.get('error'), 'invalid_request');
  });

  test('a refresh token that was replaced and comes back ends everything of its grant', async () => {
    const config = await bySecret(platforms.secret);
    const first = await signIn(config);
    const second = await client.refreshTokenGrant(config, first.refresh_token);
    const third = await client.refreshTokenGrant(config, second.refresh_token);
    await assert.rejects(client.refreshTokenGrant(config, first.refresh_token), { error: 'invalid_grant' });
    await assert.rejects(client.refreshTokenGrant(config, third.refresh_token), { error: 'invalid_grant' });
    await assert.rejects(client.fetchUserInfo(config, third.access_token, first.claims().sub));
  });

  test('form_post: the answer comes as a form, with nothing in the address', async () => {
    const config = await bySecret(platforms.secret);
    const { parameters, checks } = await request({ response_mode: 'form_post' });
    const callback = await authorize(demo, client.buildAuthorizationUrl(config, parameters), lock);
    assert.ok(callback instanceof Request);
    assert.equal(callback.url, REDIRECT_URI);
    const tokens = await client.authorizationCodeGrant(config, callback, checks);
    assert.equal(tokens.claims().nonce, checks.expectedNonce);
  });

  test('client_credentials: a token in the platform\'s own name, which introspection knows', async () => {
    const config = await bySecret(platforms.secret);
    const tokens = await client.clientCredentialsGrant(config, { resource: RESOURCE });
    assert.equal(tokens.id_token, undefined);
    assert.equal(tokens.refresh_token, undefined);
    const told = await client.tokenIntrospection(config, tokens.access_token);
    say('introspection', told);
    assert.equal(told.active, true);
    assert.equal(told.aud, RESOURCE);
    assert.equal(told.sub, platforms.secret.client_id);
  });

  test('introspection and revocation: a token is known until it is given up', async () => {
    const config = await bySecret(platforms.secret);
    const tokens = await signIn(config);
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      const told = await client.tokenIntrospection(config, token);
      assert.equal(told.active, true);
      assert.equal(told.client_id, platforms.secret.client_id);
    }
    const stranger = await bySecret(platforms.signed);
    assert.equal((await client.tokenIntrospection(stranger, tokens.access_token)).active, false);
    await client.tokenRevocation(config, tokens.refresh_token);
    for (const token of [tokens.access_token, tokens.refresh_token, 'unknown']) {
      assert.deepEqual(await client.tokenIntrospection(config, token), { active: false });
    }
    await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' });
  });

  async function signIn(config) {
    const { parameters, checks } = await request();
    const callback = await authorize(demo, client.buildAuthorizationUrl(config, parameters), lock);
    return client.authorizationCodeGrant(config, callback, checks);
  }
});
