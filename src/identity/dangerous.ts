// Rights that lead to more rights, to the host, or to what others keep secret, with what each gains (Kubernetes 1.36, "RBAC good practices",
// and the escalation catalogues of the field). Only single rights: chains of them are the attack graph's.

import { isAskedInNamespace } from './resources.ts';

export interface DangerousRight {
  readonly verb: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly gains: string;
}

const right = (verb: string, apiGroup: string, resource: string, gains: string): DangerousRight => ({ verb, apiGroup, resource, gains });
const rbac = 'rbac.authorization.k8s.io';
const certificates = 'certificates.k8s.io';
const admission = 'admissionregistration.k8s.io';

/** The rights that a grant in one namespace can hold. */
export function dangerousIn(namespace: string): readonly DangerousRight[] {
  return namespace === '' ? dangerous : inNamespaces;
}

/** What dangerous rights gain, each once; whoever has everything has the rest. */
export function gainsOf(rights: readonly DangerousRight[]): readonly string[] {
  return rights[0]?.gains === 'everything' ? ['everything'] : [...new Set(rights.map(({ gains }) => gains))];
}

export const dangerous: readonly DangerousRight[] = [
  right('*', '*', '*', 'everything'),
  right('escalate', rbac, 'clusterroles', 'any right, by rewriting a role'),
  right('escalate', rbac, 'roles', 'any right in a namespace, by rewriting a role'),
  right('bind', rbac, 'clusterroles', 'any role, by binding it'),
  right('impersonate', '', 'users', 'the rights of any user'),
  right('impersonate', '', 'groups', 'the rights of any group'),
  right('impersonate', '', 'serviceaccounts', 'the rights of any service account'),
  right('create', '', 'serviceaccounts/token', 'tokens of service accounts'),
  right('get', '', 'secrets', 'secrets by name'),
  right('list', '', 'secrets', 'all secrets'),
  right('watch', '', 'secrets', 'all secrets'),
  right('create', '', 'secrets', 'long-lived tokens of service accounts'),
  right('create', '', 'pods', 'the service accounts of the namespace, and nodes where Pod Security allows'),
  right('create', '', 'pods/exec', 'code in running pods'),
  right('get', '', 'pods/exec', 'code in running pods before Kubernetes 1.35'),
  right('create', '', 'pods/attach', 'the terminals of running pods'),
  right('patch', '', 'pods/ephemeralcontainers', 'code in running pods'),
  right('patch', '', 'pods', 'other images in running pods'),
  ...['deployments', 'daemonsets', 'statefulsets', 'replicasets'].flatMap((resource) => [
    right('create', 'apps', resource, 'pods of any kind the namespace admits'),
    right('patch', 'apps', resource, 'code as the service accounts of workloads'),
  ]),
  ...['jobs', 'cronjobs'].map((resource) => right('create', 'batch', resource, 'pods of any kind the namespace admits')),
  right('get', '', 'nodes/proxy', 'code in every pod of a node, past the audit log'),
  right('create', '', 'nodes/proxy', 'code in every pod of a node, past the audit log'),
  right('create', '', 'persistentvolumes', 'files of nodes'),
  right('patch', '', 'nodes', 'where pods run'),
  right('patch', '', 'namespaces', 'a namespace without its Pod Security level'),
  right('update', certificates, 'certificatesigningrequests/approval', 'certificates of any user, with approve on the signer'),
  right('create', admission, 'mutatingwebhookconfigurations', 'changes to any object'),
  right('patch', admission, 'mutatingwebhookconfigurations', 'changes to any object'),
  right('create', admission, 'validatingwebhookconfigurations', 'the sight of any object'),
  right('delete', admission, 'validatingwebhookconfigurations', 'admission without its guards'),
  right('delete', 'networking.k8s.io', 'networkpolicies', 'a network without its walls'),
];

const inNamespaces = dangerous.filter(({ verb, apiGroup, resource }) => isAskedInNamespace(verb, apiGroup, resource));
