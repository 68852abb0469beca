// The main job without a mouse, from the portal's home page to the platform's workspace.
import assert from 'node:assert/strict';

import { arrived } from './lib/agent.mjs';
import { enter, tabTo } from './lib/keyboard.mjs';
import { bind } from './lib/portal.mjs';
import { scene } from './lib/scene.mjs';

scene('keyboard', 'keyboard alone', 'zh-CN', (scene) => {
  const { step } = scene;

  step('the first stop of Tab leads past the menu to the content', async () => {
    const { page, portal } = scene;
    await page.goto(`${portal}/bind`);
    await bind(page, scene.demo.lock('good-sm2'));
    await page.goto(portal);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'skip');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  });

  step('signing in needs Tab, arrows, Enter and the PIN', async () => {
    const { page, demo } = scene;
    await enter(page, '#sign-in');
    await page.locator('#sign').waitFor();
    await tabTo(page, '#sign');
    const [popup] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')]);
    await arrived(popup);
    await chooseByArrows(popup, demo.lock('good-sm2').label);
    await tabTo(popup, '#pin');
    await popup.keyboard.type(demo.lock('good-sm2').pin);
    await Promise.all([popup.waitForEvent('close'), popup.keyboard.press('Enter')]);
    await page.locator('#enter-authorization').waitFor();
  });

  step('so do 进入授权, the choice of a platform, 确认授权 and 确认登录', async () => {
    const { page } = scene;
    await enter(page, '#enter-authorization');
    await page.locator('#platform-chifeng').waitFor();
    await enter(page, '#platform-chifeng');
    await page.locator('#grant').waitFor();
    await enter(page, '#grant');
    await page.locator('#confirm-page').waitFor();
    await enter(page, '#confirm-login');
    await page.locator('#filing-form').waitFor();
  });

  step('Escape in the agent\'s window cancels', async () => {
    const { page, portal } = scene;
    await page.goto(`${portal}/certificate`);
    await page.click('#sign-out');
    await page.locator('#signed-out').waitFor();
    await page.goto(`${portal}/login`);
    await tabTo(page, '#sign');
    const [popup] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')]);
    await arrived(popup);
    await Promise.all([popup.waitForEvent('close'), popup.keyboard.down('Escape')]);
    await page.locator('#message.is-failure').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'message');
  });
});

/** Walks down the list of certificates to the one of this lock. */
async function chooseByArrows(popup, label) {
  await tabTo(popup, '[name=certificate]');
  const rows = await popup.locator('[name=certificate]:not(:disabled)').count();
  for (let step = 0; step < rows; step += 1) {
    const chosen = await popup.locator('label.certificate', { has: popup.locator('input:checked') }).innerText();
    if (chosen.includes(label)) return;
    await popup.keyboard.press('ArrowDown');
  }
  assert.fail(`arrows do not reach ${label}`);
}
