// What a person does at the portal.
import { confirm, openWindow } from './agent.mjs';

/** What is typed when an enterprise is bound. */
export const DETAILS = {
  legal_representative: '张三', phone: '0476-8330000', address: '内蒙古自治区赤峰市新城区玉龙大街1号', binder_name: '李四',
};

/** 读取证书. */
export async function readCertificate(page, lock) {
  await confirm(await openWindow(page, '#read-certificate'), lock);
  await page.locator('#message.is-success, #message.is-failure').waitFor();
}

/** Fills in everything that the certificate does not say. */
export async function fillDetails(page) {
  for (const [name, value] of Object.entries(DETAILS)) await page.fill(`#${name}`, value);
  await page.selectOption('#region_code', '150400');
  await page.selectOption('#ca_platform', { index: 1 });
  await page.locator('[name=subject_types]').first().check();
  await page.locator('[name=subject_types]').nth(1).check();
}

/** From the binding page to the answer. */
export async function bind(page, lock) {
  await readCertificate(page, lock);
  await fillDetails(page);
  await signBinding(page, lock);
}

/** 确认申请, and the signature it takes. */
export async function signBinding(page, lock) {
  const popup = await openWindow(page, '#submit-binding');
  await Promise.all([answered(page), confirm(popup, lock)]);
}

/** 立即登录, and the signature it takes. */
export async function sign(page, lock) {
  const popup = await openWindow(page, '#sign');
  await Promise.all([answered(page), confirm(popup, lock)]);
}

/** The page that answers a signature has come. */
const answered = (page) => page.waitForEvent('load');

/** From the sign-in page to the certificate's. */
export async function signIn(page, portal, lock) {
  await page.goto(`${portal}/login`);
  await sign(page, lock);
  await page.locator('#enter-authorization').waitFor();
}
