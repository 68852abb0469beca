// The language: what the browser prefers, until the person switches; the switch is remembered and loses nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openWindow } from './lib/agent.mjs';
import { scene } from './lib/scene.mjs';

scene('language', 'the language switch', 'zh-CN', (scene) => {
  const languageOf = (page) => page.evaluate(() => document.documentElement.lang);
  /** The page that is left has a language too: waits for the one that comes. */
  const turns = (page, language) => page.locator(`html[lang="${language}"]`).waitFor();

  test('the portal follows the switch from page to page, and back', async () => {
    const { page, portal } = scene;
    await page.goto(portal);
    assert.equal(await languageOf(page), 'zh-CN');
    await page.click('#lang-en');
    await turns(page, 'en');
    await page.click('#nav-help');
    await page.waitForURL('**/help*');
    assert.equal(await languageOf(page), 'en');
    await page.click('#lang-zh-CN');
    await turns(page, 'zh-CN');
    assert.equal(new URL(page.url()).pathname, '/help');
  });

  test('switching on the sign-in page keeps where one is heading', async () => {
    const { page, demo } = scene;
    await page.goto(demo.platform('chifeng').origin);
    await page.click('#login');
    assert.match(await page.innerText('#platform-name'), /赤峰/);
    await page.click('#lang-en');
    await turns(page, 'en');
    assert.match(await page.innerText('#platform-name'), /Chifeng/);
  });

  test('the agent\'s window speaks the page\'s language', async () => {
    const { page } = scene;
    const popup = await openWindow(page, '#sign');
    assert.equal(await languageOf(popup), 'en');
    assert.equal(await popup.innerText('#title'), 'Confirm signature with your CA lock');
    await popup.close();
  });

  test('a platform has its own switch and asks the portal for its language', async () => {
    const { page, demo } = scene;
    await page.goto(demo.platform('hohhot').origin);
    const language = (await languageOf(page)) === 'en' ? 'zh-CN' : 'en';
    await page.click('#language-switch');
    await turns(page, language);
    await page.click('#login');
    await page.locator('#sign').waitFor();
    assert.equal(await languageOf(page), language);
  });
});
