// The album itself: what it finds nothing of on other pages, it does find on a bad one.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Album } from './lib/album.mjs';
import { launch, openContext } from './lib/chromium.mjs';

test('a page with flaws is seen to have them', async () => {
  const browser = await launch();
  try {
    const { context, complaints } = await openContext(browser, 'en');
    const page = await context.newPage();
    const policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">';
    await page.setContent(`<!doctype html><html lang="zh-CN"><head>${policy}<title>x</title></head>
      <body><input><hr width="2000"><script>fail()</script></body></html>`);
    await page.evaluate(() => setTimeout(() => { throw new Error('script'); }));
    const album = new Album('album', 'en');
    await album.look(page, 'flaws');
    const found = [...album.findings, ...complaints].join('\n');
    for (const flaw of [/label/, /scrolls sideways/, /in zh-CN, not in en/, /Content Security Policy/, /Error: script/]) assert.match(found, flaw);
  } finally {
    await browser.close();
  }
});
