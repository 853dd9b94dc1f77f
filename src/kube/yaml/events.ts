// The event stream of one document (js-yaml 5, YAML 1.2 grammar), taught one leniency of libyaml that real manifests rely on:
// a flow collection may close, or go on, at the indentation of its own key. Such lines are indented by us before parsing, and offsets
// are mapped back, so positions are always those of the text as it was written.

import { EVENT_ID, type Event, parseEvents, YAMLException } from 'js-yaml';
import { failure, ok, type Result } from '../../lib/result.ts';

/** Deepest nesting that is read; Kubernetes' own objects stay below 60. */
export const maxDepth = 400;
/** How many lines of one document may need the leniency before it counts as broken. */
const maxPaddedLines = 2000;

export interface DocumentEvents {
  readonly events: readonly Event[];
  /** The text the events' offsets point into. */
  readonly source: string;
  /** Offset in the document as written. */
  original(offset: number): number;
}

export interface SyntaxFailure {
  readonly code: 'yaml/syntax' | 'yaml/too-deep';
  readonly message: string;
  readonly offset: number;
}

/** Parses one document's text. */
export function documentEvents(text: string): Result<DocumentEvents, SyntaxFailure> {
  const parsed = tryParse(text);
  if (parsed.ok) return ok({ events: parsed.value, source: text, original: (offset) => offset });
  if (parsed.problem.message !== 'deficient indentation') return parsed;
  return paddedEvents(text, parsed.problem);
}

function tryParse(text: string): Result<readonly Event[], SyntaxFailure> {
  try {
    return ok(parseEvents(text, { maxDepth }));
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const offset = markOffset(error);
    const tooDeep = /depth/.test(error.reason);
    return failure({
      code: tooDeep ? 'yaml/too-deep' : 'yaml/syntax',
      message: tooDeep ? `nested deeper than ${maxDepth} levels` : error.reason,
      offset,
    });
  }
}

function markOffset(error: YAMLException): number {
  const position: unknown = Reflect.get(error.mark ?? {}, 'position');
  return typeof position === 'number' ? position : 0;
}

function paddedEvents(text: string, first: SyntaxFailure): Result<DocumentEvents, SyntaxFailure> {
  let source = text;
  let problem = first;
  /** Offsets in `source` where one run of spaces was put in, ascending, with its length. */
  let pads: readonly { readonly at: number; readonly length: number }[] = [];
  const original = (offset: number): number => {
    let shift = 0;
    for (const pad of pads) if (pad.at < offset) shift += Math.min(pad.length, offset - pad.at);
    return offset - shift;
  };
  for (let round = 0; round < maxPaddedLines; round++) {
    const lineStart = source.lastIndexOf('\n', problem.offset - 1) + 1;
    const needed = previousIndent(source, lineStart) + 1;
    const length = Math.max(1, needed - indentOf(source, lineStart));
    source = `${source.slice(0, lineStart)}${' '.repeat(length)}${source.slice(lineStart)}`;
    const moved = pads.map((pad) => (pad.at >= lineStart ? { at: pad.at + length, length: pad.length } : pad));
    pads = [...moved, { at: lineStart, length }].sort((a, b) => a.at - b.at);
    const parsed = tryParse(source);
    if (parsed.ok) return ok({ events: parsed.value, source, original });
    problem = parsed.problem;
    if (problem.message !== 'deficient indentation') return failure({ ...problem, offset: original(problem.offset) });
  }
  return failure({ ...first });
}

function indentOf(text: string, lineStart: number): number {
  let index = lineStart;
  while (text.charCodeAt(index) === 32) index++;
  return index - lineStart;
}

/** Indentation of the nearest line above that opened something, which is what the padded line must exceed. */
function previousIndent(text: string, lineStart: number): number {
  if (lineStart === 0) return 0;
  const previous = text.lastIndexOf('\n', lineStart - 2) + 1;
  return Math.min(indentOf(text, previous), 256);
}

export { EVENT_ID, type Event };
