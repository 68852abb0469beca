// The console's pages of people: support looks after an enterprise, an auditor reads and exports, others see none of it.
import assert from 'node:assert/strict';

import { addOperator, closeDesk, openDesk, signAct } from './lib/console.mjs';
import { bind, signIn } from './lib/portal.mjs';
import { inEachLanguage } from './lib/scene.mjs';

/** The places of people, by the id of their links. */
const PLACES = ['enterprises', 'sign-ins', 'consents', 'audit'].map((it) => `console-nav-${it}`);

/** Which of them each role has. */
const OF = { registrar: [], support: PLACES.slice(0, 3), trust: [], auditor: PLACES };

inEachLanguage('console-people', 'the console’s pages of people', (scene) => {
  const { album, language, step } = scene;
  const zh = language === 'zh-CN';
  const people = {};
  let lock;
  let desk;

  step('an enterprise is bound and signs in; operators are entered', async () => {
    const { page, portal, demo } = scene;
    lock = demo.lock('good-sm2');
    await page.goto(`${portal}/bind`);
    await bind(page, lock);
    await page.locator('#bound').waitFor();
    await signIn(page, portal, lock);
    for (const role of Object.keys(OF)) people[role] = await addOperator(scene, `${role}-1`, role);
  });

  step('registrar and trust see none of it', async () => {
    for (const role of ['registrar', 'trust']) {
      const own = await openDesk(scene, people[role]);
      const links = await own.locator('#menu a').evaluateAll((all) => all.map((it) => it.id));
      assert.deepEqual(links.filter((id) => PLACES.includes(id)), OF[role], role);
      for (const id of PLACES) {
        await own.goto(`${scene.portal}/console/${id.replace('console-nav-', '')}`);
        assert.equal(await own.innerText('#error-code'), 'operator-not-allowed', `${role} ${id}`);
      }
      await closeDesk(own);
    }
  });

  step('support finds the enterprise by a part of its name, by the keyboard alone', async () => {
    desk = await openDesk(scene, people.support);
    const links = await desk.locator('#menu a').evaluateAll((all) => all.map((it) => it.id));
    assert.deepEqual(links.filter((id) => PLACES.includes(id)), OF.support);
    await desk.click('#console-nav-enterprises');
    await album.see(desk, '01-enterprises');
    await desk.focus('#q');
    await desk.keyboard.type('没有的公司');
    await desk.keyboard.press('Enter');
    await desk.locator('#no-enterprises').waitFor();
    await album.see(desk, '02-none');
    await desk.fill('#q', lock.enterprise.slice(2, 8));
    await desk.press('#q', 'Enter');
    await desk.locator('#enterprises tbody a').first().focus();
    await desk.keyboard.press('Enter');
    await desk.locator('#enterprise').waitFor();
    assert.equal(await desk.innerText('h1'), lock.enterprise);
    assert.match(await desk.innerText('#events'), zh ? /登录成功/ : /Signed in/);
    await album.see(desk, '03-enterprise');
  });

  step('a change of name takes a paper, shows its digest, and is signed', async () => {
    const at = desk.url();
    await desk.click('#rename');
    await desk.fill('#new_name', `${lock.enterprise}（集团）`);
    await desk.setInputFiles('#evidence', { name: 'scan.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc((8 << 20) + 1) });
    assert.match(await desk.locator('#evidence').evaluate((it) => it.validationMessage), /8 MiB/);
    await desk.setInputFiles('#evidence', { name: '核准通知书.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 paper') });
    await desk.fill('#reason', '核准通知书 9 号');
    await album.see(desk, '04-rename');
    await desk.click('#review');
    await desk.locator('#act').waitFor();
    assert.match(await desk.innerText('[data-fact=evidence-sha256]'), /^[0-9a-f]{64}$/);
    await album.see(desk, '05-rename-review');
    await signAct(desk, people.support);
    await desk.waitForURL((url) => url.href.startsWith(`${at}?acted=rename.`));
    await album.see(desk, '05-renamed');
    assert.ok((await desk.innerText('#acted')).length > 4);
    assert.equal(await desk.innerText('h1'), `${lock.enterprise}（集团）`);
    const [file] = await Promise.all([desk.waitForEvent('download'), desk.click('#evidence-1')]);
    assert.equal(file.suggestedFilename(), '核准通知书.pdf');
    await album.see(desk, '06-renamed');
    assert.equal((await scene.page.goto(`${scene.portal}/certificate`)).url(), `${scene.portal}/login`);
  });

  step('a lost lock is marked so, and re-binding is opened', async () => {
    await desk.locator('#locks a[id^=lock-lost]').click();
    await desk.fill('#reason', '挂失证明');
    await album.see(desk, '07-lost');
    await desk.click('#review');
    await signAct(desk, people.support);
    await desk.click('#open-rebinding');
    await desk.fill('#days', '7');
    await desk.fill('#reason', '主锁遗失');
    await desk.click('#review');
    await signAct(desk, people.support);
    await desk.locator('#close-rebinding').waitFor();
    await album.see(desk, '08-rebinding');
  });

  step('sign-ins and consents of everybody are listed', async () => {
    await desk.click('#console-nav-sign-ins');
    assert.equal(await desk.locator('#sign-ins tbody tr').count(), 1);
    await album.see(desk, '09-sign-ins');
    await desk.selectOption('#state', 'live');
    await desk.click('#search');
    await desk.locator('#no-sign-ins').waitFor();
    await desk.click('#console-nav-consents');
    await album.see(desk, '10-consents');
    await closeDesk(desk);
  });

  step('an auditor reads all of it, is offered nothing to change, and exports what was found', async () => {
    desk = await openDesk(scene, people.auditor);
    await desk.goto(`${scene.portal}/console/enterprises/${lock.credit_code}`);
    assert.equal(await desk.locator('#acts, #locks a').count(), 0);
    await desk.goto(`${scene.portal}/console/sign-ins`);
    assert.equal(await desk.locator('#end-every-form').count(), 0);
    await desk.click('#console-nav-audit');
    await desk.selectOption('#kind', 'enterprises');
    await desk.click('#search');
    assert.match(await desk.innerText('#events'), zh ? /变更企业名称/ : /Enterprise renamed/);
    await album.see(desk, '11-audit');
    const [file] = await Promise.all([desk.waitForEvent('download'), desk.click('#export-csv')]);
    assert.match(file.suggestedFilename(), /^audit-.*\.csv$/);
    await desk.locator('#events tbody a').first().click();
    await desk.locator('#event').waitFor();
    await album.see(desk, '12-event');
    await closeDesk(desk);
  });
});
