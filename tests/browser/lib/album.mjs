// Looks at pages: keeps a picture of each, and what is wrong with it.
//
// What is wrong is collected and told at the end, so that one flaw does not hide the others.
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { output } from './program.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// 320 px: WCAG 2.2, 1.4.10 (a window of 1280 px at 400 %).
const PORTAL_WIDTHS = [1280, 320];
const AGENT_WIDTHS = [480, 320];

/**
 * The same page again, but narrow: colours are as they were, and so is what its stylesheets say of turning the screen. Half of
 * the time that looking takes.
 */
const NARROW = { rules: { 'color-contrast': { enabled: false } }, preload: false };

/** A page that draws has drawn its next frame long before. */
const FRAME_MS = 4000;

export class Album {
  findings = [];

  constructor(name, language) {
    this.name = name;
    this.language = language;
  }

  /** Looks at a page of the portal or of a platform, wide and narrow. */
  async see(page, name) {
    await this.#see(page, name, PORTAL_WIDTHS, 800);
  }

  /** Looks at the agent's window. */
  async seeAgent(popup, name) {
    await this.#see(popup, name, AGENT_WIDTHS, 680);
  }

  async #see(page, name, widths, height) {
    // A page that was just led to may be half there.
    await page.waitForLoadState();
    const place = await page.evaluate(() => [window.scrollX, window.scrollY]);
    for (const width of widths) {
      await page.setViewportSize({ width, height });
      await this.look(page, `${name} (${width} px)`, width === widths[0] ? {} : NARROW);
      await this.#picture(page, `${this.name}-${name}.${this.language}.${width}.jpg`);
    }
    await page.setViewportSize({ width: widths[0], height });
    await page.evaluate(([x, y]) => window.scrollTo(x, y), place);
    await this.#wake(page, widths[0], height);
  }

  /** Without a graphics card Chromium at times draws no frame any more once its size was changed; another change wakes it. */
  async #wake(page, width, height) {
    for (let nudge = 1; nudge <= 3; nudge += 1) {
      const frame = page.evaluate(() => new Promise((drawn) => { requestAnimationFrame(() => drawn(true)); }));
      const late = new Promise((resolve) => { setTimeout(resolve, FRAME_MS, false).unref(); });
      if (await Promise.race([frame.catch(() => true), late])) return;
      await page.setViewportSize({ width: width - nudge, height });
      await page.setViewportSize({ width, height });
    }
  }

  /** Looks without keeping a picture. */
  async look(page, title, options = {}) {
    await this.#lookForOverflow(page, title);
    await this.#lookWithAxe(page, title, options);
    const language = await page.evaluate(() => document.documentElement.lang);
    if (language !== this.language) this.findings.push(`${title}: in ${language}, not in ${this.language}`);
  }

  async #lookForOverflow(page, title) {
    const wide = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      if (scrollWidth <= clientWidth) return null;
      const out = [...document.body.querySelectorAll('*')].filter((it) => it.getBoundingClientRect().right > clientWidth + 0.5);
      return `${scrollWidth} wide: ${out.slice(0, 4).map((it) => `${it.localName}#${it.id}.${it.className}`).join(', ')}`;
    });
    if (wide) this.findings.push(`${title}: scrolls sideways, ${wide}`);
  }

  async #lookWithAxe(page, title, options) {
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
    const asked = { resultTypes: ['violations'], ...options };
    const { violations } = await page.evaluate((how) => window.axe.run(document, how), asked);
    for (const { id, help, nodes } of violations) {
      this.findings.push(`${title}: ${id}: ${help}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
    }
  }

  async #picture(page, file) {
    const folder = `${output}screenshots`;
    await mkdir(folder, { recursive: true });
    await page.screenshot({ path: `${folder}/${file}`, type: 'jpeg', quality: 80, fullPage: true, animations: 'disabled' });
  }
}
