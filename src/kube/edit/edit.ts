// A JSON Patch (RFC 6902) applied to the text of one document, YAML or JSON, with as few bytes changed as will do: comments, layout, quotes, the
// order of keys and line ends stay. Each step is read again and compared: a text that does not mean exactly the patched value is never
// given. Refused: what is shared through anchors, aliases and merge keys, because it would change in other places too.

import { type Json, sameJson } from '../../lib/json.ts';
import { tokens } from '../../lib/json-pointer.ts';
import { type Problem, type ProblemCode, problem } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { applyJsonPatch, type JsonPatch, type JsonPatchOperation, valueAt } from '../patch/json-patch.ts';
import { type OpenDocument, openDocument } from '../yaml/parse.ts';
import { type Change, changesBetween } from './changes.ts';
import { applySplices, layoutOf } from './layout.ts';
import { splicesFor } from './operation.ts';

interface State extends OpenDocument {
  readonly lineBreak: string;
}

/**
 * Applies `patch` to `text`; the problem says why the text was left as it is.
 * `editDocument('a: 1 # c\n', [{ op: 'replace', path: '/a', value: 2 }])` is `{ ok: true, value: 'a: 2 # c\n' }`.
 */
export function editDocument(text: string, patch: JsonPatch): Result<string, Problem> {
  const document = openDocument(text);
  if (document === undefined) return refuse('edit/unreadable', 'the text cannot be read, so it is not edited');
  let state: State = { ...document, lineBreak: /\r\n|\n|\r/.exec(text)?.[0] ?? '\n' };
  for (const operation of patch) {
    const fits = applyJsonPatch(state.value, [operation]);
    if (!fits.ok) return refuse('edit/not-applicable', `the patch does not fit the text: ${fits.problem.message}`);
    for (const change of changesOf(operation, state.value)) {
      const next = make(state, change);
      if (!next.ok) return next;
      state = next.value;
    }
  }
  return ok(state.text);
}

function changesOf(operation: JsonPatchOperation, value: Json): readonly Change[] {
  switch (operation.op) {
    case 'test':
      return [];
    case 'add':
    case 'replace':
      return [{ op: operation.op, path: operation.path, value: operation.value }];
    case 'remove':
      return [operation];
    case 'copy':
    case 'move': {
      const add: Change = { op: 'add', path: operation.path, value: valueAt(value, tokens(operation.from)) ?? null };
      if (operation.op === 'copy') return [add];
      return operation.from === operation.path ? [] : [{ op: 'remove', path: operation.from }, add];
    }
  }
}

/** Makes one change: by the smallest steps where that works, else as it is written, at last with more care. */
function make(state: State, change: Change): Result<State, Problem> {
  const wanted = applyJsonPatch(state.value, [change]);
  if (!wanted.ok) return refuse('edit/not-applicable', `the patch does not fit the text: ${wanted.problem.message}`);
  const small = smallChanges(state.value, change);
  const bySmall = small === undefined ? undefined : steps(state, small, wanted.value, false);
  if (bySmall?.ok) return bySmall;
  const asWritten = steps(state, [change], wanted.value, false);
  return asWritten.ok ? asWritten : steps(state, [change], wanted.value, true);
}

function smallChanges(value: Json, change: Change): readonly Change[] | undefined {
  if (change.op === 'remove') return undefined;
  const path = tokens(change.path);
  const old = valueAt(value, path);
  if (old === undefined) return undefined;
  const inList = change.op === 'add' && Array.isArray(valueAt(value, path.slice(0, -1)));
  return inList ? undefined : changesBetween(old, change.value, change.path);
}

function steps(state: State, changes: readonly Change[], wanted: Json, careful: boolean): Result<State, Problem> {
  let current = state;
  for (const change of changes) {
    const splices = splicesFor(layoutOf(current, current.lineBreak, careful), change);
    if (!splices.ok) return splices;
    const next = openDocument(applySplices(current.text, splices.value));
    if (next === undefined) return unsupported(change);
    current = { ...next, lineBreak: current.lineBreak };
  }
  return sameJson(current.value, wanted) ? ok(current) : unsupported(changes[0]);
}

function unsupported(change: Change | undefined): Result<never, Problem> {
  return refuse('edit/unsupported', `"${change?.path ?? ''}" cannot be changed in this text without changing more than it`);
}

function refuse(code: ProblemCode, message: string): Result<never, Problem> {
  return failure(problem(code, message));
}
