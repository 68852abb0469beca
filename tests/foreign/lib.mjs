// What the foreign client's tests share: clients registered as an operator does it, and a person who signs and consents.
import { run } from '../browser/lib/program.mjs';
import { readForm, signForm, Visitor } from '../browser/lib/visitor.mjs';

/** Nothing listens there: the answer is read off the redirect. */
export const REDIRECT_URI = 'http://127.0.0.1:9/callback';

const DETAILS = {
  region_code: '150400', legal_representative: '张三', phone: '0476-8330000', address: '赤峰市新城区', binder_name: '李四',
};

/** `idp platform add`; answers client_id and client_secret. */
export async function register(demo, id, words) {
  const place = ['--region', '150400', '--zone', 'eastern', '--name-zh', id];
  const environment = { IDP_ISSUER: demo.issuer, IDP_STATE_DIR: demo.providerState, IDP_LOG: 'error' };
  const printed = await run('idp', ['platform', 'add', id, '--redirect-uri', REDIRECT_URI, ...place, ...words], environment);
  return JSON.parse(printed);
}

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

/** The person's part of an authorization request; answers the address the browser is sent back to. */
export async function authorize(demo, url, lock, { decision = 'grant', visitor = new Visitor() } = {}) {
  const atPortal = (address) => address.origin === demo.issuer;
  let step = await visitor.get(url.href, atPortal);
  if (step.html.includes('id="challenge-form"')) {
    step = await visitor.post(`${demo.issuer}/login`, await signForm(step.html, lock), atPortal);
    const onward = step.html.match(/id="enter-authorization" href="([^"]+)"/);
    if (!onward) throw new Error(`not signed in: ${step.response.status}\n${step.html}`);
    step = await visitor.get(new URL(onward[1].replaceAll('&#38;', '&').replaceAll('&amp;', '&'), demo.issuer).href, atPortal);
  }
  if (step.html.includes('id="consent-form"')) {
    const { fields } = readForm(step.html, 'consent-form');
    step = await visitor.post(`${demo.issuer}/consent`, { ...fields, decision }, atPortal);
  }
  return new URL(step.url);
}
