import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { commandInput } from '../../../test/console.ts';
import { folder } from '../../../test/folder.ts';
import type { Flags } from '../command.ts';
import { run } from './run.ts';

const pod = (privileged: boolean) => `apiVersion: v1
kind: Pod
metadata: {name: p, namespace: shop}
spec: {containers: [{name: app, image: nginx:1, securityContext: {privileged: ${privileged}}}]}
`;
const files = { 'clean.yaml': pod(false), 'careless.yaml': pod(true), 'broken.yaml': `${pod(false)}---\nx: [\n`, 'empty.yaml': '' };

const cases: readonly (readonly [what: string, paths: readonly string[], flags: Flags, status: number, said: RegExp])[] = [
  ['nothing is wrong', ['clean.yaml'], {}, 0, /^$/],
  ['a finding is over the gate', ['careless.yaml'], {}, 1, /1 finding at or over "high"/],
  ['there is no gate', ['careless.yaml'], { failOn: 'never' }, 0, /^$/],
  ['a broken document hides no other', ['broken.yaml'], {}, 0, /yaml\/syntax/],
  ['there is nothing to look at', ['empty.yaml'], {}, 2, /nothing to look at/],
  ['a path is named that is not there', ['absent.yaml'], {}, 2, /nothing to look at/],
  ['a named path is absent and the others are clean', ['clean.yaml', 'absent.yaml'], {}, 2, /not everything could be read: .*absent.yaml/],
  ['a named path is absent and there is no gate', ['careless.yaml', 'absent.yaml'], { failOn: 'never' }, 2, /not everything/],
  ['a named path is absent and findings are over the gate', ['careless.yaml', 'absent.yaml'], {}, 1, /1 finding/],
];

describe('the exit status of scan, and the line that says why', () => {
  for (const [what, paths, flags, status, said] of cases)
    test(what, async (t) => {
      const root = folder(t, files);
      const { input, told } = commandInput(
        paths.map((path) => join(root, path)),
        { control: ['workload/privileged'], render: false, output: ['csv'], ...flags },
      );
      assert.equal(await run(input), status);
      assert.match(told.err, said);
    });
});
