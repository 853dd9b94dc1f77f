// References to Secrets and ConfigMaps that are not there: the pod waits for ever, or an image is pulled by nobody. Where the snapshot is a live
// cluster, or holds other objects of that kind in the namespace, what is not among them is missing; else it may well come from elsewhere, and
// the answer is unknown. Objects that controllers make from others (SealedSecret, ExternalSecret, Certificate) count, as do those the cluster makes.

import { asObject, asString, dig } from '../../lib/json.ts';
import { find, ofKind } from '../../snapshot/lookup.ts';
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
  check: ({ resource, pod }, { snapshot }) => referencesOf(pod).flatMap((reference) => judge(snapshot, resource, reference)),
  examples: {
    pass: () => [cluster(configMap('app'), withContainer({ envFrom: [{ configMapRef: { name: 'app' } }] }))],
    fail: () => [
      cluster(configMap('other'), withContainer({ envFrom: [{ configMapRef: { name: 'app' } }] })),
      cluster(configMap('app'), withContainer({ env: [{ name: 'MODE', valueFrom: { configMapKeyRef: { name: 'app', key: 'mod' } } }] })),
    ],
  },
});

function judge(snapshot: Snapshot, resource: Resource, reference: Reference): readonly Outcome[] {
  const { kind, name, key, optional, path } = reference;
  if (optional) return [];
  const more = reference.container === undefined ? {} : { container: reference.container };
  const target = find(snapshot, '', kind, resource.namespace, name);
  if (target !== undefined) {
    const entries = ['data', 'stringData', 'binaryData'].map((field) => asObject(target.object[field]));
    const unread = entries.every((entry) => Object.keys(entry).length === 0);
    if (key === undefined || unread || entries.some((entry) => Object.hasOwn(entry, key))) return [];
    return [fail(`${path}/key`, 'no-such-key', `${kind} "${name}" has no entry "${key}"`, more)];
  }
  if (isMade(snapshot, resource.namespace, kind, name)) return [];
  const known = snapshot.facts.live || ofKind(snapshot, '', kind).some((other) => other.namespace === resource.namespace);
  const detail = `${kind} "${name}" is not in namespace "${resource.namespace}"`;
  return [known ? fail(path, 'missing', detail, more) : unknown(path, 'not-in-input', `${kind} "${name}" is not in the input`, more)];
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
