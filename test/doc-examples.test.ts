// Examples in doc comments are run. The form is a sentence: `call(arguments)` is `literal`, both in backquotes, the literal as JavaScript.

import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'cofferdam-examples-'));
after(() => rmSync(folder, { recursive: true }));

const files = globSync('src/{lib,kube,snapshot,identity,network,images,policy,request,attack,controls,assessment,report}/**/*.ts', {
  cwd: root,
})
  .filter((file) => !file.endsWith('.test.ts'))
  .sort();
let count = 0;
for (const file of files) {
  const text = readFileSync(join(root, file), 'utf8');
  const comments = [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].map(([comment]) => comment.replace(/\n\s*\* ?/g, ' '));
  const examples = comments.flatMap((comment) =>
    [...comment.matchAll(/`([A-Za-z]\w*\([^`]*\))` is `([^`]+)`/g)].map(([, call = '', value = '']) => ({ call, value })),
  );
  for (const { call, value } of examples) {
    const name = join(folder, `example-${count++}.ts`);
    const source = pathToFileURL(join(root, file)).href;
    test(`${file}: ${call} is ${value}`, async () => {
      writeFileSync(
        name,
        `import * as own from '${source}';\nconst { ${exportedIn(text, call).join(', ')} } = own;\nexport const actual: unknown = ${call};\nexport const expected: unknown = ${value};\n`,
      );
      const { actual, expected } = await import(pathToFileURL(name).href);
      assert.deepEqual(actual, expected);
    });
  }
}

/** The functions of a file that an example calls. */
function exportedIn(text: string, call: string): readonly string[] {
  const called = new Set([...call.matchAll(/([A-Za-z]\w*)\(/g)].map(([, name = '']) => name));
  return [...called].filter((name) => new RegExp(`^export (?:async )?(?:function\\*? |const )${name}\\b`, 'm').test(text));
}

test('there are examples', () => assert.ok(count > 0));
