// Forms of field sets that were made before. Objects of a kind set much the same fields, part by part: a probe, the resources of a container.
// A level is looked up element by element in the order an object has them, and levels that are equal are one object, which also spares memory
// in stores of many objects. What is known is forgotten when it gets too much.

import type { Json, JsonObject } from '../../lib/json.ts';
import { emptyForm } from './fields-v1.ts';
import { compareElements, type PathElement } from './path-element.ts';

/** The elements of a level so far; the last of them with the form of what lies below it. */
export interface Level {
  readonly before: Level | undefined;
  readonly element: PathElement;
  readonly below: JsonObject;
  /** By a next element that is a leaf. */
  leaves: Map<PathElement, Level> | undefined;
  /** By a next element that is none, and by what lies below that. */
  parents: Map<PathElement, Map<JsonObject, Level>> | undefined;
  form: JsonObject | 'repeated' | undefined;
}

const mostLevels = 20_000;
let levels = 0;
let start = level(undefined, '', emptyForm);

function level(before: Level | undefined, element: PathElement, below: JsonObject): Level {
  levels++;
  return { before, element, below, leaves: undefined, parents: undefined, form: undefined };
}

/** A level without elements. */
export function startOfLevel(): Level {
  if (levels > mostLevels) {
    levels = 0;
    start = level(undefined, '', emptyForm);
  }
  return start;
}

/** The level with one more element. */
export function withElement(at: Level, element: PathElement, below: JsonObject): Level {
  if (below === emptyForm) {
    at.leaves ??= new Map();
    return nextIn(at.leaves, element, at, element, below);
  }
  at.parents ??= new Map();
  let forms = at.parents.get(element);
  if (forms === undefined) {
    forms = new Map();
    at.parents.set(element, forms);
  }
  return nextIn(forms, below, at, element, below);
}

function nextIn<K>(known: Map<K, Level>, key: K, at: Level, element: PathElement, below: JsonObject): Level {
  let next = known.get(key);
  if (next === undefined) {
    next = level(at, element, below);
    known.set(key, next);
  }
  return next;
}

/** The form of a level that is itself a member; `repeated` where an element is there more than once. */
export function formOf(at: Level): JsonObject | 'repeated' {
  at.form ??= made(at);
  return at.form;
}

function made(at: Level): JsonObject | 'repeated' {
  const steps: Level[] = [];
  for (let step = at; step.before !== undefined; step = step.before) steps.push(step);
  if (steps.length === 0) return emptyForm;
  return formInOrder(steps, true) ?? 'repeated';
}

/** The form of some elements; undefined where one is there more than once. */
export function formInOrder(
  steps: { readonly element: PathElement; readonly below: JsonObject }[],
  isMember: boolean,
): JsonObject | undefined {
  steps.sort((left, right) => compareElements(left.element, right.element));
  const form: Record<string, Json> = isMember ? { '.': emptyForm } : {};
  let last: PathElement | undefined;
  for (const { element, below } of steps) {
    if (element === last) return undefined;
    last = element;
    form[element] = below;
  }
  return form;
}
