// The fields of `request -o json` and of `diff --server -o json` are those that the guides name.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { rolledOut } from '../diff/server.ts';
import { json } from './json.ts';

const guide = (name: string) => readFileSync(join(import.meta.dirname, '../../../docs/guide', name), 'utf8');

/** The names in the first column of a table, by the words of its head. */
function documented(page: string, head: string): readonly string[] {
  const [, rows = ''] = page.split(`| ${head} | type | |\n|---|---|---|\n`);
  const [table = ''] = rows.split('\n\n');
  return table.split('\n').flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

const user = { name: 'jane', groups: [] };
const change = { op: 'add' as const, path: '/a', value: 1 };

test('request -o json', () => {
  const page = guide('request.md');
  const written = JSON.parse(
    json({
      followed: [
        {
          request: { method: 'POST', path: '/api/v1/pods', query: {}, user },
          trace: {
            stages: [
              {
                stage: 'mutating admission',
                plugin: 'Priority',
                round: 2,
                decision: 'changed',
                reason: '',
                evidence: [],
                changes: [change],
                warnings: ['a'],
                auditAnnotations: { a: 'b' },
              },
            ],
            allowed: false,
            user,
            unknown: [],
            answer: { code: 500, object: {}, refusal: { code: 500, reason: '', message: '' }, warnings: [] },
            auditAnnotations: {},
            next: [
              {
                actor: 'a',
                does: 'b',
                pods: { allowed: true, wanted: 1, tried: 1, admitted: 1, message: '', warnings: [] },
                nodes: [],
                preempts: [],
                unknown: [],
              },
            ],
          },
        },
      ],
      assumed: [],
      unread: [],
      release: '1.36',
      live: false,
      callsWebhooks: false,
    }),
  );
  const fields = (value: object) => Object.keys(value).sort();
  assert.deepEqual(fields(written), [...documented(page, 'field of `RequestTrace`')].sort());
  assert.deepEqual(fields(written.stages[0]), [...documented(page, 'field of a stage')].sort());
  assert.deepEqual(fields(written.next[0]), [...documented(page, 'field of a member of `next`')].sort());
});

test('diff --server -o json', () => {
  const nothing = { created: [], updated: [], unchanged: 0, left: [], rejected: [], warned: [], mutated: [], unknown: [] };
  const written = rolledOut(nothing, user, '1.36', []);
  assert.deepEqual(Object.keys(written).sort(), [...documented(guide('diff.md'), 'field of `server`')].sort());
});
