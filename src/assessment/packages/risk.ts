// The risk of a finding by itself: R = 100 · L · I · (1 − C). Likelihood L joins how near an attacker gets (exposure) with how useful the
// weakness is to him (exploit): 1 − (1 − exposure)(1 − exploit), normalised by the exploit, since by itself it gives a missing label on an
// open service 80 of 100. Impact I is what is held from there, C what was seen to stand against it. Each factor keeps its reason.

import type { Finding } from '../../controls/result.ts';
import { groupVersion } from '../../kube/object.ts';
import { find } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import type { Factor, FindingRisk } from './package.ts';
import { surroundings } from './surroundings.ts';
import { exploitOf } from './themes.ts';

/** What stands against an attacker in a container: controls that were judged and hold for the same object. */
const defences: readonly (readonly [control: string, weight: number, words: string])[] = [
  ['workload/run-as-non-root', 0.15, 'does not run as root'],
  ['workload/privilege-escalation', 0.1, 'cannot gain privileges'],
  ['workload/seccomp-profile', 0.1, 'has a seccomp profile'],
  ['workload/read-only-root-filesystem', 0.05, 'has a read-only root'],
  ['workload/drop-all-capabilities', 0.1, 'has dropped its capabilities'],
];
const mostCompensation = 0.4;
/** Weaknesses that defences inside the container do nothing against. */
const overrules = new Set(['workload/privileged', 'workload/runtime-socket', 'workload/host-pid', 'workload/host-network']);

export interface RiskModel {
  readonly of: (finding: Finding) => FindingRisk;
  readonly resourceOf: (finding: Finding) => Resource | undefined;
}

/** Weighs findings of a snapshot; `judged` are the controls that ran. */
export function riskModel(snapshot: Snapshot, findings: readonly Finding[], judged: ReadonlySet<string>): RiskModel {
  const around = surroundings(snapshot);
  const failing = new Set(findings.map(({ control, subject }) => `${control} ${subject.kind}/${subject.namespace}/${subject.name}`));
  const open = new Set(
    findings
      .filter(({ control }) => control === 'exposure/unauthenticated-service' || control === 'exposure/sensitive-interface')
      .map(({ subject }) => `${subject.kind}/${subject.namespace}/${subject.name}`),
  );
  const resourceOf = ({ subject }: Finding): Resource | undefined =>
    subject.kind === 'Cluster'
      ? undefined
      : find(snapshot, groupVersion(subject.apiVersion).group, subject.kind, subject.namespace, subject.name);
  return {
    resourceOf,
    of: (finding) => {
      const resource = resourceOf(finding);
      const subject = `${finding.subject.kind}/${finding.subject.namespace}/${finding.subject.name}`;
      const exposure = open.has(subject) ? { value: 1, why: 'it answers anyone without asking who he is' } : around.exposureOf(resource);
      const exploit: Factor = {
        value: exploitOf(finding.control, finding.severity),
        why: `${finding.severity}: ${finding.title}`,
      };
      const impact = around.impactOf(resource);
      const compensation = compensationOf(finding, subject, resource, failing, judged);
      const likelihood = exploit.value * (1 - (1 - exposure.value) * (1 - exploit.value));
      const score = 100 * likelihood * impact.value * (1 - compensation.value);
      return {
        score: Math.round(score * 10) / 10,
        likelihood: Math.round(likelihood * 100) / 100,
        exposure,
        exploit,
        impact,
        compensation,
      };
    },
  };
}

function compensationOf(
  finding: Finding,
  subject: string,
  resource: Resource | undefined,
  failing: ReadonlySet<string>,
  judged: ReadonlySet<string>,
): Factor {
  if (resource === undefined || resource.pods.length === 0 || overrules.has(finding.control))
    return { value: 0, why: 'nothing seen stands against it' };
  const holding = defences.filter(
    ([control]) => control !== finding.control && judged.has(control) && !failing.has(`${control} ${subject}`),
  );
  if (holding.length === 0) return { value: 0, why: 'nothing seen stands against it' };
  const value = Math.min(
    mostCompensation,
    holding.reduce((sum, [, weight]) => sum + weight, 0),
  );
  return { value: Math.round(value * 100) / 100, why: `the container ${holding.map(([, , words]) => words).join(', ')}` };
}
