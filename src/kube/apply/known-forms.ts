// Forms of field sets that were made before. Objects of a kind set much the same fields in much the same order: a level of fields is followed
// step by step from the start of its type, as in a trie, and where a step was taken before nothing has to be made. Levels that are equal are
// one object, which also spares memory in stores of many objects. What is known is forgotten when it gets too much.

import type { Json, JsonObject } from '../../lib/json.ts';
import type { Atom, ListType, MapType } from './atom.ts';
import { emptyForm } from './fields-v1.ts';
import { compareElements, type PathElement } from './path-element.ts';

/** The elements of a level so far; the last of them with the form of what lies below it. */
export interface Level {
  readonly before: Level | undefined;
  readonly element: PathElement;
  readonly below: JsonObject;
  /** The step that was taken last: most objects of a type go on alike. */
  last: Step | undefined;
  steps: Map<string, Step> | undefined;
  /** As a member itself, and as none. */
  form: JsonObject | 'repeated' | undefined;
  bare: JsonObject | 'repeated' | undefined;
}

/** A next element, known by a key of its own: the key of a map, what tells a member of a list from others. */
export interface Step {
  readonly key: string;
  readonly element: PathElement;
  readonly atom: Atom;
  /** Where the step led last, and where it led otherwise, by what lies below it. */
  next: Level | undefined;
  others: Map<JsonObject, Level> | undefined;
}

const most = 40_000;
let known = 0;
let starts = new WeakMap<MapType | ListType, Level>();

/** The level of a type without elements. */
export function startOfLevel(type: MapType | ListType): Level {
  if (known > most) {
    known = 0;
    starts = new WeakMap();
  }
  let start = starts.get(type);
  if (start === undefined) {
    start = levelOf(undefined, '', emptyForm);
    starts.set(type, start);
  }
  return start;
}

function levelOf(before: Level | undefined, element: PathElement, below: JsonObject): Level {
  known++;
  return { before, element, below, last: undefined, steps: undefined, form: undefined, bare: undefined };
}

/** The step with a key; undefined where it was never taken. */
export function knownStep(level: Level, key: string): Step | undefined {
  const { last } = level;
  if (last?.key === key) return last;
  const step = level.steps?.get(key);
  if (step !== undefined) level.last = step;
  return step;
}

/** A step that is taken for the first time. */
export function newStep(level: Level, key: string, element: PathElement, atom: Atom): Step {
  known++;
  const step: Step = { key, element, atom, next: undefined, others: undefined };
  level.steps ??= new Map();
  level.steps.set(key, step);
  level.last = step;
  return step;
}

/** The level with the element of a step more. */
export function levelBehind(level: Level, step: Step, below: JsonObject): Level {
  const { next } = step;
  if (next?.below === below) return next;
  step.others ??= new Map();
  let other = step.others.get(below);
  if (other === undefined) {
    other = levelOf(level, step.element, below);
    step.others.set(below, other);
  }
  step.next = other;
  return other;
}

/** The form of a level that is itself a member; `repeated` where an element is there more than once. */
export function formOf(level: Level): JsonObject | 'repeated' {
  level.form ??= level.before === undefined ? emptyForm : formWith({ '.': emptyForm }, level);
  return level.form;
}

/** The form of a level that is no member. */
export function bareFormOf(level: Level): JsonObject | 'repeated' {
  level.bare ??= formWith({}, level);
  return level.bare;
}

function formWith(form: Record<string, Json>, level: Level): JsonObject | 'repeated' {
  const elements: Level[] = [];
  for (let at = level; at.before !== undefined; at = at.before) elements.push(at);
  elements.sort((left, right) => compareElements(left.element, right.element));
  let last: PathElement | undefined;
  for (const { element, below } of elements) {
    if (element === last) return 'repeated';
    last = element;
    form[element] = below;
  }
  return form;
}
