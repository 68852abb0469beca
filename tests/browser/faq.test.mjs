// What the guide's FAQ promises beyond a refusal: 1, 6, 7, 10, 11 and 12 from the question to where it ends well.
// 2, 3, 4 and 11 at the door: refusals.test.mjs. 5: agent-states.test.mjs. 8 and 9: account.test.mjs.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { cancel, choose, confirmWithWrongPin, openWindow } from './lib/agent.mjs';
import { FAQ, faq, shows } from './lib/expect.mjs';
import { enterprise, look } from './lib/operator.mjs';
import { confirmLogin, fileEnterprise } from './lib/platform.mjs';
import { bind, sign, signIn } from './lib/portal.mjs';
import { run } from './lib/program.mjs';
import { inEachLanguage, person } from './lib/scene.mjs';

/** A changed revocation list is looked at within a minute. */
const REVOKED_WITHIN_MS = 90_000;

inEachLanguage('faq', 'the situations of the FAQ, to their end', (scene) => {
  const { album, language, step } = scene;
  let lock;

  async function enter(platform) {
    const { page, portal } = scene;
    await page.goto(`${portal}/platforms`);
    await page.click(`#platform-${platform}`);
    await page.click('#grant');
    await confirmLogin(page);
  }

  step(faq(1, 'filed and approved at one platform, the next one still wants its own filing'), async () => {
    const { page, portal, demo } = scene;
    lock = demo.lock('good-sm2');
    await page.goto(`${portal}/bind`);
    await bind(page, lock);
    await signIn(page, portal, lock);
    await enter('chifeng');
    await page.locator('#filing-form').waitFor();
    await fileEnterprise(page);
    await page.click('#approve-filing');
    await page.locator('#workspace').waitFor();
    await enter('hohhot');
    await page.locator('#filing-form').waitFor();
    assert.equal(new URL(page.url()).origin, demo.platform('hohhot').origin);
    await album.see(page, '01-faq1-own-filing');
  });

  step(faq(12, 'the platform\'s own support is shown beside it, and the question is answered'), async () => {
    const { page, portal } = scene;
    await page.goto(`${portal}/platforms`);
    await shows(page, '#card-chifeng', '0471-5550100');
    await album.see(page, '02-faq12-support');
    await page.goto(`${portal}/help#faq-12`);
    await shows(page, '#faq-12', language === 'en' ? 'technical support of that trading platform' : '请咨询当地技术支持人员');
  });

  step(faq(7, 'a forgotten PIN: how many tries are left, and who can reset it'), async () => {
    const { portal } = scene;
    const page = await person(scene);
    await page.goto(`${portal}/login`);
    const popup = await openWindow(page, '#sign');
    await choose(popup, lock);
    await confirmWithWrongPin(popup, lock);
    await album.seeAgent(popup, '03-faq7-agent');
    await cancel(popup);
    await shows(page, '#message.is-failure', FAQ[5].pinWrong[language]);
    await shows(page, '#message', FAQ[7][language]);
    await album.see(page, '04-faq7-pin-forgotten');
    await page.context().close();
  });

  step(faq(6, 'an operator applies the change against evidence, then the renamed lock signs in'), async () => {
    const { page, portal, demo } = scene;
    const renamed = demo.lock('renamed');
    const stopped = await person(scene);
    await stopped.goto(`${portal}/login`);
    await sign(stopped, renamed);
    assert.equal(await stopped.locator('#error-advice li').count(), 3);
    await album.see(stopped, '05-faq6-stopped');
    const evidence = join(demo.folder, 'notice-of-change.pdf');
    await writeFile(evidence, '%PDF-1.4 change of name');
    await enterprise(demo, 'rename', lock.credit_code, '--name', renamed.enterprise, '--evidence', evidence, '--reason', 'FAQ 6', '--by', 'operator');
    await page.goto(`${portal}/account`);
    assert.equal(new URL(page.url()).pathname, '/login', 'whoever was signed in under the old name is not any more');
    await sign(stopped, renamed);
    await stopped.locator('#enter-authorization').waitFor();
    assert.equal(await stopped.innerText('#holder-name'), renamed.enterprise);
    await album.see(stopped, '06-faq6-applied');
    await stopped.context().close();
    lock = renamed;
  });

  step(faq(10, 'the only lock is lost: an operator opens re-binding, and what the enterprise had stays'), async () => {
    const { page, portal, demo } = scene;
    const spare = demo.lock('good-rsa');
    await page.goto(`${portal}/bind`);
    await bind(page, spare);
    await signIn(page, portal, spare);
    const before = await look(demo, spare.credit_code);
    await enterprise(demo, 'lock-lost', spare.credit_code, '--lock', before.locks[0].id, '--reason', 'FAQ 10', '--by', 'operator');
    await page.goto(`${portal}/account`);
    assert.equal(new URL(page.url()).pathname, '/login', 'the lost lock\'s session is over');
    await sign(page, spare);
    await shows(page, '#error-message', FAQ[10][language]);
    await album.see(page, '07-faq10-lost');
    await enterprise(demo, 'open-rebinding', spare.credit_code, '--reason', 'FAQ 10', '--by', 'operator');
    await run('demo', ['lock', '--state-dir', demo.state, '--name', spare.enterprise, '--credit-code', spare.credit_code, '--ca', 'rsa', '--out', join(demo.state, 'locks', 'z-replacement.pem')]);
    const [listed] = JSON.parse(await run('key-agent', ['list', '--json', '--lock', join(demo.state, 'locks', 'z-replacement.pem')])).locks;
    const replacement = { ...spare, label: listed.label };
    await page.goto(`${portal}/bind`);
    await bind(page, replacement);
    await page.locator('#bound').waitFor();
    await album.see(page, '08-faq10-bound-again');
    await signIn(page, portal, replacement);
    const after = await look(demo, spare.credit_code);
    assert.equal(after.id, before.id);
    assert.deepEqual(after.locks.map(({ state }) => state).sort(), ['active', 'lost']);
  });

  step(faq(11, 'a certificate revoked while its lock is signed in ends that session'), async () => {
    const { portal, demo } = scene;
    const page = await person(scene);
    await signIn(page, portal, lock);
    await run('demo', ['revoke', '--state-dir', demo.state, lock.file]);
    const deadline = Date.now() + REVOKED_WITHIN_MS;
    for (;;) {
      await page.goto(`${portal}/account`);
      if (new URL(page.url()).pathname === '/login') break;
      assert.ok(Date.now() < deadline, 'the session of a revoked lock is still open');
      await sleep(1000);
    }
    await sign(page, lock);
    await shows(page, '#error-message', FAQ[11][language]);
    await album.see(page, '09-faq11-session-ended');
  });
});
