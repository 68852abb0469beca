// Apache's mod_auth_openidc before a page of a platform that knows nothing of OpenID Connect: it reads headers.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { startDemonstration } from '../browser/lib/demonstration.mjs';
import { freePorts } from '../browser/lib/program.mjs';
import { Visitor } from '../browser/lib/visitor.mjs';
import { addresses, startApache } from './apache.mjs';
import { authorize, bind, registerAs } from './lib.mjs';

describe('mod_auth_openidc before a page', () => {
  let demo;
  let lock;
  let apache;
  let at;

  before(async () => {
    demo = await startDemonstration('foreign-apache');
    lock = demo.lock('good-sm2');
    await bind(demo, lock);
    const [port] = await freePorts(1);
    at = addresses(port);
    const registered = await registerAs(demo, 'apache', {
      redirect_uris: [at.callback], post_logout_redirect_uris: [at.open], backchannel_logout_uri: at.backchannel, backchannel_logout_session_required: true,
    });
    apache = await startApache(port, demo.issuer, registered);
  });
  after(async () => {
    try {
      await apache?.stop();
    } finally {
      await demo?.stop();
    }
  });

  /** Whoever says that they read pages is sent to sign in; others get 401. */
  const person = (more = {}) => new Visitor({ accept: 'text/html', ...more });

  /** The headers that the page got, or nothing if the visitor was sent away. */
  async function headersAt(visitor, address) {
    const { response, html } = await visitor.get(address, ({ origin }) => origin === at.origin);
    return response.status === 200 ? JSON.parse(html).headers : undefined;
  }

  /** From the page through the provider and back to it; answers the headers that the page got. */
  async function signIn(visitor) {
    const posted = await authorize(demo, new URL(at.page), lock, { visitor });
    assert.ok(posted instanceof Request, String(posted));
    assert.equal(posted.url, at.callback);
    const fields = Object.fromEntries(new URLSearchParams(await posted.text()));
    assert.equal(fields.iss, demo.issuer);
    const { response, html, url } = await visitor.post(posted.url, fields);
    assert.equal(response.status, 200, html);
    assert.equal(url, at.page);
    return JSON.parse(html).headers;
  }

  test('nobody sees the page without signing in', async () => {
    assert.equal(await headersAt(person(), at.page), undefined);
  });

  test('whoever signs in is announced by headers: code flow with PKCE, answer by form, userinfo', async () => {
    const headers = await signIn(person());
    const told = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('oidc_claim_')));
    console.log(`  ${JSON.stringify(told)}`);
    assert.equal(told.oidc_claim_name, lock.enterprise);
    assert.equal(told.oidc_claim_credit_code, lock.credit_code);
    assert.equal(told.oidc_claim_key_number, lock.key_number);
    assert.equal(told.oidc_claim_phone_number, '0476-8330000');
    assert.equal(told.oidc_claim_acr, 'urn:yizhengtong:acr:key-lock');
    assert.equal(told.oidc_claim_iss, demo.issuer);
    assert.ok(told.oidc_claim_sub);
    assert.ok(headers.oidc_access_token);
  });

  test('headers that a visitor brings are taken away: nobody announces themselves', async () => {
    const spoofed = { OIDC_CLAIM_sub: 'somebody-else', OIDC_CLAIM_name: 'somebody-else', OIDC_CLAIM_role: 'operator', 'OIDC-CLAIM-sub': 'somebody-else', OIDC_access_token: 'none' };
    const open = await (await fetch(at.open, { headers: spoofed })).json();
    assert.equal(open.headers.oidc_claim_role, 'operator', 'the page would believe them');
    assert.equal(await headersAt(person(spoofed), at.page), undefined);
    const headers = await signIn(person(spoofed));
    const values = Object.entries(headers).filter(([name]) => name.startsWith('oidc')).map(([, value]) => value);
    for (const value of ['somebody-else', 'operator', 'none']) assert.ok(!values.includes(value), value);
    assert.equal(headers.oidc_claim_name, lock.enterprise);
  });

  test('a second visit needs no signature and no provider', async () => {
    const visitor = person();
    const first = await signIn(visitor);
    const second = await headersAt(visitor, at.page);
    assert.equal(second.oidc_claim_sub, first.oidc_claim_sub);
  });

  test('an answer that somebody else started is refused', async () => {
    const started = person();
    const posted = await authorize(demo, new URL(at.page), lock, { visitor: started });
    const fields = Object.fromEntries(new URLSearchParams(await posted.text()));
    const other = person();
    const { response } = await other.post(posted.url, fields, () => false);
    assert.notEqual(response.status, 200);
    assert.equal(await headersAt(other, at.page), undefined);
  });

  test('signing out at the platform ends its session and the portal\'s, and leads back', async () => {
    const visitor = person();
    await signIn(visitor);
    const { url, response } = await visitor.get(`${at.signOut}${encodeURIComponent(at.open)}`);
    assert.equal(response.status, 200);
    assert.equal(new URL(url).pathname, new URL(at.open).pathname);
    assert.equal(new URL(url).origin, at.origin);
    assert.equal(await headersAt(visitor, at.page), undefined);
    const { html } = await visitor.get(`${demo.issuer}/login`);
    assert.ok(html.includes('id="challenge-form"'), 'still signed in at the portal');
  });

  test('signing out at the portal ends the session at Apache (back-channel)', async () => {
    const visitor = person();
    const stays = person();
    await signIn(visitor);
    await signIn(stays);
    const { html } = await visitor.get(`${demo.issuer}/certificate`);
    const csrf_token = html.match(/name="csrf_token" value="([^"]+)"/)[1];
    await visitor.post(`${demo.issuer}/logout`, { csrf_token });
    assert.equal(await headersAt(visitor, at.page), undefined);
    assert.ok(await headersAt(stays, at.page), 'the session of another browser ended too');
  });

  test('Apache believes no logout token but the provider\'s', async () => {
    const visitor = person();
    const { oidc_claim_sub: sub, oidc_claim_sid: sid } = await signIn(visitor);
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: demo.issuer, aud: 'apache', iat: now, exp: now + 60, jti: 'forged', sub, sid,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    };
    for (const [alg, signature] of [['none', ''], ['ES256', 'A'.repeat(86)]]) {
      const logout_token = `${part({ alg, typ: 'logout+jwt' })}.${part(claims)}.${signature}`;
      await fetch(at.backchannel, { method: 'POST', body: new URLSearchParams({ logout_token }) });
      assert.ok(await headersAt(visitor, at.page), `alg ${alg} was believed`);
    }
  });
});
