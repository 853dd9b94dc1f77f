// What Pod Security Admission says of a Namespace (k8s.io/pod-security-admission 0.36): labels must be right when it is made and when they
// change; where more is enforced than before, the pods that are there and would no longer be let in are warned about.

import { isKubeObject } from '../../kube/object.ts';
import { podsOf } from '../../kube/pod/lower.ts';
import { asList, asString, dig, field, type JsonObject, sameJson, stringMap } from '../../lib/json.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import { aggregate, allowed, judge, type PodSecurityAnswer, shown } from './answer.ts';
import { type Level, levels } from './check.ts';
import type { PodSecurityConfiguration } from './configuration.ts';
import { type LabelProblem, type LevelVersion, labelPrefix, type PodSecurityPolicy, policyOf } from './labels.ts';

export function namespaceAnswer(request: AdmissionRequest, configuration: PodSecurityConfiguration): PodSecurityAnswer {
  const { operation, object, oldObject, subResource, namespace } = request.input;
  if (subResource !== '') return allowed;
  const labels = stringMap(dig(object, 'metadata', 'labels'));
  const { policy, problems } = policyOf(labels, configuration.defaults);
  const exempt = namespace !== '' && configuration.exemptions.namespaces.includes(namespace);
  if (operation === 'CREATE') {
    if (problems.length > 0) return refused(request, problems);
    return exempt ? ignored(request, policy, labels, configuration) : allowed;
  }
  const old = policyOf(stringMap(dig(oldObject, 'metadata', 'labels')), configuration.defaults);
  if (problems.length > 0 && !sameJson(problems, old.problems)) return refused(request, problems);
  const [now, before] = [policy.enforce, old.policy.enforce];
  const same = now.level === before.level && now.version === before.version;
  const relaxed = now.version === before.version && levels.indexOf(now.level) <= levels.indexOf(before.level);
  if (same || now.level === 'privileged' || relaxed) return allowed;
  if (exempt) return ignored(request, policy, labels, configuration);
  return { warnings: existingPods(request, now, configuration), auditAnnotations: {} };
}

function refused({ input }: AdmissionRequest, problems: readonly LabelProblem[]): PodSecurityAnswer {
  const { group, kind } = input.kind;
  const name = nameOf(input.name, input.object);
  return {
    ...allowed,
    refusal: {
      code: 422,
      reason: 'Invalid',
      message: `${group === '' ? kind : `${kind}.${group}`} ${JSON.stringify(name)} is invalid: ${aggregate(problems)}`,
      details: {
        name,
        ...(group !== '' && { group }),
        kind,
        causes: problems.map(({ label, message }) => {
          const place = `metadata.labels[${label}]`;
          return { reason: 'FieldValueInvalid', field: place, message: message.slice(place.length + 2) };
        }),
      },
    },
  };
}

function nameOf(name: string, object: unknown): string {
  return name === '' ? (asString(dig(object, 'metadata', 'name')) ?? '') : name;
}

/** Labels of an exempt namespace do nothing, which is said. */
function ignored(
  { input }: AdmissionRequest,
  policy: PodSecurityPolicy,
  labels: Readonly<Record<string, string>>,
  { defaults }: PodSecurityConfiguration,
): PodSecurityAnswer {
  const modes = ['enforce', 'audit', 'warn'] as const;
  const lax = (level: Level) => level === 'privileged';
  if (modes.every((mode) => lax(policy[mode].level))) return allowed;
  const alike = (a: LevelVersion, b: LevelVersion) => (lax(a.level) && lax(b.level)) || (a.level === b.level && a.version === b.version);
  if (modes.every((mode) => alike(policy[mode], defaults[mode]))) return allowed;
  const set = (mode: string) => Object.hasOwn(labels, labelPrefix + mode) || Object.hasOwn(labels, `${labelPrefix}${mode}-version`);
  const texts = modes.filter((mode) => !lax(policy[mode].level) && set(mode)).map((mode) => `${mode}=${shown(policy[mode])}`);
  const name = nameOf(input.name, input.object);
  const warning = `namespace ${JSON.stringify(name)} is exempt from Pod Security, and the policy (${texts.join(', ')}) will be ignored`;
  return { warnings: [warning], auditAnnotations: {} };
}

const maxPods = 3000;

function existingPods(
  { input, context }: AdmissionRequest,
  enforced: LevelVersion,
  configuration: PodSecurityConfiguration,
): readonly string[] {
  const name = nameOf(input.name, input.object);
  if (context.pods === undefined) return ['failed to list pods while checking new PodSecurity enforce level'];
  const pods = prioritized(context.pods(name), configuration);
  const checked = pods.slice(0, maxPods);
  const found = new Map<string, { first: string; count: number }>();
  for (const object of checked) {
    const [pod] = isKubeObject(object) ? podsOf(object) : [];
    const result = pod === undefined ? undefined : judge(pod, enforced, configuration);
    if (result === undefined || result.allowed) continue;
    const reason = result.violations.map((violation) => violation.reason).join(', ');
    const podName = asString(dig(object, 'metadata', 'name')) ?? '';
    const known = found.get(reason);
    if (known === undefined) found.set(reason, { first: podName, count: 1 });
    else {
      known.count++;
      if (podName < known.first) known.first = podName;
    }
  }
  const warnings: string[] = [];
  if (checked.length < pods.length)
    warnings.push(`new PodSecurity enforce level only checked against the first ${checked.length} of ${pods.length} existing pods`);
  if (found.size > 0)
    warnings.push(`existing pods in namespace ${JSON.stringify(name)} violate the new PodSecurity enforce level "${shown(enforced)}"`);
  return [...warnings, ...[...found].map(([reason, { first, count }]) => `${first}${others(count - 1)}: ${reason}`).sort()];
}

function others(count: number): string {
  if (count === 0) return '';
  return count === 1 ? ' (and 1 other pod)' : ` (and ${count} other pods)`;
}

/** One pod of each controller first; those of exempt runtime classes not at all. */
function prioritized(pods: readonly JsonObject[], { exemptions }: PodSecurityConfiguration): readonly JsonObject[] {
  const seen = new Set<unknown>();
  const first: JsonObject[] = [];
  const rest: JsonObject[] = [];
  for (const pod of pods) {
    const runtimeClass = dig(pod, 'spec', 'runtimeClassName');
    if (typeof runtimeClass === 'string' && exemptions.runtimeClasses.includes(runtimeClass)) continue;
    const owner = asList(dig(pod, 'metadata', 'ownerReferences')).find((reference) => field(reference, 'controller') === true);
    const uid = owner === undefined ? undefined : field(owner, 'uid');
    if (uid !== undefined && seen.has(uid)) rest.push(pod);
    else first.push(pod);
    if (uid !== undefined) seen.add(uid);
  }
  return [...first, ...rest];
}
