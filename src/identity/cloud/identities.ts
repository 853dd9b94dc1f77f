// Identities across the border of a cluster: who of a cloud is somebody in Kubernetes (inbound), and which service account is somebody in
// the cloud (outbound). Objects of the cluster tell a part; the rest is in the cloud and arrives as exported JSON. What was not exported is
// named as unknown, never taken for none.

import type { Problem } from '../../lib/problem.ts';

export type Provider = 'EKS' | 'AKS' | 'GKE';

/** Rights that the cloud's own authorizer gives beside RBAC, invisible in the cluster's objects. */
export interface CloudRight {
  /** `AmazonEKSClusterAdminPolicy`, `roles/container.admin`. */
  readonly name: string;
  /** Undefined: the whole cluster. */
  readonly namespaces: readonly string[] | undefined;
  /** What is known of it: everything, reading everything, or as the cloud documents it, which is not modelled. */
  readonly gives: 'everything' | 'reading everything' | 'unknown';
}

export interface Inbound {
  readonly provider: Provider;
  /** In the cloud: an ARN, an object id, an address; may be a class of principals in words. */
  readonly principal: string;
  /** The user's name in Kubernetes; empty where the cloud decides it. */
  readonly user: string;
  readonly groups: readonly string[];
  readonly rights: readonly CloudRight[];
  /** Where this is written: `ConfigMap kube-system/aws-auth, mapRoles`. */
  readonly source: string;
  /** What is worth knowing about it. */
  readonly note: string;
}

export interface Outbound {
  readonly provider: Provider;
  readonly namespace: string;
  /** The service account; `*` for pods of every one. */
  readonly serviceAccount: string;
  /** The role, identity or account of the cloud. */
  readonly role: string;
  readonly source: string;
  /** Whether the cloud lets it: undefined where the trust was not exported. */
  readonly trusted: boolean | undefined;
  readonly note: string;
}

export interface CloudIdentities {
  readonly inbound: readonly Inbound[];
  readonly outbound: readonly Outbound[];
  /** What would have to be exported to know more, as sentences. */
  readonly unknown: readonly string[];
  readonly problems: readonly Problem[];
}

/** True where the principal may be this user or member of this group; names with `{{…}}` stand for any text there. */
export function standsFor({ user, groups }: Inbound, subject: { readonly kind: string; readonly name: string }): boolean {
  if (subject.kind === 'Group') return groups.includes(subject.name);
  return subject.kind === 'User' && user !== '' && matchesTemplate(user, subject.name);
}

function matchesTemplate(template: string, name: string): boolean {
  const parts = template.split(/\{\{[^{}]*\}\}/);
  if (parts.length === 1) return template === name;
  const [first = '', ...rest] = parts;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const [index, part] of rest.entries()) {
    const last = index === rest.length - 1;
    const found = last ? name.length - part.length : name.indexOf(part, at + 1);
    if (found < at + 1 || !name.startsWith(part, found)) return false;
    at = found + part.length;
  }
  return true;
}
