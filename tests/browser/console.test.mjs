// The console: operators with keys of their own, each role's places, and a change that takes two of them.
import assert from 'node:assert/strict';

import { addOperator, closeDesk, openDesk, signAct, signInAt } from './lib/console.mjs';
import { inEachLanguage } from './lib/scene.mjs';

/** Every place, by the id of its link. */
const EVERY = ['dashboard', 'platforms', 'health', 'deliveries', 'enterprises', 'sign-ins', 'consents', 'authorities', 'notices', 'proposals', 'operators', 'audit'].map((it) => `console-nav-${it}`);

/** The places of each role. */
const PLACES = {
  registrar: ['console-nav-dashboard', 'console-nav-platforms', 'console-nav-health', 'console-nav-deliveries', 'console-nav-notices', 'console-nav-proposals'],
  support: ['console-nav-dashboard', 'console-nav-deliveries', 'console-nav-enterprises', 'console-nav-sign-ins', 'console-nav-consents', 'console-nav-proposals'],
  trust: ['console-nav-dashboard', 'console-nav-authorities', 'console-nav-proposals', 'console-nav-operators'],
  auditor: EVERY,
};

inEachLanguage('console', 'the operators’ console', (scene) => {
  const { album, step } = scene;
  const people = {};
  let desk;
  let proposal;

  step('operators are entered on the machine', async () => {
    for (const role of Object.keys(PLACES)) people[role] = await addOperator(scene, `${role}-1`, role);
    people.second = await addOperator(scene, 'trust-2', 'trust');
  });

  step('whoever is not signed in meets the sign-in page, an enterprise is refused', async () => {
    const { page, portal, demo } = scene;
    await page.goto(`${portal}/console/operators`);
    await album.see(page, '01-sign-in');
    await signInAt(page, demo.lock('good-sm2'));
    assert.equal(await page.innerText('#error-code'), 'operator-unknown');
    await album.see(page, '02-no-operator');
  });

  step('each role sees its places and no others', async () => {
    for (const [role, places] of Object.entries(PLACES)) {
      const own = await openDesk(scene, people[role]);
      const links = await own.locator('#menu a').evaluateAll((all) => all.map((it) => it.id));
      assert.deepEqual(links.filter((id) => EVERY.includes(id)), places, role);
      await album.see(own, `03-${role}`);
      for (const id of EVERY.filter((it) => !places.includes(it))) {
        const path = `/console/${id.replace('console-nav-', '')}`;
        await own.goto(scene.portal + path);
        assert.equal(await own.innerText('#error-code'), 'operator-not-allowed', `${role} ${path}`);
      }
      await closeDesk(own);
    }
  });

  step('a registered CA is looked at', async () => {
    desk = await openDesk(scene, people.trust);
    await desk.click('#console-nav-authorities');
    await album.see(desk, '04-authorities');
    await desk.locator('#authorities tbody a').first().click();
    await album.see(desk, '05-authority');
  });

  step('one proposes to suspend it: the page that is signed shows exactly that', async () => {
    await desk.fill('#reason', '年度检查未通过');
    await desk.click('#suspend');
    await desk.locator('#act').waitFor();
    await album.see(desk, '06-propose');
    await signAct(desk, people.trust);
    await desk.locator('#done').waitFor();
    proposal = new URL(desk.url()).pathname;
    assert.equal(await desk.locator('#approve').count(), 0, 'one’s own proposal can be approved');
    await album.see(desk, '07-proposed');
  });

  step('another key’s signature does not approve it', async () => {
    const other = await openDesk(scene, people.second);
    await other.goto(scene.portal + proposal);
    await album.see(other, '08-waiting');
    await other.click('#approve');
    await signAct(other, people.trust);
    assert.equal(await other.innerText('#error-code'), 'operator-certificate-differs');
    await album.see(other, '09-other-key');
    await signAct(other, people.second);
    await other.locator('#done').waitFor();
    await album.see(other, '10-approved');
    await other.click('#console-nav-authorities');
    assert.equal(await other.locator('#authorities .tag-warn').count() > 0, true);
    await closeDesk(other);
  });

  step('an operator is proposed with a mistake, which keeps what was typed', async () => {
    await desk.click('#console-nav-operators');
    await album.see(desk, '11-operators');
    await desk.click('#new-operator');
    await desk.fill('#name', '乌兰');
    await desk.check('#role-support');
    await desk.fill('#certificate', 'not a certificate');
    await desk.fill('#reason', '新同事');
    await desk.click('#review');
    assert.equal(await desk.inputValue('#certificate'), 'not a certificate');
    assert.equal(await desk.isChecked('#role-support'), true);
    await album.see(desk, '12-mistake');
  });

  step('a platform is registered in the guided form, its secret is shown once, and something is announced', async () => {
    const registrar = await openDesk(scene, people.registrar);
    await registrar.click('#console-nav-platforms');
    await album.see(registrar, '14-platforms');
    await registrar.click('#new-platform');
    const typed = {
      id: 'trial', name_zh: '试验交易平台', name_en: 'Trial platform', region_code: '150400', reason: '新平台接入',
      redirect_uris: 'http://p.example/callback', initiate_login_uri: 'https://p.example/login',
    };
    for (const [name, value] of Object.entries(typed)) await registrar.fill(`#${name}`, value);
    await registrar.selectOption('#zone', 'eastern');
    await registrar.selectOption('#method', 'client_secret_basic');
    await registrar.click('#review');
    assert.match(await registrar.innerText('#why'), /https/);
    assert.equal(await registrar.inputValue('#name_zh'), typed.name_zh);
    await album.see(registrar, '15-refused-form');
    await registrar.fill('#redirect_uris', 'https://p.example/callback');
    await registrar.click('#review');
    await registrar.locator('#act').waitFor();
    await album.see(registrar, '16-connect');
    await signAct(registrar, people.registrar);
    await registrar.locator('#client-secret').waitFor();
    assert.match(await registrar.innerText('#client-secret'), /^[\w-]{43}$/);
    await album.see(registrar, '17-secret');
    await registrar.click('#go-on');
    await album.see(registrar, '18-platform');
    await registrar.click('#console-nav-notices');
    await registrar.fill('#title_zh', '十二月检修');
    await registrar.fill('#title_en', 'Maintenance in December');
    await registrar.fill('#text_zh', '十二月五日夜间检修。');
    await registrar.click('#announce');
    await registrar.locator('#error-summary').waitFor();
    assert.equal(await registrar.inputValue('#title_zh'), '十二月检修');
    await registrar.fill('#text_en', 'In the night of 5 December.');
    await registrar.click('#announce');
    await registrar.locator('#notices').waitFor();
    await album.see(registrar, '19-notices');
    await scene.page.goto(scene.portal);
    assert.match(await scene.page.innerText('#notices'), scene.language === 'en' ? /In the night/ : /夜间检修/);
    await album.see(scene.page, '20-announced');
    await closeDesk(registrar);
  });

  step('changes that waited and how they ended are listed', async () => {
    await desk.click('#console-nav-proposals');
    await desk.click('#show-all');
    assert.equal(await desk.locator('#proposals tbody tr').count(), 1);
    await album.see(desk, '13-proposals');
    await desk.click('#sign-out');
    await desk.locator('#sign').waitFor();
    await closeDesk(desk);
  });
});
