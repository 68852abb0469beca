// FAQ 5: what can stand between the page and the lock, each told apart from the others.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { arrived, cancel, choose, confirm, confirmWithWrongPin, openWindow, pressAndClose, row, seesWhole } from './lib/agent.mjs';
import { launchToKill, openContext } from './lib/chromium.mjs';
import { FAQ, faq, shows } from './lib/expect.mjs';
import { freePorts } from './lib/program.mjs';
import { inEachLanguage, person } from './lib/scene.mjs';

const PIN_TRIES = 6;

inEachLanguage('agent', 'the agent\'s window and the page', (scene) => {
  const { album, language } = scene;
  const says = (key) => shows(scene.page, '#message.is-failure', key ? FAQ[5][key][language] : FAQ[5][language]);

  async function atLogin() {
    await scene.page.goto(`${scene.portal}/login`);
    return scene.page;
  }

  test(faq(5, 'no agent answers'), async () => {
    const page = await atLogin();
    const closed = await freePorts(2);
    await page.evaluate((ports) => { document.forms['challenge-form'].dataset.agentPorts = ports; }, closed.join(' '));
    await page.click('#sign');
    await says();
    await shows(page, '#message', FAQ[5].wayOut[language]);
    await album.see(page, '01-no-agent');
  });

  test(faq(5, 'the browser blocks the window'), async () => {
    const page = await atLogin();
    await page.evaluate(() => { window.open = () => null; });
    await page.click('#sign');
    await says('popupBlocked');
    await album.see(page, '02-popup-blocked');
  });

  test(faq(5, 'no lock; once it is inserted the window goes on by itself'), async () => {
    const page = await atLogin();
    const insert = await scene.demo.pullLocks();
    try {
      const popup = await openWindow(page, '#sign');
      await popup.locator('#insert').waitFor();
      await album.seeAgent(popup, '03-agent-no-lock');
      await cancel(popup);
      await says('noLock');
      await album.see(page, '04-no-lock');
    } finally {
      await insert();
    }
  });

  test('a lock inserted while the window waits is found', async () => {
    const page = await atLogin();
    const insert = await scene.demo.pullLocks();
    const popup = await openWindow(page, '#sign').finally(insert);
    await row(popup, scene.demo.lock('good-sm2')).waitFor();
    assert.equal(await popup.isVisible('#insert'), false);
    await cancel(popup);
  });

  test('the certificate that was chosen last is preselected and on top, though it is read only after its PIN', async () => {
    const page = await atLogin();
    const sealed = scene.demo.lock('good-rsa');
    const first = await openWindow(page, '#sign');
    await Promise.all([page.waitForEvent('load'), confirm(first, sealed)]);
    const popup = await openWindow(await atLogin(), '#sign');
    await row(popup, sealed).waitFor();
    assert.ok(await row(popup, sealed).locator('input').isChecked());
    assert.ok(await popup.locator('label.certificate').first().locator('input').isChecked());
    const chosen = await popup.innerText('#chosen-name');
    assert.ok(sealed.label.includes(chosen.trim()) || chosen.includes(sealed.label), chosen);
    await seesWhole(popup, '#statement');
    const name = await row(popup, sealed).locator('.subject').evaluate((it) => it.getBoundingClientRect().bottom);
    const foot = await popup.locator('.foot').evaluate((it) => it.getBoundingClientRect().top);
    assert.ok(name <= foot, `the chosen one's name ends at ${name}, below ${foot}`);
    await album.seeAgent(popup, '06-chosen-last');
    await cancel(popup);
  });

  test(faq(5, 'cancelled'), async () => {
    const page = await atLogin();
    const popup = await openWindow(page, '#sign');
    await cancel(popup);
    await says('cancelled');
    await album.see(page, '05-cancelled');
  });

  test(faq(5, 'the PIN is wrong, n left; the right one sets the count back'), async () => {
    const page = await atLogin();
    const lock = scene.demo.lock('good-sm2');
    const popup = await openWindow(page, '#sign');
    const told = await confirmWithWrongPin(popup, lock);
    assert.match(told, new RegExp(`${PIN_TRIES - 1}`));
    await album.seeAgent(popup, '06-agent-pin-wrong');
    await cancel(popup);
    await says('pinWrong');
    await album.see(page, '07-pin-wrong');
    for (const left of [PIN_TRIES - 1, PIN_TRIES]) {
      const again = await openWindow(page, '#sign');
      await choose(again, lock);
      assert.equal(await again.innerText('#retries-left'), `${left}`);
      await Promise.all([page.waitForEvent('load'), confirm(again, lock)]);
    }
  });

  test(faq(5, 'the PIN is locked'), async () => {
    const page = await atLogin();
    const popup = await openWindow(page, '#sign');
    const lock = scene.demo.lock('second-lock');
    for (let tries = 1; tries < PIN_TRIES; tries += 1) {
      await confirmWithWrongPin(popup, lock);
      await popup.locator('#retries-left', { hasText: `${PIN_TRIES - tries}` }).waitFor();
    }
    await popup.fill('#pin', 'wrong-pin');
    await pressAndClose(popup, '#confirm');
    await says('pinLocked');
    await album.see(page, '08-pin-locked');
  });

  test(faq(5, 'timed out'), async () => {
    const page = await person(scene);
    await page.context().clock.install();
    await page.goto(`${scene.portal}/login`);
    const popup = await openWindow(page, '#sign');
    await choose(popup, scene.demo.lock('good-sm2'));
    await page.context().clock.fastForward('02:01');
    await shows(page, '#message.is-failure', FAQ[5].timedOut[language]);
    await album.see(page, '09-timed-out');
    await page.context().close();
  });

  const GONE = { 'zh-CN': '网页已关闭或离开', en: 'has been closed or left' }[language];

  /** The window asks for no PIN any more, and says why. */
  async function givesUp(popup, picture) {
    await popup.locator('body[data-state="ended"]').waitFor();
    await shows(popup, '#message.bad', GONE);
    assert.equal(await popup.isVisible('#pin'), false);
    assert.equal(await popup.inputValue('#pin'), '', 'what was typed is gone');
    if (picture) await album.seeAgent(popup, picture);
  }

  /** The window once the agent is free: of a browser that ended it learns within seconds. */
  async function openWhenFree(page) {
    for (const began = Date.now(); ;) {
      const [popup] = await Promise.all([page.waitForEvent('popup'), page.click('#sign')]);
      // While the agent is busy the page closes the window and says so.
      const asked = popup.locator('body[data-state="asked"]').waitFor().then(() => true, () => false);
      const busy = page.locator('#message.is-failure').waitFor().then(() => false, () => false);
      if (await Promise.race([asked, busy])) return popup;
      assert.ok(Date.now() - began < 15_000, 'the agent is still busy');
    }
  }

  /** Somebody's sign-in page, with the agent's window before it and a PIN half typed. */
  async function halfTyped() {
    const page = await person(scene);
    await page.goto(`${scene.portal}/login`);
    const popup = await openWhenFree(page);
    await choose(popup, scene.demo.lock('good-sm2'));
    await popup.fill('#pin', '1234');
    return { page, popup };
  }

  test('a window whose page led elsewhere asks for no PIN any more, and the agent is free', async () => {
    const { page, popup } = await halfTyped();
    await page.goto(`${scene.portal}/help`);
    await givesUp(popup, '11-agent-page-left');
    await cancel(popup);
    await page.goto(`${scene.portal}/login`);
    await cancel(await openWhenFree(page));
    await page.context().close();
  });

  test('a window whose page was closed asks for no PIN any more', async () => {
    const { page, popup } = await halfTyped();
    await page.close();
    await givesUp(popup);
    await popup.context().close();
  });

  test('a page that stays keeps its window for as long as it may take', async () => {
    const { page, popup } = await halfTyped();
    await popup.waitForTimeout(8000);
    assert.equal(await popup.getAttribute('body', 'data-state'), 'asked');
    assert.equal(await popup.inputValue('#pin'), '1234');
    await cancel(popup);
    await page.context().close();
  });

  test('a browser that is killed frees the agent within seconds', async () => {
    const { browser, kill } = await launchToKill();
    const { context } = await openContext(browser, language);
    const theirs = await context.newPage();
    await theirs.goto(`${scene.portal}/login`);
    await openWhenFree(theirs);
    await kill();
    const page = await atLogin();
    await cancel(await openWhenFree(page));
  });

  test('a page of another origin gets nothing from the agent', async () => {
    const page = await person(scene);
    await page.goto(scene.demo.platform('chifeng').origin);
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      page.evaluate((agent) => {
        const agentWindow = window.open(`${agent}/sign`, 'agent', 'popup');
        window.answers = [];
        window.addEventListener('message', ({ data }) => {
          window.answers.push(data);
          if (data.type !== 'yzt:ready') return;
          const request = { type: 'yzt:request', id: '1', operation: 'sign', nonce: 'A'.repeat(43), purpose: 'login', statement: 'x', algorithms: ['ES256'], lang: 'zh-CN' };
          agentWindow.postMessage(request, agent);
        });
      }, scene.demo.agent),
    ]);
    // The platform's own COOP may cut the tie; then nothing is asked at all.
    await Promise.race([arrived(popup), popup.locator('#message.bad').waitFor()]);
    assert.equal(await popup.isVisible('#pin'), false);
    await album.seeAgent(popup, '10-agent-other-origin');
    const answers = await page.evaluate(() => window.answers);
    assert.ok(!answers.some(({ type }) => type === 'yzt:proof'), JSON.stringify(answers));
    await page.context().close();
  });
});
