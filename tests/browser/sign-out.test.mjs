// Signing out: the question, the page that says which platforms heard of it, the way back to a platform.
import assert from 'node:assert/strict';

import { confirmLogin } from './lib/platform.mjs';
import { bind, sign } from './lib/portal.mjs';
import { inEachLanguage } from './lib/scene.mjs';

/** What the page says of a platform that can't be told, that confirmed, or that has not yet. */
const STATES = {
  'zh-CN': /^(不支持自动退出，请自行退出|已确认退出|尚未确认（系统会继续通知）)$/,
  en: /^(No automatic sign-out; please sign out there yourself|Sign-out confirmed|Not confirmed yet \(the system keeps telling it\))$/,
};

inEachLanguage('sign-out', 'signing out', (scene) => {
  const { album, step } = scene;
  let lock;

  step('somebody signs in at a platform', async () => {
    lock = scene.demo.lock('good-sm2');
    const { page, portal, demo } = scene;
    await page.goto(`${portal}/bind`);
    await bind(page, lock);
    await page.goto(demo.platform('hohhot').origin);
    await page.click('#login');
    await page.locator('#sign').waitFor();
    await sign(page, lock);
    await page.click('#enter-authorization');
    await page.click('#grant');
    await confirmLogin(page);
    await page.locator('#filing-form').waitFor();
  });

  step('a link to sign out asks first, and can be declined', async () => {
    const { page, portal } = scene;
    await page.goto(`${portal}/oauth2/logout`);
    await page.locator('#confirm-sign-out').waitFor();
    assert.equal(await page.innerText('#confirm-sign-out-enterprise'), lock.enterprise);
    await album.see(page, '01-asked');
    await page.click('#stay');
    assert.equal(await page.innerText('#signed-in-enterprise'), lock.enterprise);
  });

  step('a request that can not be trusted leads nowhere and leaves a way to sign out', async () => {
    const { page, portal } = scene;
    await page.goto(`${portal}/oauth2/logout?id_token_hint=forged&post_logout_redirect_uri=https%3A%2F%2Fevil.test`);
    await page.locator('#error-page').waitFor();
    assert.equal(await page.innerText('#error-code'), 'logout-hint-invalid');
    await album.see(page, '02-not-trusted');
    await page.click('#back');
    await page.locator('#confirm-sign-out').waitFor();
  });

  step('signed out, the page names each platform that was entered and how it stands', async () => {
    const { page } = scene;
    await page.click('#confirm-sign-out');
    await page.locator('#signed-out').waitFor();
    assert.match(await page.innerText('#signed-out-platforms dt'), /呼和浩特|Hohhot/);
    assert.match(await page.innerText('#signed-out-platforms dd'), STATES[scene.language]);
    assert.equal(await page.locator('#sign-out').count(), 0);
    await album.see(page, '03-signed-out');
  });

  step('the page can be loaded again, and in the other language', async () => {
    const { page } = scene;
    await page.reload();
    assert.equal(await page.locator('#signed-out-platforms dt').count(), 1);
    const other = scene.language === 'en' ? 'zh-CN' : 'en';
    await page.click(`#lang-${other}`);
    assert.match(await page.innerText('#signed-out-platforms dd'), STATES[other]);
    await page.click(`#lang-${scene.language}`);
  });

  step('whoever comes back has to sign again', async () => {
    const { page } = scene;
    await page.click('#sign-in-again');
    await page.locator('#sign').waitFor();
  });
});
