// A person without a browser: plain HTTP, cookies, and the forms of the portal. The lock signs by the agent's command line.
import { run } from './program.mjs';

const HOPS_MAX = 10;

export class Visitor {
  #cookies = new Map();
  #headers;

  /** `headers` go with every request. */
  constructor(headers = {}) {
    this.#headers = headers;
  }

  /** Follows redirects by GET while they stay at one of ours; answers the last response, `url` where it is or points. */
  async get(url, stay) {
    return this.#follow(await this.#send(url, {}), url, stay);
  }

  /** Sends a form as a browser would. */
  async post(url, fields, stay) {
    const body = new URLSearchParams(fields);
    const headers = { origin: new URL(url).origin, 'sec-fetch-site': 'same-origin' };
    return this.#follow(await this.#send(url, { method: 'POST', body, headers }), url, stay);
  }

  async #follow(response, url, stay = () => true) {
    for (let hops = 0; hops < HOPS_MAX; hops += 1) {
      if (response.status < 300 || response.status > 399) return { response, url, html: await response.text() };
      url = new URL(response.headers.get('location'), url).href;
      if (!stay(new URL(url))) return { response, url, html: '' };
      response = await this.#send(url, {});
    }
    throw new Error(`too many redirects, last to ${url}`);
  }

  async #send(url, options) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...options, redirect: 'manual', headers: { ...this.#headers, ...options.headers, cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(';', 1)[0].split(/=(.*)/s);
      this.#cookies.set(name, value);
    }
    return response;
  }
}

/** The attributes of a form and the values of its hidden fields. */
export function readForm(html, id) {
  const form = html.match(new RegExp(`<form[^>]*id="${id}"[^>]*>.*?</form>`, 's'))?.[0];
  if (!form) throw new Error(`no form ${id} on this page:\n${html.slice(0, 2000)}`);
  const fields = {};
  for (const [input] of form.matchAll(/<input type="hidden"[^>]*>/g)) {
    const { name, value } = attributes(input);
    fields[name] = value;
  }
  return { ...attributes(form.slice(0, form.indexOf('>') + 1)), fields };
}

function attributes(tag) {
  return Object.fromEntries([...tag.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, unescape(value)]));
}

function unescape(text) {
  const named = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (all, decimal, hex, name) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    if (hex) return String.fromCodePoint(parseInt(hex, 16));
    return named[name] ?? all;
  });
}

/** Signs the challenge of a page's form with a lock; answers the fields to send. */
export async function signForm(html, lock) {
  const form = readForm(html, 'challenge-form');
  const words = ['sign', '--lock', lock.file, '--pin', lock.pin];
  for (const name of ['origin', 'purpose', 'nonce', 'statement']) words.push(`--${name}`, form[`data-${name}`]);
  return { ...form.fields, proof: (await run('key-agent', words)).trim() };
}
