// A case of the k8s-cel suite.

import type { Data } from '../../src/languages/cel/crd/adapt.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { EncodedValue } from './cel-value.ts';

export interface Expected {
  readonly value?: EncodedValue;
  readonly compileErrors?: readonly string[];
  readonly error?: string;
  readonly match?: 'equals' | 'contains' | 'regex';
  readonly cost?: number;
  readonly estimatedCost?: { readonly min?: number | bigint; readonly max?: number | bigint; readonly atLeast?: number | bigint };
  readonly valid?: boolean;
  readonly errors?: readonly (string | { readonly type: string; readonly field: string })[];
  readonly warnings?: readonly string[];
  readonly usesOldSelf?: boolean;
  readonly messageExpressionError?: string;
  readonly remainingBudget?: number;
  readonly log?: string;
  readonly path?: readonly string[];
  readonly escaped?: string;
  readonly unescapable?: boolean;
}

export interface Case {
  readonly id: string;
  readonly library: string;
  readonly expr?: string;
  readonly vars?: { readonly self?: Data; readonly oldSelf?: Data };
  readonly kubernetes?: string;
  readonly environment?: string;
  readonly schema?: JsonObject;
  readonly isRoot?: boolean;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly optionalOldSelf?: boolean;
  readonly costBudget?: number;
  readonly perCallLimit?: number;
  readonly fieldPath?: string;
  readonly name?: string;
  readonly escaped?: string;
  readonly expect: Expected;
}

/** What was answered where it is not what was expected. */
export type Judge = (each: Case) => string | undefined;

export function matches(text: string, { error = '', match }: Expected): boolean {
  if (match === 'equals') return text === error;
  return match === 'regex' ? new RegExp(error).test(text) : text.includes(error);
}
