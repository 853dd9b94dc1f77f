// Expected failures as values: a closed set of codes, a sentence for people, and where it happened.
// Only `cli/exit.ts` turns codes into exit statuses. A new code is added to the union here, in its family.

/** A place in a text a person wrote. Lines and columns count from 1, columns in UTF-16 units. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine?: number;
  readonly endColumn?: number;
}

export type ProblemCode =
  // texts
  | 'yaml/syntax'
  | 'yaml/duplicate-key'
  | 'yaml/unsupported-key'
  | 'yaml/unknown-alias'
  | 'yaml/excessive-aliasing'
  | 'yaml/too-deep'
  | 'yaml/unsafe-integer'
  | 'yaml/not-a-number'
  | 'yaml/bad-binary'
  | 'yaml/control-character'
  | 'yaml/ignored-text'
  | 'yaml/refused-by-kubectl'
  | 'json/syntax'
  | 'json/duplicate-key'
  | 'json/unsafe-integer'
  | 'json/lone-surrogate'
  | 'json/too-deep'
  // edits of texts
  | 'edit/unreadable'
  | 'edit/not-applicable'
  | 'edit/shared'
  | 'edit/unsupported'
  // objects
  | 'object/not-an-object'
  | 'object/unknown-kind'
  | 'object/invalid'
  | 'object/removed-version'
  | 'object/deprecated-version'
  // inputs
  | 'input/not-found'
  | 'input/unreadable'
  | 'input/too-large'
  | 'input/document-too-large'
  | 'input/symlink-loop'
  | 'input/not-utf8'
  | 'input/bad-archive'
  | 'input/template'
  | 'input/skipped'
  | 'input/render-failed'
  | 'input/nothing'
  | 'snapshot/invalid'
  // clusters
  | 'kubeconfig/not-found'
  | 'kubeconfig/invalid'
  | 'kubeconfig/exec-failed'
  | 'cluster/unreachable'
  | 'cluster/unauthorized'
  | 'cluster/forbidden'
  | 'cluster/overloaded'
  | 'cluster/interrupted'
  | 'cluster/bad-answer'
  // the user's own settings
  | 'usage/bad-flag'
  | 'usage/unknown-control'
  | 'config/invalid'
  | 'waiver/invalid'
  | 'waiver/expired'
  | 'waiver/unused'
  | 'baseline/invalid'
  // network policies
  | 'network/invalid-policy'
  | 'network/named-port-on-block'
  | 'network/equal-priority'
  | 'network/not-evaluated'
  | 'network/not-enforced'
  | 'network/unknown-peer'
  // the admission webhook
  | 'admission/bad-review'
  | 'admission/calls'
  | 'admission/certificate'
  | 'admission/policies'
  // the health assessment
  | 'assessment/invalid-answer'
  | 'assessment/invalid-previous'
  // ours
  | 'control/crashed'
  | 'internal/bug';

export type ProblemLevel = 'error' | 'warning' | 'note';

export interface Problem {
  readonly code: ProblemCode;
  /** One sentence a person can act on; never holds a secret value. */
  readonly message: string;
  /** `error`: something was not read or not judged; `warning`: read, but not as written; `note`: worth knowing. Default `error`. */
  readonly level?: ProblemLevel;
  readonly source?: SourcePosition;
}

/** Builds a problem. `problem('yaml/syntax', 'expected a key', at)`. */
export function problem(code: ProblemCode, message: string, source?: SourcePosition, level?: ProblemLevel): Problem {
  return {
    code,
    message,
    ...(level === undefined ? {} : { level }),
    ...(source === undefined ? {} : { source }),
  };
}

/** The sentence with its place before it, unless it begins with the file itself: `a.yaml:3:7: "[" is never closed`. */
export function placedText({ message, source }: Problem): string {
  if (source === undefined || message.startsWith(source.file)) return message;
  return `${source.file}:${source.line}:${source.column}: ${message}`;
}

/** What was thrown, for people: the message of an error, or what else it is as text. `told(new Error('gone'))` is `'gone'`. */
export function told(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
