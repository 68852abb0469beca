// What the guide's FAQ says must be refused at the provider, with the words it must be refused with: 2, 3, 4 and 11.
import { test } from 'node:test';

import { FAQ, faq, shows } from './lib/expect.mjs';
import { bind, fillDetails, readCertificate, sign, signBinding } from './lib/portal.mjs';
import { inEachLanguage } from './lib/scene.mjs';

inEachLanguage('refusals', 'refusals of the FAQ', (scene) => {
  const { album, language } = scene;

  /** Tries to bind a lock and to sign in with it. */
  async function refusedEverywhere(lock, words, name) {
    const { page, portal } = scene;
    await page.goto(`${portal}/bind`);
    await readCertificate(page, lock);
    await shows(page, '#message.is-failure', words);
    await album.see(page, `${name}-read`);
    await fillDetails(page);
    await page.fill('#credit_code', lock.credit_code);
    await signBinding(page, lock);
    await shows(page, '#error-message', words);
    await album.see(page, `${name}-bind`);
    await refusedAtLogin(lock, words, name);
  }

  async function refusedAtLogin(lock, words, name) {
    const { page, portal } = scene;
    await page.goto(`${portal}/login`);
    await sign(page, lock);
    await shows(page, '#error-message', words);
    await page.locator('#error-incident').waitFor();
    await album.see(page, `${name}-login`);
  }

  test('a lock that nobody bound cannot sign in', async () => {
    const words = { 'zh-CN': '这把企业锁还没有绑定', en: 'This enterprise lock is not bound yet.' };
    await refusedAtLogin(scene.demo.lock('good-sm2'), words[language], '01-not-bound');
  });

  test(faq(2, 'a legal-person lock can neither be bound nor sign in'), async () => {
    await refusedEverywhere(scene.demo.lock('legal-person'), FAQ[2][language], '02-faq2-legal-person-lock');
  });

  test(faq(3, 'a second lock of a bound enterprise is refused, and the way out is named'), async () => {
    const { page, portal, demo } = scene;
    await page.goto(`${portal}/bind`);
    await bind(page, demo.lock('good-sm2'));
    await page.locator('#bound').waitFor();
    await page.goto(`${portal}/bind`);
    await bind(page, demo.lock('second-lock'));
    await shows(page, '#error-message', FAQ[3][language]);
    await shows(page, '#error-advice', FAQ[3].wayOut[language]);
    await album.see(page, '03-faq3-credit-code-bound');
  });

  test(faq(4, 'a certificate of a CA outside the region is refused'), async () => {
    await refusedEverywhere(scene.demo.lock('foreign-ca'), FAQ[4][language], '04-faq4-foreign-ca');
  });

  test(faq(11, 'a revoked certificate is refused'), async () => {
    await refusedAtLogin(scene.demo.lock('revoked'), FAQ[11][language], '05-faq11-revoked');
  });

  test(faq(11, 'an expired certificate is refused'), async () => {
    await refusedAtLogin(scene.demo.lock('expired'), FAQ[11].expired[language], '06-faq11-expired');
  });
});
