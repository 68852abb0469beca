// 个人信息维护: an enterprise's own pages, and the life of a lock. FAQ 6, 8, 9 as the guide tells them.
import assert from 'node:assert/strict';

import { choose, confirm, openWindow, seesWhole } from './lib/agent.mjs';
import { faq, shows } from './lib/expect.mjs';
import { bind, readCertificate, sign, signIn } from './lib/portal.mjs';
import { inEachLanguage, person } from './lib/scene.mjs';

inEachLanguage('account', 'account pages', (scene) => {
  const { album, language, step } = scene;
  const zh = language === 'zh-CN';
  let primary;
  let secondary;
  let other;

  step('from the platforms 个人信息登录 leads to the enterprise\'s information', async () => {
    const { page, portal, demo } = scene;
    primary = demo.lock('good-sm2');
    secondary = demo.lock('second-lock');
    await page.goto(`${portal}/bind`);
    await bind(page, primary);
    await page.locator('#bound').waitFor();
    await signIn(page, portal, primary);
    await page.click('#enter-authorization');
    assert.equal(await page.innerText('#to-account'), zh ? '个人信息登录' : 'Personal information');
    await page.click('#to-account');
    assert.equal(await page.innerText('#enterprise-name'), primary.enterprise);
    await album.see(page, '01-information');
  });

  step('contact is changed; a wrong field is named and nothing typed is lost', async () => {
    const { page } = scene;
    await page.fill('#phone', 'call me');
    await page.click('#save');
    await page.locator('#phone-error:visible').waitFor();
    assert.equal(await page.inputValue('#phone'), 'call me');
    await album.see(page, '02-information-wrong');
    await page.fill('#phone', '0473-2020000');
    await page.click('#save');
    await page.locator('#saved').waitFor();
    await album.see(page, '03-information-saved');
  });

  step(faq(8, 'another lock is read and activated by its own signature'), async () => {
    const { page } = scene;
    await page.click('#account-locks');
    await page.locator('#read-certificate').waitFor();
    await album.see(page, '04-locks');
    await readCertificate(page, secondary);
    assert.equal(await page.innerText('#key-number'), secondary.key_number);
    assert.equal(await page.innerText('#media-number'), secondary.media_number);
    await album.see(page, '05-locks-read');
    const statement = await page.innerText('#statement');
    assert.ok(statement.includes(primary.enterprise), statement);
    const popup = await openWindow(page, '#sign');
    await choose(popup, secondary);
    assert.equal(await popup.innerText('#statement'), statement);
    await seesWhole(popup, '#statement');
    await album.seeAgent(popup, '06-agent-activate');
    await Promise.all([page.waitForEvent('load'), confirm(popup, secondary)]);
    await page.locator('#done').waitFor();
    assert.equal(await page.locator('#locks tbody tr').count(), 2);
    await album.see(page, '07-locks-activated');
  });

  step('the secondary lock signs in; its session only looks', async () => {
    const { portal } = scene;
    other = await person(scene);
    await signIn(other, portal, secondary);
    await other.goto(`${portal}/account/locks`);
    await other.locator('#primary-only').waitFor();
    await album.see(other, '08-locks-of-secondary');
  });

  step('a lock of another enterprise is refused with its own words', async () => {
    const { page, demo } = scene;
    const popup = await openWindow(page, '#sign');
    await Promise.all([page.waitForEvent('load'), confirm(popup, demo.lock('good-rsa'))]);
    await shows(page, '#error-message', zh ? '单位名称不一致' : 'The unit names in the primary and the secondary lock differ');
    await album.see(page, '09-locks-refused');
  });

  step('live sessions and the history show both; consents and their revocation', async () => {
    const { page, portal } = scene;
    await page.click('#account-sessions');
    await page.locator('#sessions').waitFor();
    await page.waitForLoadState();
    assert.equal(await page.locator('#sessions tbody tr').count(), 2);
    await album.see(page, '10-sessions');
    await page.click('#account-history');
    await page.waitForURL('**/account/history*');
    await album.see(page, '11-history');
    await page.goto(`${portal}/platforms`);
    await page.click('#platform-chifeng');
    await page.click('#grant');
    await page.locator('#confirm-page').waitFor();
    await page.goto(`${portal}/account/consents`);
    await page.locator('#consent-chifeng').waitFor();
    await album.see(page, '12-consents');
    await page.click('#revoke-chifeng');
    await page.locator('#confirm-revoke').waitFor();
    await album.see(page, '13-consent-revoke');
    await page.click('#confirm-revoke');
    await page.locator('#revoked').waitFor();
    await page.locator('#consents-none').waitFor();
    await album.see(page, '14-consents-none');
  });

  step('the primary lock agrees that the secondary one takes its place', async () => {
    const { page, portal } = scene;
    await page.goto(`${portal}/account/locks`);
    await page.click('[id^=promote-]');
    await page.locator('#promote-lock').waitFor();
    await album.see(page, '15-promote');
    const popup = await openWindow(page, '#sign');
    await Promise.all([page.waitForEvent('load'), confirm(popup, primary)]);
    await page.locator('#done').waitFor();
    await page.locator('#primary-only').waitFor();
    await album.see(page, '16-promoted');
  });

  step(faq(9, 'a secondary lock is removed, and its session ends at once'), async () => {
    const { page, portal } = scene;
    // The lock that was secondary is the primary one now; the first lock's session is open here.
    await other.goto(`${portal}/account/locks`);
    await other.click('[id^=remove-]');
    await other.locator('#confirm-remove').waitFor();
    await album.see(other, '17-remove');
    await other.click('#confirm-remove');
    await other.locator('#done').waitFor();
    await album.see(other, '18-removed');
    await page.goto(`${portal}/account`);
    assert.equal(new URL(page.url()).pathname, '/login');
  });

  step('a lock that ends soon reminds; its next certificate goes on as the same lock and says so', async () => {
    const { portal, demo } = scene;
    const page = await person(scene);
    await page.goto(`${portal}/bind`);
    await bind(page, demo.lock('ending-soon'));
    await page.locator('#bound').waitFor();
    await signIn(page, portal, demo.lock('ending-soon'));
    await page.locator('#expiry-reminder').waitFor();
    await album.see(page, '19-reminder');
    await page.goto(`${portal}/account/locks`);
    await album.see(page, '20-locks-due');
    const next = await person(scene);
    await signIn(next, portal, demo.lock('renewed'));
    await next.locator('#renewed').waitFor();
    assert.equal(await next.locator('#expiry-reminder').count(), 0);
    await album.see(next, '21-renewed');
    const late = await person(scene);
    await late.goto(`${portal}/login`);
    await sign(late, demo.lock('ending-soon'));
    await shows(late, '#error-message', zh ? '已有更新的证书' : 'This lock has a newer certificate');
    await album.see(late, '22-superseded');
  });

  step(faq(6, 'a renamed enterprise is stopped with the three steps'), async () => {
    const { portal, demo } = scene;
    const page = await person(scene);
    await page.goto(`${portal}/login`);
    await sign(page, demo.lock('renamed'));
    await shows(page, '#error-message', zh ? '证书中的单位名称与绑定时不一致' : 'The unit name in the certificate differs from the bound one');
    assert.equal(await page.locator('#error-advice li').count(), 3);
    await album.see(page, '23-faq6-renamed');
  });
});
