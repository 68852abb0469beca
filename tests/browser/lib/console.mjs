// What an operator does at the console.
import { confirm, openWindow } from './agent.mjs';
import { run } from './program.mjs';
import { person } from './scene.mjs';

/** Enters an operator with a key of its own; answers what signs as a lock does. */
export async function addOperator(scene, name, roles) {
  const { demo } = scene;
  const told = JSON.parse(await run('demo', ['operator', '--state-dir', demo.state, '--name', name, '--roles', roles]));
  const [listed] = JSON.parse(await run('key-agent', ['list', '--json', '--lock', told.file])).locks;
  return { ...told, label: listed.label };
}

/** Signs what the page shows. */
export async function signAct(page, who) {
  const popup = await openWindow(page, '#sign');
  await Promise.all([page.waitForEvent('load'), confirm(popup, who)]);
}

/** From the sign-in page to what answers. */
export async function signInAt(page, who) {
  await page.locator('#challenge-form').waitFor();
  await signAct(page, who);
}

/** A browser of its own at which this operator has signed in. */
export async function openDesk(scene, who) {
  const page = await person(scene);
  await page.goto(`${scene.portal}/console`);
  await signInAt(page, who);
  await page.locator('#operator-name').waitFor();
  return page;
}

/** Closes that browser. */
export const closeDesk = (page) => page.context().close();
