// What tests/setup/conformance.sh notices in a table that is not true.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { root } from '../browser/lib/program.mjs';

const SUMMARY = '| plan | modules | pass | not applicable | open |\n|---|---|---|---|---|';
const ROWS = '## Basic OP\n\n| module | what | tests | result |\n|---|---|---|---|';

/** A table of one plan, with rows put into summary and plan. */
const table = (summary, ...rows) => `${[SUMMARY, ...summary].join('\n')}\n\n${[ROWS, ...rows].join('\n')}\n`;
const BASIC = '| [Basic OP](#basic-op) | 1 | 1 | 0 | 0 |';
const SERVER = '| `oidcc-server` | happy flow | `flows::one` | passes |';

describe('the conformance table', () => {
  let folder;

  before(async () => { folder = await mkdtemp(join(tmpdir(), 'conformance-')); });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Exit code and what the script says of a table and a log. */
  async function check(text, log = 'test flows::one ... ok\n') {
    const [file, ran] = [join(folder, 'table.md'), join(folder, 'flows.log')];
    await writeFile(file, text);
    await writeFile(ran, log);
    return new Promise((resolve) => {
      execFile('bash', [`${root}tests/setup/conformance.sh`, file, ran], (error, said) => resolve({ code: error?.code ?? 0, said }));
    });
  }

  test('one that is true passes', async () => {
    const { code, said } = await check(table([BASIC], SERVER));
    assert.equal(code, 0, said);
    assert.match(said, /^ok conformance: Basic OP: 1 modules, 1 pass, 0 not applicable, 0 open$/m);
  });

  for (const [what, text, log, complaint] of [
    ['a test that did not run', table([BASIC], SERVER), '', /flows::one did not run and pass/],
    ['a test that failed', table([BASIC], SERVER), 'test flows::one ... FAILED\n', /flows::one did not run and pass/],
    ['a row that names no test', table([BASIC], '| `oidcc-server` | happy flow | none | passes |'), undefined, /no test is named/],
    ['a result of no known kind', table([BASIC], '| `oidcc-server` | happy flow | `flows::one` | maybe |'), undefined, /neither passes/],
    ['counts that are not those of the rows', table(['| [Basic OP](#basic-op) | 2 | 2 | 0 | 0 |'], SERVER), undefined, /the summary says 2 2 0 0, the rows 1 1 0 0/],
    ['a plan that the summary leaves out', table([], SERVER), undefined, /the summary says nothing/],
    ['a plan whose rows are gone', table([BASIC, '| [Form Post OP](#form-post-op) | 1 | 1 | 0 | 0 |'], SERVER), undefined, /Form Post OP: the summary counts a plan that has no rows/],
  ]) {
    test(`${what} is noticed`, async () => {
      const { code, said } = await check(text, log);
      assert.equal(code, 1, said);
      assert.match(said, /^not ok /m);
      assert.match(said, complaint);
    });
  }
});
