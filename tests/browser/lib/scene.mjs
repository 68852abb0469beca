// What a browser test needs: a demonstration, a browser, an album; all gone at its end.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Album } from './album.mjs';
import { launch, openContext } from './chromium.mjs';
import { startDemonstration } from './demonstration.mjs';

export const LANGUAGES = ['zh-CN', 'en'];

/** Tells a story once in each language: `tell(scene)` declares its tests, in order. */
export function inEachLanguage(name, title, tell, prepare) {
  for (const language of LANGUAGES) scene(name, `${title} (${language})`, language, tell, prepare);
}

/**
 * Tells a story in one language; `scene.step` declares tests that build on one another. `prepare(scene)` makes what the
 * demonstration needs beforehand: it answers `{ words, environment }` for it.
 */
export function scene(name, title, language, tell, prepare = () => ({})) {
  describe(title, () => {
    const scene = { language, album: new Album(name, language), complaints: [], step: steps() };
    before(async () => {
      scene.demo = await startDemonstration(`${name}-${language}`, await prepare(scene));
      scene.portal = scene.demo.issuer;
      scene.browser = await launch();
      scene.page = await person(scene);
    });
    after(async () => {
      await scene.browser?.close();
      await scene.demo?.stop();
      await scene.driver?.remove();
    });
    tell(scene);
    test('no page has an accessibility violation, scrolls sideways at 320 px or is in the wrong language', () => {
      assert.deepEqual(scene.album.findings, []);
    });
    test('no page breaks its content security policy, fails in a script or asks a third party', () => {
      assert.deepEqual(scene.complaints.flat(), []);
    });
  });
}

/** Tests of which each builds on the one before: after a failure the rest is skipped at once. */
function steps() {
  let failed = null;
  return (name, take) => test(name, async (context) => {
    if (failed) return context.skip(`after the failure of «${failed}»`);
    try {
      await take();
    } catch (error) {
      failed = name;
      throw error;
    }
  });
}

/** Another person with a browser of his own. */
export async function person(scene) {
  const { context, complaints } = await openContext(scene.browser, scene.language);
  scene.complaints.push(complaints);
  return context.newPage();
}
