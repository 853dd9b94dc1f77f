// A package's changes as orders for kubectl: one patch an object, in the order of the repairs; deletions and additions of the attack graph
// beside them. Texts of Secrets never come into it: patches are of fields that controls look at.

import { inOrder } from '../../attack/in-order.ts';
import type { Change } from '../../attack/repair.ts';
import { groupVersion } from '../../kube/object.ts';
import type { JsonPatch } from '../../kube/patch/json-patch.ts';
import type { SourcePosition } from '../../lib/problem.ts';
import { printable, shellWord } from '../../lib/text.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import type { PackageChange, Remedy } from './package.ts';

export const mostChanges = 12;

export type Locate = (resource: Resource, path: string) => SourcePosition | undefined;

/** The changes, and how many there are in all. */
export function changesOf(remedy: Remedy, locate: Locate): { readonly changes: readonly PackageChange[]; readonly all: number } {
  const byTarget = new Map<string, { readonly words: string; readonly patch: JsonPatch[]; source: SourcePosition | undefined }>();
  for (const { finding, patch } of remedy.patches) {
    const { apiVersion, kind, namespace, name } = finding.subject;
    const words = targetWords(groupVersion(apiVersion).group, kind, namespace, name);
    const own = byTarget.get(words) ?? { words, patch: [], source: finding.source };
    own.patch.push(patch);
    byTarget.set(words, own);
  }
  const patched = [...byTarget.values()].map(
    ({ words, patch, source }): PackageChange => ({
      target: words,
      command: patchCommand(words, patch.flat()),
      ...(source === undefined ? {} : { source }),
    }),
  );
  const others = inOrder(remedy.repairs)
    .flat()
    .map((change) => ofChange(change, locate));
  const unique = [...new Map([...others, ...patched].map((change) => [change.command, change])).values()];
  return { changes: unique.slice(0, mostChanges), all: unique.length };
}

function ofChange(change: Change, locate: Locate): PackageChange {
  if (change.kind === 'add')
    return {
      target: change.object.kind,
      command: printable(`kubectl apply -f <(echo ${shellWord(JSON.stringify(change.object))})`),
    };
  const { group, kind, namespace, name } = change.resource;
  const words = targetWords(group, kind, namespace, name);
  const source = locate(change.resource, '');
  const place = source === undefined ? {} : { source };
  return change.kind === 'remove'
    ? { target: words, command: printable(`kubectl delete ${words}`), ...place }
    : { target: words, command: patchCommand(words, change.patch), ...place };
}

function targetWords(group: string, kind: string, namespace: string, name: string): string {
  const resource = `${kind.toLowerCase()}${group.includes('.') && !group.endsWith('.k8s.io') ? `.${group}` : ''}`;
  return `${shellWord(resource)} ${shellWord(name)}${namespace === '' ? '' : ` -n ${shellWord(namespace)}`}`;
}

function patchCommand(words: string, patch: JsonPatch): string {
  return printable(`kubectl patch ${words} --type=json -p ${shellWord(JSON.stringify(patch))}`);
}
