// What is the same for every kind of device: it comes, binds, is pulled out, comes back and signs in.
import assert from 'node:assert/strict';

import { arrived, cancel, choose, openWindow, row } from './agent.mjs';
import { FAQ, shows } from './expect.mjs';
import { bind, signIn } from './portal.mjs';
import { mint } from './minted.mjs';

/** The sign-in page with the agent's window open before it. */
export async function windowAtLogin(scene, page = scene.page) {
  await page.goto(`${scene.portal}/login`);
  return openWindow(page, '#sign');
}

/** A device that is plugged in while the window is open appears in it, and is bound. */
export function comesAndBinds(scene, label, words) {
  const { album, language, step } = scene;

  step('the window waits for a lock and shows the device that is plugged in, without a new start', async () => {
    const minted = await mint(scene.demo, `赤峰${label}工程有限公司`, words[language]);
    const putBack = await scene.demo.pullLocks();
    try {
      const popup = await windowAtLogin(scene);
      await popup.locator('#insert').waitFor();
      scene.lock = await scene.driver.insert(label, minted);
      await row(popup, scene.lock).waitFor();
      assert.equal(await popup.isVisible('#insert'), false);
      assert.ok((await row(popup, scene.lock).innerText()).includes(scene.lock.media_number));
      assert.equal(await popup.isVisible('#software'), false);
      await album.seeAgent(popup, '01-agent-device-found');
      await cancel(popup);
    } finally {
      await putBack();
    }
  });

  step('the enterprise is bound by a signature of the device', async () => {
    const { page, portal, lock } = scene;
    await page.goto(portal);
    await page.click('#bind');
    await bind(page, lock);
    await page.locator('#bound').waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), language);
  });
}

/** The device is pulled out while the window is open, and put back. */
export function isPulledOut(scene) {
  const { album, language, step } = scene;

  step('a device pulled out while the window is open is told as such, there and on the page', async () => {
    const { page, lock } = scene;
    const popup = await windowAtLogin(scene);
    await arrived(popup);
    await choose(popup, lock);
    await popup.fill('#pin', lock.pin);
    const putBack = await scene.driver.pull();
    try {
      await shows(popup, '#message.bad', { 'zh-CN': 'CA锁已被拔出', en: 'The CA lock was removed.' }[language]);
      await row(popup, lock).waitFor({ state: 'detached' });
      assert.equal(await popup.inputValue('#pin'), '', 'the PIN was for the lock that is gone');
      await album.seeAgent(popup, '04-agent-device-removed');
      await cancel(popup);
      await shows(page, '#message.is-failure', FAQ[5].lockRemoved[language]);
      await album.see(page, '05-device-removed');
    } finally {
      await putBack();
    }
  });

  step('put back while the window is open, it goes on', async () => {
    const { lock } = scene;
    const popup = await windowAtLogin(scene);
    await choose(popup, lock);
    const putBack = await scene.driver.pull();
    await row(popup, lock).waitFor({ state: 'detached' }).finally(putBack);
    await row(popup, lock).waitFor();
    assert.ok(await row(popup, lock).locator('input').isChecked());
    await cancel(popup);
  });
}

/** The device signs in. */
export function signsIn(scene) {
  const { album, step } = scene;

  step('the device signs in', async () => {
    const { page, portal, lock } = scene;
    await signIn(page, portal, lock);
    assert.equal(await page.innerText('#holder-name'), lock.enterprise);
    assert.ok((await page.innerText('main')).includes(lock.media_number));
    await album.see(page, '06-signed-in');
  });
}
