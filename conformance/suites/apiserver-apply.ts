// What a real API server makes of server-side apply: the merged object, who manages which fields, and conflicts, step by step.

import { asList, asObject, asString, canonicalJson, field, type Json, type JsonObject, sameJson } from '../../src/lib/json.ts';
import type { Suite } from '../suite.ts';
import { difference, type RecordedAnswer } from './apiserver-answer.ts';
import { replayed } from './apiserver-writes.ts';

export const apiserverApply: Suite = {
  name: 'apiserver-apply',
  run: (folder, note) => replayed(folder, note, judge, true),
};

function judge(found: RecordedAnswer, expected: RecordedAnswer): string | undefined {
  const own = split(found);
  const recorded = split(expected);
  if (found.code === 409 && expected.code === 409) return same(conflicts(found), conflicts(expected), 'conflicts');
  return difference(own.rest, recorded.rest) ?? same(own.entries, recorded.entries, 'managedFields');
}

function same(found: readonly string[], expected: readonly string[], what: string): string | undefined {
  if (sameJson(found, expected)) return undefined;
  const missing = expected.filter((each) => !found.includes(each));
  const more = found.filter((each) => !expected.includes(each));
  return `${what}: missing ${JSON.stringify(missing).slice(0, 1500)}, more ${JSON.stringify(more).slice(0, 1500)}`;
}

/** Fields in conflict with the manager that has each. */
function conflicts({ causes = [] }: RecordedAnswer): readonly string[] {
  return causes.map(({ field: path, message = '' }) => `${path}: ${/"[^"]*"/.exec(message)?.[0]}`).sort();
}

/** The answer without managed fields, and those apart, without order and times. */
function split(answer: RecordedAnswer): { readonly rest: RecordedAnswer; readonly entries: readonly string[] } {
  const { object } = answer;
  if (object === undefined) return { rest: answer, entries: [] };
  const { managedFields, ...metadata } = asObject(object.metadata);
  return { rest: { ...answer, object: { ...object, metadata } as JsonObject }, entries: asList(managedFields).map(entry).sort() };
}

function entry(value: Json): string {
  const text = (key: string) => asString(field(value, key)) ?? '';
  return `${text('manager')} ${text('operation')} ${text('apiVersion')} ${text('subresource')} ${canonicalJson(field(value, 'fieldsV1'))}`;
}
