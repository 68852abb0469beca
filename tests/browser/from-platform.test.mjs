// The other way in: from a platform's own login page; single sign-on; refusing; signing out.
import assert from 'node:assert/strict';

import { confirmLogin } from './lib/platform.mjs';
import { bind, sign, signIn } from './lib/portal.mjs';
import { inEachLanguage } from './lib/scene.mjs';

/** What the notice after a refusal at the portal says. */
const REFUSED = { 'zh-CN': /您已拒绝向“赤峰.*”提供信息/, en: /Chifeng/ };

inEachLanguage('from-platform', 'from the platform\'s side', (scene) => {
  const { album, step } = scene;
  let lock;

  step('登录 at the platform leads to the portal, which says where one will go', async () => {
    lock = scene.demo.lock('good-sm2');
    const { page, portal, demo } = scene;
    await page.goto(`${portal}/bind`);
    await bind(page, lock);
    await page.goto(demo.platform('hohhot').origin);
    await page.click('#login');
    await page.locator('#sign').waitFor();
    assert.match(await page.innerText('#platform-name'), /呼和浩特|Hohhot/);
    await album.see(page, '01-login');
  });

  step('the signature, 进入授权 and 确认授权 lead straight back to that platform', async () => {
    const { page, demo } = scene;
    await sign(page, lock);
    assert.match(await page.innerText('#platform-name'), /呼和浩特|Hohhot/);
    await album.see(page, '02-certificate');
    await page.click('#enter-authorization');
    assert.match(await page.innerText('#consent-heading'), /呼和浩特|Hohhot/);
    await page.click('#grant');
    await confirmLogin(page);
    assert.equal(new URL(page.url()).origin, demo.platform('hohhot').origin);
    await page.locator('#filing-form').waitFor();
  });

  step('the next platform needs no signature, but asks for consent all the same', async () => {
    const { page, demo } = scene;
    await page.goto(demo.platform('chifeng').origin);
    await page.click('#login');
    await page.locator('#grant').waitFor();
    assert.match(await page.innerText('#consent-heading'), /赤峰|Chifeng/);
  });

  step('refused consent brings nothing to the platform, which says so', async () => {
    const { page, demo } = scene;
    await page.click('#refuse');
    await page.locator('#problem[data-problem=declined]').waitFor();
    assert.equal(new URL(page.url()).origin, demo.platform('chifeng').origin);
    await album.see(page, '03-declined');
    await page.goto(`${demo.platform('chifeng').origin}/workspace`);
    assert.equal(await page.locator('#workspace').count(), 0);
  });

  step('consent refused at the portal leads back to the platforms', async () => {
    const { page, portal } = scene;
    await page.goto(`${portal}/platforms`);
    await page.click('#platform-chifeng');
    await page.click('#refuse');
    await page.waitForURL(`${portal}/platforms?refused=chifeng`);
    assert.match(await page.innerText('#refused'), REFUSED[scene.language]);
    await album.see(page, '04-refused-at-portal');
  });

  step('a consent page that was answered cannot be answered again', async () => {
    const { page } = scene;
    await page.click('#platform-chifeng');
    const consent = await page.inputValue('[name=consent]');
    await page.click('#refuse');
    await page.click('#platform-chifeng');
    await page.locator('[name=consent]').first().evaluate((field, old) => { field.value = old; }, consent);
    await page.click('#grant');
    await page.locator('#error-page').waitFor();
    await album.see(page, '05-consent-spent');
  });

  step('退出登录 ends the session; what was seen before cannot be had again', async () => {
    const { page, portal } = scene;
    await page.goto(`${portal}/certificate`);
    await page.click('#sign-out');
    await page.locator('#signed-out').waitFor();
    await album.see(page, '06-signed-out');
    await page.goBack();
    await page.locator('#sign').waitFor();
    await page.goto(`${portal}/platforms`);
    assert.equal(await page.locator('#sign-out').count(), 0);
    await page.goto(`${portal}/platforms`);
    await page.click('#platform-chifeng');
    await page.locator('#sign').waitFor();
    assert.match(await page.innerText('#platform-name'), /赤峰|Chifeng/);
    await album.see(page, '07-login-to-chosen');
  });

  step('a platform chosen before signing in is where 进入授权 leads', async () => {
    const { page } = scene;
    await sign(page, lock);
    assert.match(await page.innerText('#platform-name'), /赤峰|Chifeng/);
    await page.click('#enter-authorization');
    await page.locator('#grant').waitFor();
    assert.match(await page.innerText('#consent-heading'), /赤峰|Chifeng/);
  });

  step('a second tab meets no sign-in page; one left open says that it is out of date', async () => {
    const { page, portal } = scene;
    await page.goto(`${portal}/login`);
    await page.locator('#enter-authorization').waitFor();
    await page.click('#sign-out');
    await page.locator('#signed-out').waitFor();
    await page.goto(`${portal}/login`);
    const other = await page.context().newPage();
    await signIn(other, portal, lock);
    await sign(page, lock);
    await page.locator('#error-page[data-status="409"]').waitFor();
    assert.equal(await page.innerText('#signed-in-enterprise'), lock.enterprise);
    await album.see(page, '08-page-outdated');
    await page.click('#back');
    await page.locator('#enter-authorization').waitFor();
    await other.close();
  });
});
