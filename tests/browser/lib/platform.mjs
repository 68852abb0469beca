// What a person does at a trading platform.

/** 确认登录. */
export async function confirmLogin(page) {
  await page.locator('#confirm-page').waitFor();
  await page.click('#confirm-login');
}

/** 主体信息备案. */
export async function fileEnterprise(page) {
  await page.fill('#contact-person', '李四');
  await page.fill('#phone', '0476-8330000');
  await page.fill('#note', '首次备案');
  await page.click('#submit-filing');
  await page.locator('#filing-pending').waitFor();
}
