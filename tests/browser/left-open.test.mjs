// A form that a person is in the middle of: the language is switched, the session ends, a field is wrong. Nothing typed is lost.
import assert from 'node:assert/strict';

import { confirm, openWindow } from './lib/agent.mjs';
import { DETAILS, fillDetails, readCertificate, signBinding } from './lib/portal.mjs';
import { inEachLanguage } from './lib/scene.mjs';

inEachLanguage('left-open', 'a form half-way', (scene) => {
  const { album, language, step } = scene;
  const other = language === 'en' ? 'zh-CN' : 'en';
  const words = (chinese, english) => (language === 'en' ? english : chinese);
  let lock;

  async function allIsThere(page) {
    for (const [name, value] of Object.entries(DETAILS)) assert.equal(await page.inputValue(`#${name}`), value);
    assert.equal(await page.inputValue('#region_code'), '150400');
    assert.notEqual(await page.inputValue('#ca_platform'), '');
    assert.equal(await page.locator('[name=subject_types]:checked').count(), 2);
    assert.equal(await page.inputValue('#credit_code'), lock.credit_code);
    assert.equal(await page.innerText('#holder-name'), lock.enterprise);
    assert.equal(await page.innerText('#key-number'), lock.key_number);
  }

  step('the language switch keeps what was typed and what was read', async () => {
    const { page, portal, demo } = scene;
    lock = demo.lock('good-rsa');
    await page.goto(`${portal}/bind`);
    await readCertificate(page, lock);
    await fillDetails(page);
    for (const tag of [other, language]) {
      await Promise.all([page.waitForEvent('load'), page.click(`#lang-${tag}`)]);
      assert.equal(await page.evaluate(() => document.documentElement.lang), tag);
      await allIsThere(page);
      assert.equal(await page.locator('#error-summary').count(), 0);
    }
    await album.see(page, '01-switched');
  });

  step('what a field may not be is said before the lock is asked', async () => {
    const { page } = scene;
    const said = async (name, value, pattern) => {
      await page.fill(`#${name}`, value);
      let asked = false;
      const hear = () => { asked = true; };
      page.once('popup', hear);
      await page.click('#submit-binding');
      await page.locator(`#${name}-error:visible`).waitFor();
      assert.match(await page.innerText(`#${name}-error`), pattern);
      page.off('popup', hear);
      assert.equal(asked, false, 'the lock was asked');
    };
    await said('phone', '12', words(/联系电话格式不正确/, /telephone number is malformed/));
    await said('binder_name', '李\u200b四', words(/看不见的字符/, /cannot be seen/));
    await page.evaluate(() => { document.getElementById('address').value = '长'.repeat(201); });
    await page.click('#submit-binding');
    await page.locator('#address-error:visible').waitFor();
    assert.match(await page.innerText('#address-error'), /200/);
    await album.see(page, '02-fields-wrong');
    // More than there is place for can't be typed.
    assert.equal(await page.getAttribute('#legal_representative', 'maxlength'), '64');
    for (const [name, value] of Object.entries(DETAILS)) await page.fill(`#${name}`, value);
  });

  step('Enter in a field sends the form, it does not switch the language', async () => {
    const { page } = scene;
    await page.locator('#binder_name').focus();
    const [popup] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')]);
    await popup.close();
    await page.locator('#message.is-failure').waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), language);
  });

  step('a binding whose session has ended comes back with everything and is bound at the second try', async () => {
    const { page } = scene;
    await page.context().clearCookies({ name: 'yzt_session' });
    await signBinding(page, lock);
    await page.locator('#error-summary').waitFor();
    assert.match(await page.innerText('#error-message'), words(/页面停留时间过长/, /open for too long/));
    await allIsThere(page);
    await album.see(page, '03-session-ended');
    await signBinding(page, lock);
    await page.locator('#bound').waitFor();
  });

  step('a page that asks for a fresh challenge without its session comes back by itself', async () => {
    const { page, portal, demo } = scene;
    lock = demo.lock('good-sm2');
    await page.goto(`${portal}/bind`);
    await readCertificate(page, lock);
    await fillDetails(page);
    await page.context().clearCookies({ name: 'yzt_session' });
    await Promise.all([page.waitForEvent('load'), confirm(await openWindow(page, '#read-certificate'), lock)]);
    await page.locator('#error-summary').waitFor();
    await allIsThere(page);
  });

  step('the switch works without script', async () => {
    const { page, portal } = scene;
    // Without script: the switch is a plain button of the form.
    const context = await scene.browser.newContext({ javaScriptEnabled: false, locale: language });
    const plain = await context.newPage();
    await plain.goto(`${portal}/bind`);
    await plain.fill('#binder_name', '李四');
    await Promise.all([plain.waitForEvent('load'), plain.click(`#lang-${other}`)]);
    assert.equal(await plain.inputValue('#binder_name'), '李四');
    assert.equal(await plain.getAttribute('html', 'lang'), other);
    await context.close();
    await page.goto(portal);
  });
});
