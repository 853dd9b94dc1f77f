// Pod Security Admission (k8s.io/pod-security-admission 0.36, admission/admission.go): which requests are looked at, who is exempt, what the
// labels of a namespace enforce, warn about and audit, and the labels themselves. Left out: the second after which the API server stops
// looking at existing pods; the limit of 3,000 pods is kept.

import { isKubeObject } from '../../kube/object.ts';
import { podsOf } from '../../kube/pod/lower.ts';
import type { Pod } from '../../kube/pod/types.ts';
import { field, stringMap } from '../../lib/json.ts';
import type { AdmissionInput } from '../admission.ts';
import { type AdmissionRequest, namespaceOf } from '../admission-request.ts';
import { forbidden, type Refusal } from '../verdict.ts';
import { aggregate, allowed, judge, type PodSecurityAnswer, shown } from './answer.ts';
import { defaultConfiguration, type PodSecurityConfiguration } from './configuration.ts';
import { forbiddenDetail } from './evaluate.ts';
import { type LabelProblem, type LevelVersion, type PodSecurityPolicy, policyOf } from './labels.ts';
import { namespaceAnswer } from './namespace.ts';
import { isLookedInto, isPods, isSignificant } from './significant.ts';

const prefix = 'pod-security.kubernetes.io/';
const annotated = (key: string, value: string): PodSecurityAnswer => ({ warnings: [], auditAnnotations: { [prefix + key]: value } });

const controllers: ReadonlyMap<string, readonly string[]> = new Map([
  ['', ['replicationcontrollers', 'podtemplates']],
  ['apps', ['replicasets', 'deployments', 'statefulsets', 'daemonsets']],
  ['batch', ['jobs', 'cronjobs']],
]);

/** What Pod Security Admission answers to a request. */
export function podSecurityAdmission(
  request: AdmissionRequest,
  configuration: PodSecurityConfiguration = defaultConfiguration,
): PodSecurityAnswer {
  const { operation, resource } = request.input;
  // The plugin handles what is created and changed.
  if (operation !== 'CREATE' && operation !== 'UPDATE') return allowed;
  if (resource.group === '' && resource.resource === 'namespaces') return namespaceAnswer(request, configuration);
  const enforce = isPods(resource);
  if (!enforce && controllers.get(resource.group)?.includes(resource.resource) !== true) return allowed;
  return isLookedInto(request.input) ? podAnswer(request, configuration, enforce) : allowed;
}

/** Pods are refused; of what makes pods only warnings and audit annotations come. */
function podAnswer(request: AdmissionRequest, configuration: PodSecurityConfiguration, enforce: boolean): PodSecurityAnswer {
  const { input } = request;
  const { exemptions, defaults } = configuration;
  if (input.namespace !== '' && exemptions.namespaces.includes(input.namespace)) return annotated('exempt', 'namespace');
  const { username = '' } = input.userInfo;
  if (username !== '' && exemptions.usernames.includes(username)) return annotated('exempt', 'user');
  const namespace = namespaceOf(request);
  if (namespace === undefined) return withoutNamespace(input, enforce);
  const { policy, problems } = policyOf(stringMap(field(namespace.metadata, 'labels')), defaults);
  const lax = policy.warn.level === 'privileged' && policy.audit.level === 'privileged';
  if (problems.length === 0 && lax && (!enforce || policy.enforce.level === 'privileged'))
    return enforce ? annotated('enforce-policy', 'privileged:latest') : allowed;
  if (!isSignificant(input)) return allowed;
  const [pod] = isKubeObject(input.object) ? podsOf(input.object) : [];
  if (pod === undefined) return allowed;
  const { runtimeClassName } = pod.spec;
  if (typeof runtimeClassName === 'string' && exemptions.runtimeClasses.includes(runtimeClassName))
    return annotated('exempt', 'runtimeClass');
  return judged(input, pod, policy, problems, enforce, configuration);
}

function withoutNamespace(input: AdmissionInput, enforce: boolean): PodSecurityAnswer {
  const message = `failed to lookup namespace ${JSON.stringify(input.namespace)}`;
  const annotation = annotated('error', `${message}: namespaces ${JSON.stringify(input.namespace)} not found`);
  if (!enforce) return annotation;
  return {
    ...annotation,
    refusal: {
      code: 500,
      reason: 'InternalError',
      message: `Internal error occurred: ${message}`,
      details: { causes: [{ reason: '', message }] },
    },
  };
}

function judged(
  input: AdmissionInput,
  pod: Pod,
  { enforce: enforced, audit, warn }: PodSecurityPolicy,
  problems: readonly LabelProblem[],
  enforce: boolean,
  configuration: PodSecurityConfiguration,
): PodSecurityAnswer {
  const auditAnnotations: Record<string, string> = {};
  if (problems.length > 0) auditAnnotations[`${prefix}error`] = `Failed to parse policy: ${aggregate(problems)}`;
  let refusal: Refusal | undefined;
  if (enforce) {
    auditAnnotations[`${prefix}enforce-policy`] = shown(enforced);
    const result = judge(pod, enforced, configuration);
    if (!result.allowed) refusal = forbidden(input, `violates PodSecurity "${shown(enforced)}": ${forbiddenDetail(result.violations)}`);
  }
  const would = (mode: LevelVersion): string | undefined => {
    const result = judge(pod, mode, configuration);
    return result.allowed ? undefined : `would violate PodSecurity "${shown(mode)}": ${forbiddenDetail(result.violations)}`;
  };
  const violations = would(audit);
  if (violations !== undefined) auditAnnotations[`${prefix}audit-violations`] = violations;
  const warning = refusal === undefined ? would(warn) : undefined;
  return { ...(refusal !== undefined && { refusal }), warnings: warning === undefined ? [] : [warning], auditAnnotations };
}
