// References to Secrets and ConfigMaps that are not there: the pod waits for ever, or an image is pulled by nobody. In a live cluster what is not
// found is missing. In manifests a ConfigMap is missing where its workload's file holds others of the namespace; else, and for Secrets, which
// are mostly made elsewhere, the answer is unknown. Objects that controllers make from others (SealedSecret, ExternalSecret, Certificate) count.

import { asObject, asString, dig } from '../../lib/json.ts';
import { named, ofKind } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { control, fail, type Outcome, pods, unknown } from '../control.ts';
import { cluster, withContainer } from '../examples.ts';
import { type Reference, type ReferredKind, referencesOf } from './references.ts';

export const missingReference = control({
  id: 'secrets/missing-reference',
  aliases: ['env-value-from'],
  severity: 'low',
  title: 'Secrets and ConfigMaps that workloads use are there',
  why: 'A pod whose Secret or ConfigMap is missing does not start, and whoever may create one of that name decides what the pod gets.',
  fix: 'Create the object, correct the name or the key, or mark the reference optional.',
  frameworks: ['owasp:K01'],
  on: pods,
  check: ({ resource, pod }, { snapshot }) => {
    const outcomes = referencesOf(pod).flatMap((reference) => judge(snapshot, resource, reference));
    const open = outcomes.filter(({ verdict }) => verdict === 'unknown');
    const [first] = open;
    const missing = outcomes.filter(({ verdict }) => verdict === 'fail');
    if (first === undefined) return missing;
    const named = [...new Set(open.map(({ detail }) => detail))];
    const more = named.length > shown ? ` and ${named.length - shown} more` : '';
    return [...missing, unknown(first.path, 'not-in-input', `not in the input: ${named.slice(0, shown).join(', ')}${more}`)];
  },
  examples: {
    pass: () => [cluster(configMap('app'), withContainer({ envFrom: [{ configMapRef: { name: 'app' } }] }))],
    fail: () => [
      cluster(configMap('other'), withContainer({ envFrom: [{ configMapRef: { name: 'app' } }] })),
      cluster(configMap('app'), withContainer({ env: [{ name: 'MODE', valueFrom: { configMapKeyRef: { name: 'app', key: 'mod' } } }] })),
    ],
  },
});

/** Names that one open question lists. */
const shown = 4;

/** Outcomes of one reference; those that are open carry the name alone, since a workload's are put into one. */
function judge(snapshot: Snapshot, resource: Resource, reference: Reference): readonly Outcome[] {
  const { kind, name, key, optional, path } = reference;
  if (optional) return [];
  const more = reference.container === undefined ? {} : { container: reference.container };
  const targets = named(snapshot, '', kind, resource.namespace, name);
  if (targets.length > 0) {
    if (key === undefined || targets.some((target) => mayHold(target, key))) return [];
    return [fail(`${path}/key`, 'no-such-key', `${kind} "${name}" has no entry "${key}"`, more)];
  }
  if (isMade(snapshot, resource.namespace, kind, name)) return [];
  const known = snapshot.facts.live || (kind === 'ConfigMap' && ofKind(snapshot, '', kind).some((other) => isBeside(other, resource)));
  const detail = `${kind} "${name}" is not in namespace "${resource.namespace}"`;
  return [known ? fail(path, 'missing', detail, more) : unknown(path, 'not-in-input', `${kind} "${name}"`, more)];
}

/** True where the object has the entry, or where its entries were not read. */
function mayHold(target: Resource, key: string): boolean {
  const entries = ['data', 'stringData', 'binaryData'].map((field) => asObject(target.object[field]));
  return entries.every((entry) => Object.keys(entry).length === 0) || entries.some((entry) => Object.hasOwn(entry, key));
}

/** True for objects of one namespace that were written into one file. */
function isBeside(a: Resource, b: Resource): boolean {
  if (a.namespace !== b.namespace) return false;
  return a.origin.kind === 'file' && b.origin.kind === 'file' ? a.origin.file === b.origin.file : a.origin.kind === b.origin.kind;
}

const makers: readonly (readonly [group: string, kind: string, ...name: readonly string[]])[] = [
  ['bitnami.com', 'SealedSecret', 'spec', 'template', 'metadata', 'name'],
  ['external-secrets.io', 'ExternalSecret', 'spec', 'target', 'name'],
  ['cert-manager.io', 'Certificate', 'spec', 'secretName'],
];

/** True for what a controller or the cluster itself makes. */
function isMade(snapshot: Snapshot, namespace: string, kind: ReferredKind, name: string): boolean {
  if (kind === 'ConfigMap') return name === 'kube-root-ca.crt' || name === 'openshift-service-ca.crt';
  return makers.some(([group, maker, ...keys]) =>
    ofKind(snapshot, group, maker).some(
      (resource) => resource.namespace === namespace && (asString(dig(resource.object, ...keys)) ?? resource.name) === name,
    ),
  );
}

function configMap(name: string) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data: { mode: 'fast' } };
}
