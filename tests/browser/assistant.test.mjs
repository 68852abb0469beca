// The certificate assistant (证书助手): the guide's seven words, each as a person uses it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { confirm, openWindow } from './lib/agent.mjs';
import { startAssistant } from './lib/assistant.mjs';
import { tabTo } from './lib/keyboard.mjs';
import { inEachLanguage } from './lib/scene.mjs';

const WORDS = {
  'zh-CN': ['一键检测', '证书显示', '签章显示', '登录系统', '清理证书', '常见问题', '软件升级'],
  en: ['Check', 'Certificates', 'E-seals', 'Sign in', 'Tidy up', 'Questions', 'Update'],
};

const SAYS = {
  'zh-CN': {
    insert: '请插入CA锁', pair: '签名与加密双证书', copied: '已复制', opened: '窗口有应答', blocked: '浏览器阻止了证书助手窗口',
    legal: '法人锁不支持跨平台投标', none: '没有找到相关问题', find: '法人锁', nothing: '没有保存任何内容', forged: '签名无效', fetched: '内容与发布清单一致',
    signed: '签名与签章所附的证书相符',
  },
  en: {
    insert: 'Please insert your CA lock', pair: 'Pair for signing and encryption', copied: 'Copied', opened: 'the window answers',
    blocked: 'Your browser blocked the assistant’s window', legal: 'Legal-person locks do not support bidding', none: 'No question found',
    find: 'legal-person', nothing: 'keeps nothing', forged: 'not signed by the release key', fetched: 'the very file that the manifest names',
    signed: 'The signature fits the certificate in the seal',
  },
};

inEachLanguage('assistant', 'the certificate assistant', (scene) => {
  const { album, language } = scene;
  const says = SAYS[language];
  let assistant;

  async function at(path) {
    assistant ??= await startAssistant(scene.demo, `assistant-${language}`);
    await scene.page.goto(`${assistant.address}${path}`);
    return scene.page;
  }

  /** Starts a check. The outcome of the one before stays on the page until the agent answers: it is taken away here. */
  async function runAnew(page) {
    await page.locator('#start').waitFor();
    await page.evaluate(() => document.getElementById('outcome')?.remove());
    await page.click('#start');
  }

  test('证书助手: the start page has the guide\'s seven words, and the keyboard reaches them', async () => {
    const page = await at('/');
    assert.deepEqual(await page.locator('.tile-name').allInnerTexts(), WORDS[language]);
    await page.keyboard.press('Tab');
    assert.match(await page.evaluate(() => document.activeElement.className), /skip/);
    await tabTo(page, '#tile-check');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/check');
    assert.equal(await page.innerText('h1'), WORDS[language][0]);
    await at('/');
    await album.see(page, '01-start');
  });

  test('一键检测: a repair that the agent can do is a button', async () => {
    const page = await at('/check');
    await runAnew(page);
    const repair = page.locator('[data-repair="allow-portal"]');
    await repair.waitFor();
    await repair.click();
    await page.locator('[data-text="check-allowed"]').waitFor();
    await page.locator('#outcome').waitFor();
    assert.equal(await page.locator('[data-repair="allow-portal"]').count(), 0);
  });

  test('一键检测: runs, tells each finding with its repair, and opens the window', async () => {
    const page = await at('/check');
    await album.see(page, '02-check-before');
    await runAnew(page);
    await page.locator('#window-finding.pass').waitFor();
    assert.match(await page.innerText('#window-told'), new RegExp(says.opened));
    // What the last run found may still be on the page: each is waited for, the website's come last.
    for (const text of ['check-service-outside', 'check-driver-files', 'check-lock', 'check-pin', 'check-certificate', 'check-portal', 'check-clock']) {
      await page.locator(`[data-text="${text}"]`).first().waitFor();
    }
    await page.locator('#outcome').waitFor();
    await album.see(page, '03-check');
  });

  test('一键检测: a browser that blocks the window is told how to allow it', async () => {
    const page = await at('/check');
    await page.evaluate(() => { window.open = () => null; });
    await runAnew(page);
    await page.locator('#window-finding.fail').waitFor();
    assert.match(await page.innerText('#window-told'), new RegExp(says.blocked));
    assert.ok(await page.isVisible('#window-repair'));
    await page.locator('#outcome').waitFor();
  });

  test('证书显示: all facts, the pair side by side, and the page follows the locks', async () => {
    const page = await at('/certificates');
    await page.locator('.sheet').first().waitFor();
    await album.see(page, '04-certificates');
    const insert = await scene.demo.pullLocks();
    try {
      await page.locator('.insert-title', { hasText: says.insert }).waitFor();
      await album.see(page, '05-certificates-no-lock');
    } finally {
      await insert();
    }
    await page.locator('.sheet').first().waitFor();
  });

  test('证书显示: a certificate is copied and saved as PEM', async () => {
    const page = await at('/certificates');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: assistant.address });
    const sheet = page.locator('.sheet').first();
    await sheet.locator('button.copy').click();
    await sheet.locator('button.copy', { hasText: says.copied }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n$/);
    const [download] = await Promise.all([page.waitForEvent('download'), sheet.locator('a[download]').click()]);
    assert.match(download.suggestedFilename(), /^[0-9a-f]{32}\.pem$/);
    assert.equal(await readFile(await download.path(), 'utf8'), copied);
  });

  test('签章显示: the seal, its picture and what is true of it', async () => {
    const page = await at('/seals');
    const seal = page.locator('.seal').first();
    await seal.locator('[data-verdict="seal-signed"]', { hasText: says.signed }).waitFor();
    const width = await seal.locator('img').evaluate((picture) => picture.decode().then(() => picture.naturalWidth));
    assert.ok(width > 0);
    await album.see(page, '06-seals');
  });

  test('登录系统: leads to the sign-in system', async () => {
    const page = await at('/');
    await page.click('#tile-portal');
    await page.waitForURL(`${scene.portal}/**`);
  });

  test('清理证书: shows what will go, and then what went', async () => {
    const login = await scene.page.context().newPage();
    await login.goto(`${scene.portal}/login`);
    const [port] = assistant.address.match(/\d+$/);
    await login.evaluate((ports) => { document.forms['challenge-form'].dataset.agentPorts = ports; }, port);
    const popup = await openWindow(login, '#sign');
    await confirm(popup, scene.demo.lock('good-sm2'));
    await login.close();
    const page = await at('/tidy');
    await page.locator('.names', { hasText: scene.portal }).first().waitFor();
    await album.see(page, '07-tidy');
    await page.locator('input[value="confirmed"]').check();
    await page.click('#tidy');
    await page.locator('#gone', { hasText: scene.portal }).waitFor();
    await album.see(page, '08-tidied');
    assert.match(await page.innerText('#tidy'), new RegExp(says.nothing));
  });

  test('常见问题: the guide\'s twelve, found by their words, each with its step', async () => {
    const page = await at('/questions');
    assert.equal(await page.locator('.question').count(), 12);
    await album.see(page, '09-questions');
    await page.fill('#find', says.find);
    await page.locator('#faq-2[open]', { hasText: says.legal }).waitFor();
    assert.ok(await page.locator('.question:visible').count() < 12);
    await album.see(page, '10-questions-found');
    await page.fill('#find', 'zzzz');
    await page.locator('#found', { hasText: says.none }).waitFor();
    await page.fill('#find', '');
    await page.click('#faq-5 summary');
    await page.click('#faq-5 a');
    await page.waitForURL('**/check');
  });

  test('软件升级: a forged manifest is refused, a signed one brings its file', async () => {
    const page = await at('/update');
    await assistant.release('thief');
    await page.click('#look');
    await page.locator('[data-state="forged"]', { hasText: says.forged }).waitFor();
    await album.see(page, '11-update-forged');
    await assistant.release('release');
    await page.click('#look');
    await page.locator('[data-state="newer"]').waitFor();
    await album.see(page, '12-update-newer');
    await page.click('#fetch');
    await page.locator('[data-state="fetched"]', { hasText: says.fetched }).waitFor();
    assert.equal(await readFile(await page.innerText('#update-path'), 'utf8'), 'the new version');
    await album.see(page, '13-update-fetched');
  });

  test('every page works without a script', async () => {
    const context = await scene.browser.newContext({ locale: language, javaScriptEnabled: false });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(`${assistant.address}/check`);
    await Promise.all([page.waitForEvent('load'), page.click('#start')]);
    await page.locator('#outcome').waitFor();
    await page.goto(`${assistant.address}/certificates`);
    assert.ok(await page.locator('.sheet').count() > 0);
    await page.goto(`${assistant.address}/questions`);
    await page.click('#faq-2 summary');
    assert.ok(await page.isVisible('#faq-2 p'));
    await context.close();
  });

  test('the other language is one press away and stays', async () => {
    const page = await at('/questions');
    const other = language === 'en' ? 'zh-CN' : 'en';
    await page.click('#language');
    await page.locator(`html[lang="${other}"]`).waitFor();
    await page.click('.words a >> nth=1');
    await page.waitForURL('**/certificates*');
    assert.equal(await page.innerText('h1'), WORDS[other][1]);
  });

  test('the assistant ends', async () => {
    await assistant.stop();
  });
});
