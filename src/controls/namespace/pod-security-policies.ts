// PodSecurityPolicy, which Kubernetes removed in 1.25: leftovers enforce nothing, and whoever counts on them is unprotected. For clusters that
// are older, eight questions whether any policy forbids something: one that does may be enough, since users pick the policies they are bound
// to. Those are off until asked for. One file, as the eight differ in a field only.

import { compareReleases } from '../../kube/version/version.ts';
import { asList, asObject, dig, type Json, type JsonObject } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { type Control, control, fail, type Outcome, objects, type Severity, wholeSnapshot } from '../control.ts';
import { cluster } from '../examples.ts';
import type { FrameworkId } from '../frameworks.ts';

export const podSecurityPolicyLeftover = control({
  id: 'namespace/pod-security-policy-leftover',
  aliases: [],
  severity: 'medium',
  title: 'No PodSecurityPolicy is left over',
  why: 'Kubernetes 1.25 removed PodSecurityPolicy: these objects enforce nothing, and pods they were meant to stop are admitted.',
  fix: 'Enforce the Pod Security Standards with labels on namespaces, then delete the policies and the roles that use them.',
  frameworks: ['cis:5.2.1', 'owasp:K04', 'owasp:K10'],
  on: objects('policy/PodSecurityPolicy', 'extensions/PodSecurityPolicy'),
  check: ({ resource }, { snapshot }) =>
    compareReleases(snapshot.facts.kubernetesVersion, '1.25') < 0
      ? []
      : [fail('/kind', 'removed', `PodSecurityPolicy "${resource.name}" has had no effect since Kubernetes 1.25`)],
  examples: {
    pass: () => [cluster()],
    fail: () => [cluster(policy({}))],
  },
  overlaps: ['hygiene/api-version-served'],
});

interface Row {
  readonly name: string;
  readonly alias: string;
  readonly cis: FrameworkId;
  readonly severity: Severity;
  /** What the policies would forbid. */
  readonly what: string;
  readonly path: string;
  readonly forbids: (spec: JsonObject) => boolean;
}

const isNot = (key: string) => (spec: JsonObject) => spec[key] !== true;

const rows: readonly Row[] = [
  {
    name: 'privileged',
    alias: 'C-0213',
    cis: 'cis:5.2.2',
    severity: 'high',
    what: 'privileged containers',
    path: '/spec/privileged',
    forbids: isNot('privileged'),
  },
  {
    name: 'host-pid',
    alias: 'C-0214',
    cis: 'cis:5.2.3',
    severity: 'medium',
    what: "the host's processes",
    path: '/spec/hostPID',
    forbids: isNot('hostPID'),
  },
  {
    name: 'host-ipc',
    alias: 'C-0215',
    cis: 'cis:5.2.4',
    severity: 'medium',
    what: "the host's IPC",
    path: '/spec/hostIPC',
    forbids: isNot('hostIPC'),
  },
  {
    name: 'host-network',
    alias: 'C-0216',
    cis: 'cis:5.2.5',
    severity: 'medium',
    what: "the host's network",
    path: '/spec/hostNetwork',
    forbids: isNot('hostNetwork'),
  },
  {
    name: 'escalation',
    alias: 'C-0217',
    cis: 'cis:5.2.6',
    severity: 'medium',
    what: 'privilege escalation',
    path: '/spec/allowPrivilegeEscalation',
    forbids: (spec) => spec.allowPrivilegeEscalation === false,
  },
  {
    name: 'root',
    alias: 'C-0218',
    cis: 'cis:5.2.7',
    severity: 'medium',
    what: 'containers that run as root',
    path: '/spec/runAsUser/rule',
    forbids: forbidsRoot,
  },
  {
    name: 'added-capabilities',
    alias: 'C-0219',
    cis: 'cis:5.2.9',
    severity: 'medium',
    what: 'added capabilities',
    path: '/spec/allowedCapabilities',
    forbids: (spec) => asList(spec.allowedCapabilities).length === 0,
  },
  {
    name: 'capabilities',
    alias: 'C-0220',
    cis: 'cis:5.2.9',
    severity: 'medium',
    what: 'the default capabilities',
    path: '/spec/requiredDropCapabilities',
    forbids: (spec) => asList(spec.requiredDropCapabilities).length > 0,
  },
];

function forbidsRoot(spec: JsonObject): boolean {
  const rule = dig(spec, 'runAsUser', 'rule');
  return (
    rule === 'MustRunAsNonRoot' ||
    (rule === 'MustRunAs' && asList(dig(spec, 'runAsUser', 'ranges')).every((range) => Number(asObject(range).min) > 0))
  );
}

const permissive: JsonObject = {
  allowPrivilegeEscalation: true,
  allowedCapabilities: ['*'],
  hostIPC: true,
  hostNetwork: true,
  hostPID: true,
  privileged: true,
  runAsUser: { rule: 'RunAsAny' },
};

export const podSecurityPolicies: readonly Control[] = rows.map(({ name, alias, cis, severity, what, path, forbids }) =>
  control<Snapshot>({
    id: `namespace/pod-security-policy-${name}`,
    aliases: [alias],
    severity,
    title: `A PodSecurityPolicy forbids ${what}`,
    why: `Before Kubernetes 1.25, pods with ${what} were kept out by PodSecurityPolicy alone; no policy here does.`,
    fix: 'Restrict one of the policies, bind workloads to it, and move on to the Pod Security Standards.',
    frameworks: [cis],
    enabled: false,
    on: wholeSnapshot,
    check: (snapshot) =>
      everyoneAllows(snapshot, forbids).map(
        (resource): Outcome => fail(path, 'allowed', `no PodSecurityPolicy forbids ${what}, "${resource.name}" neither`, { resource }),
      ),
    examples: {
      pass: () => [cluster()],
      fail: () => [cluster(policy(permissive))],
    },
    overlaps: ['namespace/pod-security-policy-leftover', 'hygiene/api-version-served'],
  }),
);

/** The policies, where not one forbids it. */
function everyoneAllows(snapshot: Snapshot, forbids: (spec: JsonObject) => boolean): readonly Resource[] {
  const all = ['policy', 'extensions'].flatMap((group) => ofKind(snapshot, group, 'PodSecurityPolicy'));
  return all.some(({ object }) => forbids(asObject(object.spec))) ? [] : all;
}

function policy(spec: Json) {
  return { apiVersion: 'policy/v1beta1', kind: 'PodSecurityPolicy', metadata: { name: 'permissive' }, spec };
}
