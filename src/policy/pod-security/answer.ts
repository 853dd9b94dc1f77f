// What Pod Security Admission answers, and what its parts share: a pod judged at a level of a version, and how both are written.

import type { Pod } from '../../kube/pod/types.ts';
import type { Refusal } from '../verdict.ts';
import type { PodSecurityConfiguration } from './configuration.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import type { LabelProblem, LevelVersion } from './labels.ts';
import { minorOf, newestMinor, parseVersion } from './version.ts';

export interface PodSecurityAnswer {
  readonly refusal?: Refusal;
  readonly warnings: readonly string[];
  /** With the prefix of the plugin. */
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

export const allowed: PodSecurityAnswer = { warnings: [], auditAnnotations: {} };

/** `baseline:latest`. */
export function shown({ level, version }: LevelVersion): string {
  return `${level}:${version}`;
}

/** A pod at a level; `latest` and what is newer than the cluster mean the cluster's own version. */
export function judge(pod: Pod, { level, version }: LevelVersion, { minor = newestMinor }: PodSecurityConfiguration): Evaluation {
  const asked = parseVersion(version);
  return evaluate(pod, level, `1.${Math.min(typeof asked === 'number' ? minorOf(version) : newestMinor, minor)}`);
}

/** Several errors in one text, each once. */
export function aggregate(problems: readonly LabelProblem[]): string {
  const texts = [...new Set(problems.map(({ message }) => message))];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}
