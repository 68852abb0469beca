// The main job: bind a lock, sign a challenge, choose a platform, 确认授权, arrive signed in; in both languages.
import assert from 'node:assert/strict';

import { choose, confirm, openWindow } from './lib/agent.mjs';
import { fileEnterprise } from './lib/platform.mjs';
import { DETAILS, fillDetails, sign } from './lib/portal.mjs';
import { inEachLanguage, person } from './lib/scene.mjs';

/** One good lock of each recognised CA: SM2 and RSA. */
const LOCKS = { 'zh-CN': 'good-sm2', en: 'good-rsa' };

/** What is typed and must be; the credit code came from the certificate. */
const REQUIRED = ['region_code', 'ca_platform', 'legal_representative', 'subject_types', 'binder_name'];

inEachLanguage('story', 'the main job', (scene) => {
  const { album, step } = scene;
  let lock;

  step('public pages can be read by anybody', async () => {
    lock = scene.demo.lock(LOCKS[scene.language]);
    const { page, portal } = scene;
    for (const [path, name] of [['/', '01-home'], ['/platforms', '02-platforms-public'], ['/driver', '03-driver'], ['/help', '04-help'], ['/nowhere', '05-not-found']]) {
      await page.goto(portal + path);
      await album.see(page, name);
    }
    await page.goto(scene.demo.agent);
    await album.seeAgent(page, '06-agent-root');
  });

  step('the certificate is read from the lock, without a PIN where the lock shows it', async () => {
    const { page, portal } = scene;
    await page.goto(portal);
    await page.click('#bind');
    await album.see(page, '07-bind');
    const popup = await openWindow(page, '#read-certificate');
    await choose(popup, lock);
    await album.seeAgent(popup, '08-agent-read');
    assert.equal(await popup.isVisible('#pin'), lock.sealed);
    await confirm(popup, lock);
    await page.locator('#message.is-success').waitFor();
    assert.equal(await page.innerText('#holder-name'), lock.enterprise);
    assert.equal(await page.innerText('#key-number'), lock.key_number);
    assert.equal(await page.inputValue('#credit_code'), lock.credit_code);
  });

  step('what is missing is named before the lock is asked', async () => {
    const { page } = scene;
    await page.click('#submit-binding');
    for (const field of REQUIRED) await page.locator(`#${field}-error:visible`).waitFor();
    await album.see(page, '09-bind-fields-missing');
  });

  step('the enterprise is bound by a signature of its lock', async () => {
    const { page } = scene;
    await fillDetails(page);
    assert.equal(await page.locator('.field-error:visible').count(), 0);
    await album.see(page, '10-bind-filled-in');
    const statement = await page.innerText('#statement');
    const popup = await openWindow(page, '#submit-binding');
    await choose(popup, lock);
    assert.equal(await popup.innerText('#origin'), scene.portal);
    assert.equal(await popup.innerText('#statement'), statement);
    await popup.fill('#pin', lock.pin);
    await album.seeAgent(popup, '11-agent-sign-binding');
    await confirm(popup, lock);
    await page.locator('#bound').waitFor();
    await album.see(page, '12-bound');
  });

  step('the lock signs in and its certificate is shown', async () => {
    const { page } = scene;
    await page.click('#sign-in');
    await album.see(page, '13-login');
    const popup = await openWindow(page, '#sign');
    await choose(popup, lock);
    await album.seeAgent(popup, '14-agent-sign-login');
    await confirm(popup, lock);
    await page.locator('#enter-authorization').waitFor();
    assert.equal(await page.innerText('#holder-name'), lock.enterprise);
    await album.see(page, '15-certificate');
  });

  step('进入授权 leads to the platforms, which can be searched', async () => {
    const { page } = scene;
    await page.click('#enter-authorization');
    await page.locator('#platform-chifeng').waitFor();
    assert.equal(await page.locator('[data-platform]').count(), 15);
    await album.see(page, '16-platforms');
    await page.fill('#search', scene.language === 'en' ? 'chifeng' : '赤峰');
    assert.equal(await page.locator('[data-platform]:visible').count(), 1);
    await album.see(page, '17-platforms-search');
    await page.fill('#search', '???');
    await page.locator('#platforms-none').waitFor();
    await page.fill('#search', '');
  });

  step('确认授权 names the platform and every datum it receives', async () => {
    const { page } = scene;
    await page.click('#platform-chifeng');
    await page.locator('#grant').waitFor();
    const heading = await page.innerText('#consent-heading');
    assert.match(heading, scene.language === 'en' ? /Chifeng/ : /赤峰/);
    const data = await page.innerText('#consent-data');
    for (const datum of [lock.enterprise, lock.key_number, ...Object.values(DETAILS).slice(0, 3)]) {
      assert.ok(data.includes(datum), datum);
    }
    await album.see(page, '18-consent');
  });

  step('the platform shows who arrives: 第三方平台信息确认, 确认登录', async () => {
    const { page } = scene;
    await page.click('#grant');
    await page.locator('#confirm-page').waitFor();
    assert.equal(new URL(page.url()).origin, scene.demo.platform('chifeng').origin);
    assert.ok((await page.innerText('#main')).includes(lock.enterprise));
    await album.see(page, '19-platform-confirm');
    await page.click('#confirm-login');
  });

  step('an enterprise unknown at the platform files there: 主体信息备案, then works', async () => {
    const { page } = scene;
    await page.locator('#filing-form').waitFor();
    await album.see(page, '20-platform-filing');
    await fileEnterprise(page);
    await album.see(page, '21-platform-filing-pending');
    await page.click('#approve-filing');
    await page.locator('#workspace').waitFor();
    await album.see(page, '22-platform-workspace');
  });

  step('signed out at the platform, the home page offers to sign in, and so does the portal', async () => {
    const { page } = scene;
    await page.click('#logout');
    await page.locator('#login').waitFor();
    await album.see(page, '23-platform-home');
    await page.goto(`${scene.portal}/certificate`);
    await page.locator('#challenge-form').waitFor();
  });

  step('a lock that is bound already is told so', async () => {
    const page = await person(scene);
    await page.goto(`${scene.portal}/bind`);
    await fillDetails(page);
    await page.fill('#credit_code', lock.credit_code);
    const popup = await openWindow(page, '#submit-binding');
    await confirm(popup, lock);
    await page.locator('#already-bound').waitFor();
    await album.see(page, '24-already-bound');
    await page.click('#sign-in');
    await sign(page, lock);
    await page.locator('#enter-authorization').waitFor();
    await page.context().close();
  });
});
