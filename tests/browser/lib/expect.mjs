// The words a person must see, in both languages. Those in Chinese are the guide's own.
import assert from 'node:assert/strict';

/** The frequently asked questions of the guide, by number, as this product must answer them. */
export const FAQ = {
  1: { name: '投标单位已在赤峰市注册成功，登录呼和浩特市投标，还需要带相关资料到当地审核吗？' },
  2: {
    name: '法人锁能否通过CA互认系统跨平台进行投标？',
    'zh-CN': '法人锁不支持跨平台投标，请使用企业锁',
    en: 'Legal-person locks do not support bidding across platforms. Please use the enterprise lock.',
  },
  3: {
    name: '绑定时提示“统一社会信用代码”重复，如何解决？',
    'zh-CN': '该统一社会信用代码已绑定其他CA锁',
    en: 'Another CA lock is already bound to this unified social credit code.',
    wayOut: { 'zh-CN': '添加为副锁', en: 'secondary lock' },
  },
  4: {
    name: '在内蒙古自治区以外的省、市办理的CA锁，能否在自治区内互认使用？',
    'zh-CN': '必须是“内蒙古自治区内”办理的CA数字证书',
    en: 'The CA certificate must have been obtained inside the Inner Mongolia Autonomous Region.',
  },
  5: {
    name: '“初始化签名证书选择模式失败”或“没有检测到证书助手”，怎么办？',
    'zh-CN': '没有检测到证书助手',
    en: 'No certificate assistant was found',
    wayOut: { 'zh-CN': '一键检测', en: 'Check' },
    noLock: { 'zh-CN': '没有检测到CA锁', en: 'No CA lock was found.' },
    cancelled: { 'zh-CN': '您取消了操作', en: 'You cancelled.' },
    pinWrong: { 'zh-CN': 'CA锁密码错误，还可以尝试 5 次', en: 'The PIN is wrong. Attempts left: 5.' },
    pinWrongUncounted: { 'zh-CN': 'CA锁密码错误。', en: 'The PIN is wrong.' },
    lockRemoved: { 'zh-CN': '操作过程中CA锁被拔出', en: 'The CA lock was removed during the operation.' },
    pinLocked: { 'zh-CN': 'CA锁已被锁定', en: 'The CA lock is blocked.' },
    timedOut: { 'zh-CN': '操作超时', en: 'The time is over.' },
    popupBlocked: { 'zh-CN': '浏览器阻止了证书助手窗口', en: 'Your browser blocked the window of the certificate assistant.' },
  },
  6: { name: '投标单位名称变更后，如何使用自治区CA数字证书互认系统？' },
  7: {
    name: 'CA数字证书密码忘记怎么办？',
    'zh-CN': '请联系CA签发机构重置密码',
    en: 'ask the issuing CA to reset it',
  },
  8: { name: '本公司有两把以上CA数字证书，都想通过CA互认系统跨平台登录，如何操作？' },
  9: { name: '投标单位如何自行解除副锁绑定？' },
  10: {
    name: '投标单位CA锁遗失（本单位仅有一把CA锁），如何“解除绑定”？',
    'zh-CN': '这把CA锁已停用，不能登录',
    en: 'This CA lock is out of use and cannot sign in.',
  },
  11: {
    name: '登录时提示“该证书已被吊销，请联系CA签发机构”，如何处理？',
    'zh-CN': '该证书已被吊销，请联系CA签发机构',
    en: 'This certificate has been revoked. Please contact the issuing CA.',
    expired: { 'zh-CN': '该证书已过期', en: 'This certificate has expired. Please contact the issuing CA.' },
  },
  12: { name: '在交易平台使用中遇到日常业务问题（报名、加解密、标书制作、上传等），如何处理？' },
};

/** Name of a test that shows what the FAQ demands. */
export const faq = (number, what) => `FAQ ${number} (${FAQ[number].name}): ${what}`;

/** The element's text holds these words, once it has any. */
export async function shows(page, selector, words) {
  const place = page.locator(selector);
  await place.filter({ hasText: words }).waitFor().catch(() => {});
  assert.ok((await place.innerText()).includes(words), `${selector} says «${await place.innerText()}», not «${words}»`);
}
