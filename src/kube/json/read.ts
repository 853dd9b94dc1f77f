// A JSON document: the value is exactly what JSON.parse gives, where the last of two equal keys counts and `__proto__` is a key like any other.
// What JSON.parse does not tell is found beside it: equal keys, integers that a double does not hold, strings that are no Unicode text, and
// nesting that would exhaust whoever walks the value.

import { isObject, type Json } from '../../lib/json.ts';
import { maxDepth, type TextIssue } from '../yaml/node.ts';
import { skipBlanks, skipString } from './skip.ts';

export interface JsonDocument {
  /** Undefined where the text is nested too deep; the issues say so. */
  readonly value: Json | undefined;
  readonly issues: readonly TextIssue[];
}

const maxIssues = 100;
const maySplitPair = /\\u[dD][89a-fA-F]/;

/** Reads a text as one JSON value; undefined where it is none. */
export function readJson(text: string): JsonDocument | undefined {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const survey = surveyOf(text);
  if (survey.tooDeep !== undefined)
    return { value: undefined, issues: [issue('json/too-deep', 'error', `nested deeper than ${maxDepth} levels`, survey.tooDeep)] };
  const odd = survey.longInteger || survey.members !== countMembers(value) || maySplitPair.test(text) || !text.isWellFormed();
  return { value, issues: odd ? issuesOf(text) : [] };
}

interface Survey {
  /** Members written in all objects together. */
  readonly members: number;
  /** Some number has sixteen digits or more and no fraction. */
  readonly longInteger: boolean;
  readonly tooDeep: number | undefined;
}

function surveyOf(text: string): Survey {
  let members = 0;
  let longInteger = false;
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 34) index = skipString(text, index) - 1;
    else if (code === 58) members++;
    else if (code === 123 || code === 91) {
      if (++depth > maxDepth) return { members, longInteger, tooDeep: index };
    } else if (code === 125 || code === 93) depth--;
    else if (code >= 48 && code <= 57) {
      const start = index;
      while (isDigit(text.charCodeAt(index + 1))) index++;
      longInteger ||= index - start >= 15;
    }
  }
  return { members, longInteger, tooDeep: undefined };
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function countMembers(value: Json): number {
  let count = 0;
  if (Array.isArray(value)) for (const item of value) count += countMembers(item);
  else if (isObject(value)) {
    const keys = Object.keys(value);
    count += keys.length;
    for (const key of keys) count += countMembers(value[key] ?? null);
  }
  return count;
}

/** What is odd about a text that is known to be JSON, in the order of the text. */
function issuesOf(text: string): readonly TextIssue[] {
  const issues: TextIssue[] = [];
  const report = (found: TextIssue) => {
    if (issues.length < maxIssues) issues.push(found);
  };
  const keys: (Set<string> | undefined)[] = [];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 123) keys.push(new Set());
    else if (code === 91) keys.push(undefined);
    else if (code === 125 || code === 93) keys.pop();
    else if (code === 34) {
      const end = skipString(text, index);
      const name = JSON.parse(text.slice(index, end)) as string;
      if (!name.isWellFormed())
        report(issue('json/lone-surrogate', 'warning', 'half of a surrogate pair, which Kubernetes reads as U+FFFD', index));
      const known = keys.at(-1);
      if (known !== undefined && text.charCodeAt(skipBlanks(text, end)) === 58) {
        if (known.has(name))
          report(issue('json/duplicate-key', 'warning', `key "${name}" appears twice in one object; the last one counts`, index));
        known.add(name);
      }
      index = end - 1;
    } else if (code === 45 || isDigit(code)) {
      const end = numberEnd(text, index);
      const written = text.slice(index, end);
      if (/^-?[0-9]+$/.test(written) && !Number.isSafeInteger(Number(written)))
        report(issue('json/unsafe-integer', 'warning', 'an integer beyond 2^53, which is not held exactly', index));
      index = end - 1;
    }
  }
  return issues;
}

function numberEnd(text: string, from: number): number {
  const number = /[-+0-9.eE]+/y;
  number.lastIndex = from;
  number.test(text);
  return Math.max(number.lastIndex, from + 1);
}

function issue(code: TextIssue['code'], level: TextIssue['level'], message: string, offset: number): TextIssue {
  return { code, level, message, offset };
}
