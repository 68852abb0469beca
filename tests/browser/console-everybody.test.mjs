// Mass revocation at the console: two of support end every sign-in of everybody.
import assert from 'node:assert/strict';

import { addOperator, closeDesk, openDesk, signAct } from './lib/console.mjs';
import { bind, signIn } from './lib/portal.mjs';
import { inEachLanguage } from './lib/scene.mjs';

inEachLanguage('console-everybody', 'the end of everybody’s sign-ins', (scene) => {
  const { album, language, step } = scene;
  const reason = language === 'zh-CN' ? '签名密钥泄露' : 'A signing key is out';
  const people = {};
  let bidder;
  let proposal;

  step('a bidder signs in, two of support are entered', async () => {
    const { page, portal, demo } = scene;
    bidder = demo.lock('good-rsa');
    await page.goto(`${portal}/bind`);
    await bind(page, bidder);
    await page.locator('#bound').waitFor();
    await signIn(page, portal, bidder);
    for (const name of ['support-1', 'support-2']) people[name] = await addOperator(scene, name, 'support');
  });

  step('one proposes it, which ends nothing yet', async () => {
    const desk = await openDesk(scene, people['support-1']);
    await desk.click('#console-nav-sign-ins');
    await desk.fill('#reason', reason);
    await album.see(desk, '01-ask');
    await desk.click('#end-every');
    await desk.locator('#act').waitFor();
    await album.see(desk, '02-review');
    await signAct(desk, people['support-1']);
    await desk.locator('#done').waitFor();
    proposal = desk.url();
    assert.equal(await desk.locator('#approve').count(), 0);
    await closeDesk(desk);
    const { page, portal } = scene;
    assert.equal((await page.goto(`${portal}/certificate`)).url(), `${portal}/certificate`);
  });

  step('the other approves it, and the bidder signs in anew', async () => {
    const desk = await openDesk(scene, people['support-2']);
    await desk.goto(proposal);
    await desk.click('#approve');
    await signAct(desk, people['support-2']);
    await desk.locator('#done').waitFor();
    await album.see(desk, '03-approved');
    await closeDesk(desk);
    const { page, portal } = scene;
    assert.equal((await page.goto(`${portal}/certificate`)).url(), `${portal}/login`);
    await signIn(page, portal, bidder);
  });
});
