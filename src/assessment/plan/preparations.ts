// What must come before what: a plug-in that enforces before policies that deny, warnings before refusals, signing before verifying, a backup
// that was restored before a change that may lose data, another way to sign in before the last one goes. What is seen to be there already is
// no work any more.

import { dig, stringMap } from '../../lib/json.ts';
import { enforcement } from '../../network/enforcement.ts';
import { network } from '../../network/network.ts';
import { find, ofKind } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { FixPackage } from '../packages/package.ts';
import type { Theme } from '../packages/themes.ts';

export interface Preparation {
  readonly id: string;
  readonly title: string;
  readonly theme: Theme;
  readonly effort: { readonly p50: number; readonly p80: number };
  /** How anyone sees that it is done. */
  readonly acceptance: readonly string[];
  readonly before: (one: FixPackage) => boolean;
  readonly isDone: (snapshot: Snapshot, one: FixPackage) => boolean;
}

const enforced = new WeakMap<Snapshot, boolean>();

/** True where every kind of policy that is there is enforced by a plug-in that was seen. */
function isEnforced(snapshot: Snapshot): boolean {
  let known = enforced.get(snapshot);
  if (known === undefined) {
    const states = enforcement(snapshot, network(snapshot).policies);
    known = states.length > 0 && states.every(({ state }) => state === 'enforced');
    enforced.set(snapshot, known);
  }
  return known;
}

const asks = (one: FixPackage, ...controls: readonly string[]) => controls.some((control) => one.acceptance.includes(control));

export const preparations: readonly Preparation[] = [
  {
    id: 'prepare-network-plugin',
    title: 'Make sure that the network plug-in enforces NetworkPolicy',
    theme: 'segmentation',
    effort: { p50: 0.5, p80: 3 },
    acceptance: ['a denied connection times out in a test namespace'],
    before: ({ theme }) => theme === 'segmentation',
    isDone: isEnforced,
  },
  {
    id: 'prepare-pod-security-warnings',
    title: 'Let Pod Security warn and audit for one sprint before it refuses',
    theme: 'admission',
    effort: { p50: 0.5, p80: 1 },
    acceptance: ['namespaces carry pod-security.kubernetes.io/warn and audit, and no warning is left unread'],
    before: (one) => asks(one, 'namespace/pod-security-baseline', 'namespace/pod-security-restricted'),
    isDone: (snapshot, { namespaces, findings }) =>
      [...namespaces, ...findings.map(({ subject }) => (subject.kind === 'Namespace' ? subject.name : subject.namespace))].every((name) => {
        const labels = stringMap(dig(find(snapshot, '', 'Namespace', '', name)?.object, 'metadata', 'labels'));
        return labels['pod-security.kubernetes.io/warn'] !== undefined;
      }),
  },
  {
    id: 'prepare-signing',
    title: 'Sign images in the build before their signatures are asked for',
    theme: 'images',
    effort: { p50: 3, p80: 6 },
    acceptance: ['every image that is deployed has a signature'],
    before: (one) => asks(one, 'supply-chain/image-signature'),
    isDone: () => false,
  },
  {
    id: 'prepare-backup',
    title: 'Back up what is made anew with its volumes, and restore it once',
    theme: 'reliability',
    effort: { p50: 2, p80: 4 },
    acceptance: ['a restore of the youngest backup was tried and its data read'],
    before: (one) =>
      asks(
        one,
        'reliability/statefulset-service',
        'reliability/claim-unbound',
        'hygiene/claim-template-annotations',
        'secrets/volume-encryption',
      ),
    isDone: (snapshot) => ofKind(snapshot, 'velero.io', 'Schedule').length > 0 && ofKind(snapshot, 'velero.io', 'Restore').length > 0,
  },
  {
    id: 'prepare-sign-in',
    title: 'Give people another way to sign in before client certificates and shared groups go',
    theme: 'rights',
    effort: { p50: 3, p80: 6 },
    acceptance: ['every person signs in through the identity provider'],
    before: (one) => asks(one, 'identity/masters-bound'),
    isDone: () => false,
  },
];

/** Packages that come before refusing pods: workloads must meet the level first. */
export function meetsFirst(one: FixPackage, all: readonly FixPackage[]): readonly string[] {
  if (!asks(one, 'namespace/pod-security-baseline', 'namespace/pod-security-restricted')) return [];
  const homes = new Set(one.findings.map(({ subject }) => (subject.kind === 'Namespace' ? subject.name : subject.namespace)));
  const wanted: ReadonlySet<Theme> = asks(one, 'namespace/pod-security-restricted')
    ? new Set<Theme>(['isolation', 'hardening'])
    : new Set<Theme>(['isolation']);
  return all.filter((other) => wanted.has(other.theme) && other.namespaces.some((name) => homes.has(name))).map(({ id }) => id);
}
