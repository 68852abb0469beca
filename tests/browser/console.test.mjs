// The console: operators with keys of their own, each role's places, and a change that takes two of them.
import assert from 'node:assert/strict';

import { addOperator, closeDesk, openDesk, signAct, signInAt } from './lib/console.mjs';
import { inEachLanguage } from './lib/scene.mjs';

/** The places of each role, by the ids of their links. */
const PLACES = {
  registrar: ['console-nav-dashboard', 'console-nav-proposals'],
  support: ['console-nav-dashboard'],
  trust: ['console-nav-dashboard', 'console-nav-authorities', 'console-nav-proposals', 'console-nav-operators'],
  auditor: ['console-nav-dashboard', 'console-nav-authorities', 'console-nav-proposals', 'console-nav-operators'],
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
      assert.deepEqual(links.filter((id) => PLACES.trust.includes(id)), places, role);
      await album.see(own, `03-${role}`);
      for (const id of PLACES.trust.filter((it) => !places.includes(it))) {
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
