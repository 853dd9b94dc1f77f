// Warnings beside an answer: of API versions that are deprecated (k8s.io/apiserver/pkg/endpoints/deprecation, 1.36), and what becomes of
// warnings on their way into headers.

import { apiLifecycles } from '../../kube/version/deprecations.ts';
import { compareReleases } from '../../kube/version/version.ts';
import type { Server } from '../server.ts';
import type { Target } from '../target.ts';

/** The warning that goes with every answer about a deprecated API version. */
export function deprecationWarning(target: Target, { release }: Server): string | undefined {
  if (target.type.kind === 'custom') return target.type.deprecation;
  const life = lifecycles.get(`${target.apiVersion} ${target.kind}`);
  if (life?.deprecated === undefined || compareReleases(release.minor, life.deprecated) < 0) return undefined;
  const gone = life.removed === undefined ? '' : `, unavailable in v${life.removed}+`;
  // A server names what it has itself.
  const kind = life.replacementKind ?? life.kind;
  const instead = life.replacement === undefined || !release.knows(life.replacement, kind) ? '' : `; use ${life.replacement} ${kind}`;
  return `${target.apiVersion} ${target.kind} is deprecated in v${life.deprecated}+${gone}${instead}`;
}

const lifecycles = new Map(apiLifecycles.map((life) => [`${life.apiVersion} ${life.kind}`, life]));

/** Adds a warning that somebody else worded: none that is empty, and none that a header cannot hold. */
export function addWarning(warnings: string[], text: string): void {
  if (text !== '' && !/\p{Cc}/u.test(text)) warnings.push(text);
}

const longestTogether = 4096;
const longestShortened = 256;

/** The warnings that are sent: each once, and all of them short where they are too long together (WithWarningRecorder, 1.36). */
export function sentWarnings(warnings: readonly string[]): readonly string[] {
  const distinct = [...new Set(warnings)];
  if (lengthOf(distinct) <= longestTogether) return distinct;
  const sent: string[] = [];
  let written = 0;
  for (const [index, text] of distinct.entries()) {
    const isReplayed = lengthOf(distinct.slice(0, index + 1)) <= longestTogether;
    if (written >= longestTogether && !isReplayed) break;
    const short = [...text].slice(0, longestShortened).join('');
    written += [...short].length;
    sent.push(short);
  }
  return sent;
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + [...text].length, 0);
}
