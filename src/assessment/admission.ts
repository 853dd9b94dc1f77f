// Is there a gate at admission: labels of Pod Security that enforce, policies of the API server that are bound, or an engine of policies.

import { asList, dig } from '../lib/json.ts';
import { ofKind } from '../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import type { CheckContext, Judgement } from './check.ts';
import { labels } from './nodes.ts';
import { running } from './words.ts';

/** Kinds whose objects are policies that an engine enforces on what is admitted. */
const engines: readonly (readonly [group: string, kind: string, enforces: (object: unknown) => boolean])[] = [
  [
    'admissionregistration.k8s.io',
    'ValidatingAdmissionPolicyBinding',
    (object) => asList(dig(object, 'spec', 'validationActions')).includes('Deny'),
  ],
  ['kyverno.io', 'ClusterPolicy', (object) => enforcesInKyverno(object)],
  ['policies.kyverno.io', 'ValidatingPolicy', (object) => asList(dig(object, 'spec', 'validationActions')).includes('Deny')],
  ['kubewarden.io', 'ClusterAdmissionPolicy', (object) => dig(object, 'spec', 'mode') !== 'monitor'],
];

function enforcesInKyverno(object: unknown): boolean {
  const words = [
    dig(object, 'spec', 'validationFailureAction'),
    ...asList(dig(object, 'spec', 'rules')).map((rule) => dig(rule, 'validate', 'failureAction')),
  ];
  return words.some((word) => typeof word === 'string' && word.toLowerCase() === 'enforce');
}

function clusterGate(snapshot: Snapshot): Resource | undefined {
  for (const [group, kind, enforces] of engines) {
    const found = ofKind(snapshot, group, kind).find(({ object }) => enforces(object));
    if (found !== undefined) return found;
  }
  return snapshot.resources.find(
    ({ group, object }) => group === 'constraints.gatekeeper.sh' && (dig(object, 'spec', 'enforcementAction') ?? 'deny') === 'deny',
  );
}

/** Kinds that are about signatures of images by themselves. */
const signaturePolicies: readonly (readonly [group: string, kind: string])[] = [
  ['policy.sigstore.dev', 'ClusterImagePolicy'],
  ['policies.kyverno.io', 'ImageValidatingPolicy'],
  ['config.ratify.deislabs.io', 'Verifier'],
];

/** The policy by which signatures of images are verified at admission; undefined where none was seen. */
export function verifiesSignatures(snapshot: Snapshot): Resource | undefined {
  const own = signaturePolicies.flatMap(([group, kind]) => ofKind(snapshot, group, kind))[0];
  const kyverno = ofKind(snapshot, 'kyverno.io', 'ClusterPolicy').find(({ object }) =>
    asList(dig(object, 'spec', 'rules')).some((rule) => asList(dig(rule, 'verifyImages')).length > 0),
  );
  const connaisseur = ofKind(snapshot, 'apps', 'Deployment').find(({ name }) => name.startsWith('connaisseur'));
  return own ?? kyverno ?? connaisseur;
}

/** What is said where neither Namespaces nor policies are among the objects. */
export const noGateSeen = 'neither Namespaces nor policies are among the manifests';

/** One judgement for each namespace with workloads: what checks the pods that come there. None where neither Namespaces nor policies were seen. */
export function* gates({ snapshot }: CheckContext): Generator<Judgement> {
  const everywhere = clusterGate(snapshot);
  const seen = ofKind(snapshot, '', 'Namespace').length > 0 || everywhere !== undefined || snapshot.facts.live;
  if (!seen) return;
  const namespaces = new Map(ofKind(snapshot, '', 'Namespace').map((one) => [one.name, one]));
  for (const name of new Set(running(snapshot).map(({ namespace }) => namespace))) {
    const object = namespaces.get(name);
    const level = object === undefined ? undefined : labels(object)['pod-security.kubernetes.io/enforce'];
    const base = object === undefined ? {} : { resource: object, path: '/metadata/labels' };
    if (level === 'baseline' || level === 'restricted') yield { ...base, verdict: 'pass', detail: `namespace ${name} enforces ${level}` };
    else if (everywhere !== undefined)
      yield { ...base, verdict: 'pass', detail: `${everywhere.kind} ${everywhere.name} checks what comes` };
    else if (object === undefined) yield { verdict: 'unknown', detail: `namespace ${name}: neither its Namespace nor any policy was seen` };
    else yield { ...base, verdict: 'fail', detail: `namespace ${name}: nothing checks the pods that come` };
  }
}
