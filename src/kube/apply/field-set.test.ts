// The algebra of field sets, against sets of paths, and their JSON form.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  difference,
  type FieldPath,
  type FieldSet,
  fieldSet,
  hasField,
  intersection,
  members,
  recursiveDifference,
  showPath,
  union,
} from './field-set.ts';
import { fieldsV1, readFieldsV1 } from './fields-v1.ts';

const element = fc.constantFrom('f:a', 'f:b', 'f:c', 'k:{"name":"a"}', 'k:{"name":"b"}', 'v:"x"', 'v:1', 'i:0');
const path = fc.array(element, { minLength: 1, maxLength: 3 });
const paths = fc.array(path, { maxLength: 12 });
const set = paths.map((list) => fieldSet(...list));

const joined = (left: Set<string>, right: Set<string>) => new Set([...left, ...right]);
const shared = (left: Set<string>, right: Set<string>) => new Set([...left].filter((each) => right.has(each)));
const left = (from: Set<string>, taken: Set<string>) => new Set([...from].filter((each) => !taken.has(each)));
const listed = (fields: FieldSet): Set<string> => new Set(members(fields).map((each) => each.join(' ')));
const keys = (list: readonly FieldPath[]): Set<string> => new Set(list.map((each) => each.join(' ')));

test('a set holds the paths it was made of', () => {
  fc.assert(
    fc.property(paths, (list) => {
      const made = fieldSet(...list);
      assert.deepEqual(listed(made), keys(list));
      for (const each of list) assert.ok(hasField(made, each));
    }),
  );
});

test('union, intersection and difference are those of sets of paths', () => {
  fc.assert(
    fc.property(set, set, (a, b) => {
      assert.deepEqual(listed(union(a, b)), joined(listed(a), listed(b)));
      assert.deepEqual(listed(intersection(a, b)), shared(listed(a), listed(b)));
      assert.deepEqual(listed(difference(a, b)), left(listed(a), listed(b)));
    }),
  );
});

function sameFields(left: FieldSet, right: FieldSet): boolean {
  if (left === right) return true;
  if (left.size !== right.size) return false;
  for (const [element, ours] of left) {
    const theirs = right.get(element);
    if (theirs === undefined || ours.member !== theirs.member || !sameFields(ours.children, theirs.children)) return false;
  }
  return true;
}

test('laws: what is taken and what is left make the whole; equal sets are equal however they were made', () => {
  fc.assert(
    fc.property(set, set, set, (a, b, c) => {
      assert.ok(sameFields(union(intersection(a, b), difference(a, b)), a));
      assert.ok(sameFields(union(a, b), union(b, a)));
      assert.ok(sameFields(intersection(a, union(b, c)), union(intersection(a, b), intersection(a, c))));
      assert.ok(sameFields(difference(difference(a, b), c), difference(a, union(b, c))));
    }),
  );
});

test('a recursive difference takes what lies below too', () => {
  const below = (each: FieldPath, others: readonly FieldPath[]) =>
    others.some((other) => other.length <= each.length && other.every((step, index) => step === each[index]));
  fc.assert(
    fc.property(set, set, (left, right) => {
      const taken = members(right);
      const expected = members(left).filter((each) => !below(each, taken));
      assert.deepEqual(listed(recursiveDifference(left, right)), keys(expected));
    }),
  );
});

test('the JSON form reads back as the same set', () => {
  fc.assert(
    fc.property(set, (fields) => {
      const read = readFieldsV1(JSON.parse(JSON.stringify(fieldsV1(fields))));
      assert.ok(read !== undefined && sameFields(read, fields));
    }),
  );
});

test('forms that are none are refused, steps of later versions are passed over', () => {
  const rows: readonly (readonly [form: unknown, expected: readonly string[] | undefined])[] = [
    [{ 'f:a': {} }, ['.a']],
    [{ 'f:a': { '.': {}, 'f:b': {} } }, ['.a', '.a.b']],
    [{ 'k:{"protocol":"TCP","port":80}': {} }, ['[port=80,protocol="TCP"]']],
    [{ 'v:"x"': {}, 'i:3': {} }, ['[="x"]', '[3]']],
    [{ 'x:new': {}, 'f:a': {} }, ['.a']],
    [{ a: {} }, undefined],
    [{ 'k:[]': {} }, undefined],
    [{ 'f:a': 1 }, undefined],
    [{ 'v:{': {} }, undefined],
  ];
  for (const [form, expected] of rows) {
    const read = readFieldsV1(form as never);
    assert.deepEqual(read === undefined ? undefined : members(read).map(showPath), expected, JSON.stringify(form));
  }
});

test('the order is that of the server', () => {
  const fields = fieldSet(['v:"x"'], ['v:3'], ['i:1'], ['k:{"name":"b"}'], ['k:{"name":"a"}'], ['f:b'], ['f:a'], ['v:1.5']);
  assert.deepEqual(Object.keys(fieldsV1(fields)), ['f:a', 'f:b', 'k:{"name":"a"}', 'k:{"name":"b"}', 'v:1.5', 'v:3', 'v:"x"', 'i:1']);
});
