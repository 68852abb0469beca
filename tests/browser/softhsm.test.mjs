// A lock behind PKCS #11 (SoftHSM2): RSA in one language, P-256 in the other.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cancel, confirmWithWrongPin } from './lib/agent.mjs';
import { comesAndBinds, isPulledOut, signsIn, windowAtLogin } from './lib/device-story.mjs';
import { FAQ, faq, shows } from './lib/expect.mjs';
import { inEachLanguage } from './lib/scene.mjs';
import { Tokens, missing } from './lib/softhsm.mjs';

const KEYS = { 'zh-CN': ['--ca', 'rsa'], en: ['--ca', 'rsa', '--key', 'p256'] };

const WRONG = {
  'zh-CN': 'CA锁密码错误。此CA锁不提供剩余次数，连续输错会被锁定。',
  en: 'Wrong PIN. This lock does not tell how many tries are left; it locks itself after several wrong PINs.',
};

function tell(scene) {
  const { album, language, step } = scene;
  comesAndBinds(scene, 'PKCS11', KEYS);

  step(faq(5, 'the PIN is wrong, and the lock does not count: no number is made up'), async () => {
    const { page, lock } = scene;
    const popup = await windowAtLogin(scene);
    assert.equal(await confirmWithWrongPin(popup, lock), WRONG[language]);
    assert.doesNotMatch(await popup.innerText('#retries'), /\d/);
    await album.seeAgent(popup, '02-agent-pin-wrong');
    await cancel(popup);
    await shows(page, '#message.is-failure', FAQ[5].pinWrongUncounted[language]);
    assert.doesNotMatch(await page.innerText('#message'), /\d/);
    await album.see(page, '03-pin-wrong');
  });

  isPulledOut(scene);
  signsIn(scene);
}

async function prepare(scene) {
  scene.driver = await Tokens.none();
  return scene.driver;
}

if (missing && process.env.YZT_TEST_REQUIRE_ALL !== '1') test('a lock behind PKCS #11', { skip: missing });
else inEachLanguage('softhsm', 'a lock behind PKCS #11', tell, prepare);
