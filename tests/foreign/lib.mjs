// What the foreign clients' tests share: clients registered as an operator does it, and a person who signs and consents.
import { createHash, webcrypto } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { run } from '../browser/lib/program.mjs';
import { readForm, signForm, Visitor } from '../browser/lib/visitor.mjs';

/** Nothing listens there: the answer is read off the redirect. */
export const REDIRECT_URI = 'http://127.0.0.1:9/callback';

/** Everything a platform may be told. */
export const SCOPE = 'openid enterprise certificate contact';

const DETAILS = {
  region_code: '150400', legal_representative: '张三', phone: '0476-8330000', address: '赤峰市新城区', binder_name: '李四',
};

const PLACE = ['--region', '150400', '--zone', 'eastern'];

/** `idp platform add` by options; answers client_id and client_secret. */
export const register = (demo, id, words) => add(demo, id, ['--redirect-uri', REDIRECT_URI, ...words]);

/** `idp platform add` by client metadata (RFC 7591); what is not said is as common as can be. */
export async function registerAs(demo, id, metadata, words = []) {
  const file = join(demo.folder, `${id}.json`);
  const common = { redirect_uris: [REDIRECT_URI], grant_types: ['authorization_code', 'refresh_token'], id_token_signed_response_alg: 'ES256', scope: SCOPE };
  await writeFile(file, JSON.stringify({ ...common, ...metadata }));
  return add(demo, id, ['--metadata', file, ...words]);
}

async function add(demo, id, words) {
  const environment = { IDP_ISSUER: demo.issuer, IDP_STATE_DIR: demo.providerState, IDP_LOG: 'error', USER: process.env.USER ?? 'tests' };
  return JSON.parse(await run('idp', ['platform', 'add', id, '--name-zh', id, ...PLACE, ...words], environment));
}

/** A key pair for ES256 or PS256, with its public JWK. */
export async function keyPair(alg, kid) {
  const rsa = { name: 'RSA-PSS', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const algorithm = alg === 'ES256' ? { name: 'ECDSA', namedCurve: 'P-256' } : rsa;
  const { publicKey, privateKey } = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const jwk = await webcrypto.subtle.exportKey('jwk', publicKey);
  return { publicKey, privateKey, kid, jwk: { ...jwk, key_ops: undefined, ext: undefined, use: 'sig', alg, kid } };
}

/** OpenID Connect Core §3.1.3.6: the left half of the SHA-256. */
export const halfHash = (text) => createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');

/** One part of a compact token, not verified: 0 is the header, 1 the claims. */
export const part = (jwt, index) => JSON.parse(Buffer.from(jwt.split('.')[index], 'base64url'));

/** 企业绑定 by plain HTTP. */
export async function bind(demo, lock) {
  const visitor = new Visitor();
  const { html } = await visitor.get(`${demo.issuer}/bind`);
  const platform = html.match(/<select[^>]*id="ca_platform".*?<option value="([^"]+)"/s)[1];
  const fields = new URLSearchParams({ ...DETAILS, ca_platform: platform, credit_code: lock.credit_code, ...(await signForm(html, lock)) });
  fields.append('subject_types', 'bidder');
  fields.append('subject_types', 'supplier');
  const { html: answer, response } = await visitor.post(`${demo.issuer}/bind`, fields);
  if (!answer.includes('id="bound"')) throw new Error(`not bound: ${response.status}\n${answer}`);
}

/** The person's part of an authorization request; answers the address the browser is sent back to, or what it posts there. */
export async function authorize(demo, url, lock, { decision = 'grant', visitor = new Visitor() } = {}) {
  const atPortal = (address) => address.origin === demo.issuer;
  let step = await visitor.get(url.href, atPortal);
  if (step.html.includes('id="challenge-form"') && !step.html.includes('id="consent-form"')) {
    step = await visitor.post(`${demo.issuer}/login`, await signForm(step.html, lock), atPortal);
    const onward = step.html.match(/id="enter-authorization" href="([^"]+)"/);
    if (!onward) throw new Error(`not signed in: ${step.response.status}\n${step.html}`);
    step = await visitor.get(new URL(onward[1].replaceAll('&#38;', '&').replaceAll('&amp;', '&'), demo.issuer).href, atPortal);
  }
  if (step.html.includes('id="consent-form"')) {
    // Where the platform asks for it, the lock signs the text of the consent.
    const isSigned = decision === 'grant' && step.html.includes('id="challenge-form"');
    const fields = isSigned ? await signForm(step.html, lock) : { ...readForm(step.html, 'consent-form').fields, decision };
    step = await visitor.post(`${demo.issuer}/consent`, fields, atPortal);
  }
  if (step.html.includes('id="leaving-form"')) {
    const { action, fields } = readForm(step.html, 'leaving-form');
    return new Request(action, { method: 'POST', body: new URLSearchParams(fields) });
  }
  return new URL(step.url);
}
