// The console watches: the dashboard's plots, platforms looked at now, maintenance, deliveries, registration tokens; by role.
import assert from 'node:assert/strict';

import { addOperator, closeDesk, openDesk, signAct, signInAt } from './lib/console.mjs';
import { bind, signIn } from './lib/portal.mjs';
import { inEachLanguage } from './lib/scene.mjs';

inEachLanguage('console-watch', 'what operators watch', (scene) => {
  const { album, step } = scene;
  const people = {};
  let desk;

  step('operators are entered on the machine', async () => {
    for (const role of ['registrar', 'support', 'trust']) people[role] = await addOperator(scene, `${role}-1`, role);
  });

  step('an enterprise is bound and signs in, a stranger does not', async () => {
    const { page, portal, demo } = scene;
    await page.goto(`${portal}/login`);
    await signInAt(page, demo.lock('good-rsa'));
    assert.equal(await page.innerText('#error-code'), 'not-bound');
    await page.goto(`${portal}/bind`);
    await bind(page, demo.lock('good-sm2'));
    await signIn(page, portal, demo.lock('good-sm2'));
  });

  step('the dashboard shows what the role looks after, of a day and of a week', async () => {
    desk = await openDesk(scene, people.trust);
    await desk.locator('#failures-title').waitFor();
    await desk.locator('#keys tbody tr').first().waitFor();
    await desk.locator('#sources tbody tr').first().waitFor();
    await album.see(desk, '01-trust');
    await desk.click('#days-7');
    assert.equal(await desk.getAttribute('#days-7', 'aria-current'), 'true');
    await album.see(desk, '02-week');
    await closeDesk(desk);
  });

  step('a registrar has a platform looked at: it does well', async () => {
    desk = await openDesk(scene, people.registrar);
    await desk.click('#console-nav-health');
    await album.see(desk, '03-health');
    await desk.click('#health-chifeng a');
    const look = desk.locator('#look');
    await look.focus();
    await Promise.all([desk.waitForURL(/acted=look-at-platform/), desk.keyboard.press('Enter')]);
    const states = await desk.locator('#addresses tbody tr').evaluateAll((rows) => rows.map((row) => row.dataset.state));
    assert.ok(states.length >= 3 && states.every((state) => state === 'ok'), states.join(' '));
    await album.see(desk, '04-looked-at');
  });

  step('maintenance is announced; a mistake keeps what was typed; people read it', async () => {
    await desk.fill('#lasts', '2');
    await desk.fill('#text_zh', '今晚系统升级');
    await desk.fill('#text_en', 'An upgrade tonight');
    await desk.fill('#begins', '');
    await desk.click('#announce');
    await desk.locator('#maintenances').waitFor();
    await album.see(desk, '05-maintenance');
    await scene.page.goto(`${scene.portal}/platforms`);
    assert.match(await scene.page.innerText('#card-chifeng'), scene.language === 'en' ? /An upgrade tonight/ : /今晚系统升级/);
    await desk.locator('#maintenances button').click();
    await desk.locator('#no-maintenance').waitFor();
  });

  step('what did not arrive is listed by stage', async () => {
    await desk.click('#console-nav-deliveries');
    await desk.click('#stage-all');
    assert.equal(await desk.locator('#of-notifications').count(), 0, 'a registrar sees enterprises’ notifications');
    await album.see(desk, '06-deliveries');
  });

  step('a registration token is signed for, shown once and listed without its text', async () => {
    await desk.click('#console-nav-platforms');
    await desk.click('#registration-tokens');
    await desk.fill('#region_code', '999999');
    await desk.fill('#token-form #reason', '新平台自助接入');
    await desk.click('#review');
    await desk.locator('#error-summary').waitFor();
    assert.equal(await desk.inputValue('#token-form #reason'), '新平台自助接入');
    await album.see(desk, '07-token-mistake');
    await desk.fill('#region_code', '150400');
    await desk.click('#review');
    await desk.locator('#act').waitFor();
    await album.see(desk, '08-token-act');
    await signAct(desk, people.registrar);
    const token = await desk.innerText('#registration-token');
    assert.match(token, /^[\w-]{43}$/);
    await album.see(desk, '09-token-once');
    await desk.click('#go-on');
    assert.equal((await desk.innerText('#tokens')).includes(token), false);
    await album.see(desk, '10-tokens');
    await closeDesk(desk);
  });

  step('support sees the notifications of enterprises, and no platform', async () => {
    desk = await openDesk(scene, people.support);
    assert.equal(await desk.locator('#console-nav-health').count(), 0);
    await desk.click('#console-nav-deliveries');
    assert.equal(await desk.locator('#of-logouts').count(), 0);
    await album.see(desk, '11-notifications');
    await desk.goto(`${scene.portal}/console/health`);
    assert.equal(await desk.innerText('#error-code'), 'operator-not-allowed');
    await closeDesk(desk);
  });

  step('a figure leads, by keyboard, to the locks that end soon; another time is a link away', async () => {
    desk = await openDesk(scene, people.support);
    await desk.focus('#figure-locks-ending-week');
    await Promise.all([desk.waitForURL(/key-locks\?days=7/), desk.keyboard.press('Enter')]);
    assert.equal(await desk.getAttribute('#days-7', 'aria-current'), 'true');
    await desk.focus('#days-90');
    await Promise.all([desk.waitForURL(/days=90/), desk.keyboard.press('Enter')]);
    assert.equal(await desk.getAttribute('#days-90', 'aria-current'), 'true');
    await album.see(desk, '13-ending-locks');
    await closeDesk(desk);
  });

  step('what happened is drawn: a column for its hour, a line for its reason', async () => {
    // Events are counted within seconds after they happened.
    desk = await openDesk(scene, people.support);
    await desk.locator('#sign-ins rect.plot-mark').first().waitFor({ state: 'attached' });
    const heights = await desk.locator('#sign-ins rect.plot-mark').evaluateAll((all) => all.map((it) => Number(it.getAttribute('height'))));
    assert.equal(heights.length, 24);
    assert.equal(heights.filter((height) => height > 0).length >= 1, true);
    assert.match(await desk.innerText('#failures'), /not-bound/);
    await album.see(desk, '12-dashboard');
    await desk.click('#sign-ins summary');
    await desk.locator('#sign-ins tbody tr').first().waitFor();
    await closeDesk(desk);
  });
});
