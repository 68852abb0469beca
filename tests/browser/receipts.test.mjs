// 授权书 and 授权凭证: the lock signs the text of a consent where the platform asks for it, and anybody checks the receipt.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { arrived, cancel, choose, confirm, openWindow } from './lib/agent.mjs';
import { run } from './lib/program.mjs';
import { bind, signIn } from './lib/portal.mjs';
import { inEachLanguage } from './lib/scene.mjs';

const WORDS = {
  'zh-CN': { good: '凭证有效', bad: '凭证无效' },
  en: { good: 'The receipt holds', bad: 'The receipt does not hold' },
};

inEachLanguage('receipts', 'consents that the lock signs, and their receipts', (scene) => {
  const { album, language, step } = scene;
  let lock;
  let receipt;

  const idp = (...words) => run('idp', words, {
    IDP_ISSUER: scene.portal, IDP_STATE_DIR: scene.demo.providerState, IDP_LOG: 'error', USER: process.env.USER ?? 'tests',
  });

  step('an operator lets a platform ask for the lock’s own signature', async () => {
    lock = scene.demo.lock(language === 'en' ? 'good-rsa' : 'good-sm2');
    await idp('platform', 'change', 'chifeng', '--consent-signature', 'lock');
    const { page, portal } = scene;
    await page.goto(`${portal}/bind`);
    await bind(page, lock);
    await page.locator('#bound').waitFor();
    await signIn(page, portal, lock);
  });

  step('the page shows the text that the lock will sign, and a failure is explained', async () => {
    const { page, portal } = scene;
    // A platform as it stood counts for a second.
    await page.waitForTimeout(1200);
    await page.goto(`${portal}/consent?platform=chifeng`);
    await page.locator('#challenge-form').waitFor();
    assert.equal(await page.locator('#grant').count(), 0);
    const statement = await page.innerText('#statement');
    assert.ok(statement.includes(lock.enterprise) && statement.includes(lock.credit_code), statement);
    await album.see(page, '01-consent-to-sign');
    const popup = await openWindow(page, '#sign');
    await arrived(popup);
    assert.equal((await popup.innerText('#statement')).trim(), statement.trim());
    await choose(popup, lock);
    await album.seeAgent(popup, '02-agent-sign-consent');
    await cancel(popup);
    await page.locator('#message.is-failure').waitFor();
    await album.see(page, '03-consent-cancelled');
  });

  step('by keyboard alone it is signed, and the platform is reached', async () => {
    const { page } = scene;
    await page.focus('#sign');
    const [popup] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')]);
    await arrived(popup);
    await confirm(popup, lock);
    await page.locator('#confirm-page').waitFor();
    assert.equal(new URL(page.url()).origin, scene.demo.platform('chifeng').origin);
  });

  step('the receipt is downloaded from the consents', async () => {
    const { page, portal } = scene;
    await idp('audit', 'checkpoint');
    await page.goto(`${portal}/account/consents`);
    await album.see(page, '04-consents');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#receipt-chifeng')]);
    assert.equal(download.suggestedFilename(), 'consent-receipt.jws');
    receipt = await readFile(await download.path(), 'utf8');
    await writeFile(join(scene.demo.folder, 'receipt.jws'), receipt);
  });

  step('anybody checks it on the page', async () => {
    const { page, portal } = scene;
    await page.goto(`${portal}/receipt`);
    await album.see(page, '05-receipt');
    await page.fill('#receipt', receipt);
    await page.click('#check-receipt');
    assert.equal(await page.innerText('#verdict-title'), WORDS[language].good);
    assert.ok((await page.innerText('#statement')).includes(lock.enterprise));
    await album.see(page, '06-receipt-holds');
    await page.setInputFiles('#file', join(scene.demo.folder, 'receipt.jws'));
    await page.focus('#check-file');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    assert.equal(await page.innerText('#verdict-title'), WORDS[language].good);
    await page.fill('#receipt', receipt.slice(0, -8));
    await page.click('#check-receipt');
    await page.getByText(WORDS[language].bad).waitFor();
    await album.see(page, '07-receipt-does-not-hold');
  });
});
