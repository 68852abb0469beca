// What a person does in the agent's window.
import assert from 'node:assert/strict';

/** Presses what opens the window, and answers the window once the page's request has arrived there. */
export async function openWindow(page, button) {
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.click(button)]);
  await arrived(popup);
  return popup;
}

/** Waits until the window shows what the page asks for. */
export async function arrived(popup) {
  await popup.locator('body[data-state="asked"], body[data-state="ended"]').waitFor();
}

/** Puts the mark before the lock's signing certificate. */
export async function choose(popup, lock) {
  await row(popup, lock).locator('input').check();
}

/** The lock's line in the list, by its whole name; of two certificates the signing one comes first. */
export const row = (popup, lock) => popup
  .locator('label.certificate', { has: popup.getByText(lock.label, { exact: true }) })
  .first();

/** Chooses, types the PIN where one is asked for, confirms; the window closes by itself. */
export async function confirm(popup, lock) {
  await choose(popup, lock);
  if (await popup.isVisible('#pin')) await popup.fill('#pin', lock.pin);
  await pressAndClose(popup, '#confirm');
}

/** Nothing of it is cut off, by its own box or by the window. */
export async function seesWhole(popup, selector) {
  const { inner, box, bottom, height } = await popup.locator(selector).evaluate((it) => ({
    inner: it.scrollHeight, box: it.clientHeight, bottom: it.getBoundingClientRect().bottom, height: window.innerHeight,
  }));
  assert.ok(inner <= box && bottom <= height, `${selector}: ${inner} in ${box}, down to ${bottom} of ${height}`);
}

/** Types a PIN that the lock refuses; the window stays. */
export async function confirmWithWrongPin(popup, lock, pin = 'wrong-pin') {
  await choose(popup, lock);
  await popup.fill('#pin', pin);
  await popup.click('#confirm');
  await popup.locator('#message.bad').waitFor();
  return popup.innerText('#message');
}

/** Closes the window by its own button. */
export const cancel = (popup) => pressAndClose(popup, '#cancel');

/** Presses what closes the window, which may be gone before the click is reported done. */
export async function pressAndClose(popup, button) {
  const pressed = popup.click(button).catch((error) => { if (!popup.isClosed()) throw error; });
  await Promise.all([popup.waitForEvent('close'), pressed]);
}
