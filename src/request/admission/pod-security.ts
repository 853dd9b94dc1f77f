// PodSecurity: Pod Security Admission by the labels of namespaces and its own configuration, and what is wrong with such a configuration in the
// words of the server, which does not start with it (k8s.io/pod-security-admission/admission/api/validation, 0.36).

import { field, type Json, type JsonObject, strings } from '../../lib/json.ts';
import { podSecurityAdmission } from '../../policy/pod-security/admission.ts';
import { levels } from '../../policy/pod-security/check.ts';
import { duplicate, type FieldError, fieldErrorBody, invalid } from '../fields/error.ts';
import { fieldPath } from '../fields/path.ts';
import { type Complaints, dnsLabel, dnsSubdomain } from '../validate/meta/names.ts';
import type { Plugin } from './plugin.ts';
import { policyRequest } from './policies.ts';

export const podSecurity: Plugin = {
  name: 'PodSecurity',
  validate: (attributes) => {
    const answer = podSecurityAdmission(policyRequest(attributes), attributes.serving.server.configuration?.podSecurity);
    attributes.warnings.push(...answer.warnings);
    for (const [key, value] of Object.entries(answer.auditAnnotations)) attributes.audit.set(key, value);
    return answer.refusal;
  },
};

/** What is wrong with a configuration; undefined where nothing is. */
export function podSecurityProblem({ defaults, exemptions }: JsonObject): string | undefined {
  const found: string[] = [];
  for (const mode of ['enforce', 'audit', 'warn']) {
    const level = given(defaults, mode) ?? 'privileged';
    if (!levels.some((known) => known === level)) found.push(`${mode}: must be one of ${levels.join(', ')}`);
    if (!/^(?:latest|v1\.(?:0|[1-9][0-9]{0,17}))$/.test(given(defaults, `${mode}-version`) ?? 'latest'))
      found.push(`${mode}-version: must be "latest" or "v1.x"`);
  }
  if (found.length > 0) return `PodSecurity configuration error: ${together(found)}`;
  const errors = [
    ...names(exemptions, 'namespaces', dnsLabel),
    ...names(exemptions, 'runtimeClasses', dnsSubdomain),
    ...names(exemptions, 'usernames', (name) => (name === '' ? ['username must not be empty'] : [])),
  ];
  if (errors.length === 0) return undefined;
  return `PodSecurity invalid: ${together(errors.map((error) => `${error.field}: ${fieldErrorBody(error)}`))}`;
}

/** What stands there; nothing is the default. */
function given(defaults: Json | undefined, key: string): string | undefined {
  const value = field(defaults, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function names(exemptions: Json | undefined, key: string, rule: (name: string) => Complaints): readonly FieldError[] {
  const known = new Set<string>();
  return strings(field(exemptions, key)).flatMap((name, index): readonly FieldError[] => {
    const path = fieldPath('exemptions').child(key).index(index);
    const complaints = rule(name);
    if (complaints.length > 0) return [invalid(path, name, complaints.join(', '))];
    if (known.has(name)) return [duplicate(path, name)];
    known.add(name);
    return [];
  });
}

/** Errors as Go puts them together. */
export function together(texts: readonly string[]): string {
  const different = [...new Set(texts)];
  return different.length === 1 ? (different[0] ?? '') : `[${different.join(', ')}]`;
}
