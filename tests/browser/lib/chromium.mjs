// Chromium, and what it complains about.
import { chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-gpu-compositing', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/** How long one step may take before its test fails. */
const PATIENCE_MS = 30_000;

const OPTIONS = { executablePath: process.env.YZT_CHROMIUM ?? '/usr/bin/chromium', headless: true, args: FLAGS };

/** A browser with a new empty profile. */
export function launch() {
  return chromium.launch(OPTIONS);
}

/** One that can be killed like any program, without a word to its pages. */
export async function launchToKill() {
  const server = await chromium.launchServer(OPTIONS);
  return { browser: await chromium.connect(server.wsEndpoint()), kill: () => server.kill() };
}

/** A person's own window into the web: cookies of its own, a language, and a list of what went wrong in it. */
export async function openContext(browser, language) {
  const context = await browser.newContext({ locale: language, viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  context.setDefaultTimeout(PATIENCE_MS);
  const complaints = [];
  context.on('page', (page) => watch(page, complaints));
  return { context, complaints };
}

function watch(page, complaints) {
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isRefusedPage(message)) {
      complaints.push(`${page.url()}: ${message.text()} (${message.location().url})`);
    }
  });
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && !['127.0.0.1', 'localhost'].includes(hostname)) {
      complaints.push(`${page.url()} asks a third party: ${request.url()}`);
    }
  });
}

/** Chromium also writes down that a page came with status 403; that is how a refusal has to come. */
function isRefusedPage(message) {
  const from = new URL(message.location().url || 'about:blank').pathname;
  return /^Failed to load resource: .* status of 4\d\d/.test(message.text()) && !from.startsWith('/assets');
}
