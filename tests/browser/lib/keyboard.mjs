// A person without a mouse.
import assert from 'node:assert/strict';

const STOPS_MAX = 80;

/** Presses Tab until the element is in focus; its focus must be visible. */
export async function tabTo(page, selector) {
  for (let stops = 0; stops < STOPS_MAX; stops += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) {
      assert.ok(await page.evaluate(focusCanBeSeen), `the focus on ${selector} cannot be seen`);
      return;
    }
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab does not reach ${selector}`);
}

/** Tab, then Enter. */
export async function enter(page, selector) {
  await tabTo(page, selector);
  await page.keyboard.press('Enter');
}

/** On the element itself or on the label around it. */
function focusCanBeSeen() {
  return [document.activeElement, document.activeElement.closest('label')].some((place) => {
    const style = place && getComputedStyle(place);
    return style && ((style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none');
  });
}
