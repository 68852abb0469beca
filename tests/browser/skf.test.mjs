// A lock behind a SKF library (GM/T 0016): SM2 in one language, RSA in the other.
import assert from 'node:assert/strict';

import { cancel, choose, confirmWithWrongPin, pressAndClose } from './lib/agent.mjs';
import { comesAndBinds, isPulledOut, signsIn, windowAtLogin } from './lib/device-story.mjs';
import { FAQ, faq, shows } from './lib/expect.mjs';
import { inEachLanguage, person } from './lib/scene.mjs';
import { Devices } from './lib/skf.mjs';

const KEYS = { 'zh-CN': ['--ca', 'sm2'], en: ['--ca', 'rsa'] };

const REMOVED = { 'zh-CN': 'CA锁已被拔出，请重新插入。', en: 'The CA lock was removed. Please insert it again.' };

const PIN_TRIES = 6;

function tell(scene) {
  const { album, language, step } = scene;
  comesAndBinds(scene, 'SKF', KEYS);

  step(faq(5, 'the PIN is wrong, n left as the device counts'), async () => {
    const { page, lock } = scene;
    const popup = await windowAtLogin(scene);
    assert.match(await confirmWithWrongPin(popup, lock), new RegExp(`${PIN_TRIES - 1}`));
    assert.equal(await popup.innerText('#retries-left'), `${PIN_TRIES - 1}`);
    await album.seeAgent(popup, '02-agent-pin-wrong');
    await cancel(popup);
    await shows(page, '#message.is-failure', FAQ[5].pinWrong[language]);
    await album.see(page, '03-pin-wrong');
  });

  step('a device pulled out while it signs is told as such, there and on the page', async () => {
    const { page, lock, driver } = scene;
    const popup = await windowAtLogin(scene);
    await choose(popup, lock);
    await driver.disturb('SKF_ECCSignData 0A000023\nSKF_RSASignData 0A000023\n');
    try {
      await popup.fill('#pin', lock.pin);
      await popup.click('#confirm');
      await shows(popup, '#message.bad', REMOVED[language]);
      await album.seeAgent(popup, '07-agent-removed-while-signing');
      await cancel(popup);
      await shows(page, '#message.is-failure', FAQ[5].lockRemoved[language]);
    } finally {
      await driver.disturb('');
    }
  });

  isPulledOut(scene);
  signsIn(scene);

  step(faq(5, 'the PIN is locked by the device'), async () => {
    const { lock } = scene;
    // Somebody who is not signed in.
    const page = await person(scene);
    const popup = await windowAtLogin(scene, page);
    for (let tries = 1; tries < PIN_TRIES; tries += 1) {
      await confirmWithWrongPin(popup, lock);
      await popup.locator('#retries-left', { hasText: `${PIN_TRIES - tries}` }).waitFor();
    }
    await choose(popup, lock);
    await popup.fill('#pin', 'wrong-pin');
    await pressAndClose(popup, '#confirm');
    await shows(page, '#message.is-failure', FAQ[5].pinLocked[language]);
    await album.see(page, '08-pin-locked');
    await page.context().close();
  });
}

async function prepare(scene) {
  scene.driver = await Devices.none();
  return scene.driver;
}

inEachLanguage('skf', 'a lock behind a SKF library', tell, prepare);
