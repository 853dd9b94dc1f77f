// Azure Kubernetes Service. Inbound: local accounts, Entra administrators, Azure RBAC (`az aks show`, `az role assignment list`); Entra users and
// groups stand in bindings under their own names and object ids. Outbound: Entra workload identity, by annotation and label, against the federated
// credentials of the identity (`az identity federated-credential list`), and the identity of the nodes.

import { annotationsOf, labelsOf } from '../../kube/object.ts';
import { asList, asString, dig, field, isObject, strings } from '../../lib/json.ts';
import { ofKind, workloads } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { CloudIdentities, CloudRight, Inbound, Outbound } from './identities.ts';

const clientId = 'azure.workload.identity/client-id';
const use = 'azure.workload.identity/use';

export function aksIdentities(snapshot: Snapshot, exports: readonly unknown[]): CloudIdentities {
  const cluster = exports.find((one) => field(one, 'aadProfile') !== undefined || field(one, 'disableLocalAccounts') !== undefined);
  const assignments = exports
    .flatMap((one) => (Array.isArray(one) ? one : [one]))
    .filter((one) => field(one, 'roleDefinitionName') !== undefined);
  const credentials = exports.flatMap((one) => (Array.isArray(one) ? one : [one])).filter(isFederated);
  const outbound = serviceAccounts(snapshot, credentials);
  const isAks = cluster !== undefined || snapshot.facts.distribution === 'aks' || outbound.length > 0;
  const azureRbac = dig(cluster, 'aadProfile', 'enableAzureRbac') === true;
  const unknown = !isAks
    ? []
    : [
        ...(cluster === undefined ? ['AKS: local accounts, Entra administrators and Azure RBAC (az aks show)'] : []),
        ...(azureRbac && assignments.length === 0
          ? ['AKS: role assignments, which decide beside RBAC here (az role assignment list --scope CLUSTER --include-inherited)']
          : []),
        'AKS: members of Entra groups, which no export here holds',
      ];
  return {
    inbound: [...(cluster === undefined ? [] : ofCluster(cluster)), ...(azureRbac ? assignments.map(assigned) : [])],
    outbound: [...outbound, ...(cluster === undefined ? [] : nodeIdentity(cluster))],
    unknown,
    problems: [],
  };
}

function isFederated(one: unknown): boolean {
  return field(one, 'issuer') !== undefined && (asString(field(one, 'subject')) ?? '').startsWith('system:serviceaccount:');
}

const everything = (name: string): CloudRight => ({ name, namespaces: undefined, gives: 'everything' });

function ofCluster(cluster: unknown): readonly Inbound[] {
  const groups = strings(dig(cluster, 'aadProfile', 'adminGroupObjectIDs'));
  const local = field(cluster, 'disableLocalAccounts') !== true;
  return [
    ...(local
      ? [
          {
            provider: 'AKS' as const,
            principal: 'whoever may list the cluster administrator credential',
            user: 'masterclient',
            groups: ['system:masters', 'system:authenticated'],
            rights: [],
            source: 'local accounts are on',
            note: 'one certificate that everybody shares, without a person behind it; disableLocalAccounts ends it',
          },
        ]
      : []),
    ...groups.map(
      (id): Inbound => ({
        provider: 'AKS',
        principal: `Entra group ${id}`,
        user: '',
        groups: [id],
        rights: [everything('adminGroupObjectIDs')],
        source: 'az aks show, adminGroupObjectIDs',
        note: '',
      }),
    ),
  ];
}

function assigned(one: unknown): Inbound {
  const role = asString(field(one, 'roleDefinitionName')) ?? '';
  const scope = asString(field(one, 'scope')) ?? '';
  const namespace = /\/namespaces\/([^/]+)$/.exec(scope)?.[1];
  const gives = role === 'Azure Kubernetes Service RBAC Cluster Admin' ? 'everything' : 'unknown';
  return {
    provider: 'AKS',
    principal: asString(field(one, 'principalName')) ?? asString(field(one, 'principalId')) ?? '',
    user: '',
    groups: [],
    rights: [{ name: role, namespaces: namespace === undefined ? undefined : [namespace], gives }],
    source: 'Azure role assignment',
    note: '',
  };
}

function serviceAccounts(snapshot: Snapshot, credentials: readonly unknown[]): readonly Outbound[] {
  const using = new Set(
    workloads(snapshot).flatMap(({ namespace, pods }) =>
      pods.filter(({ labels }) => labels[use] === 'true').map((pod) => `${namespace}/${pod.spec.serviceAccountName ?? 'default'}`),
    ),
  );
  return ofKind(snapshot, '', 'ServiceAccount').flatMap(({ namespace, name, object }): readonly Outbound[] => {
    const role = annotationsOf(object)[clientId];
    const isUsed = using.has(`${namespace}/${name}`) || labelsOf(object)[use] === 'true';
    if (role === undefined && !using.has(`${namespace}/${name}`)) return [];
    const trusted =
      credentials.length === 0
        ? undefined
        : credentials.some((one) => field(one, 'subject') === `system:serviceaccount:${namespace}:${name}`);
    const notes = [
      ...(role === undefined ? ['the account names no client id; its pods may still ask for a token'] : []),
      ...(isUsed ? [] : [`no pod here has the label ${use}`]),
      ...(trusted === undefined ? ['federated credentials were not exported (az identity federated-credential list)'] : []),
      ...(trusted === false ? ['no federated credential names it'] : []),
    ];
    return [
      {
        provider: 'AKS',
        namespace,
        serviceAccount: name,
        role: role ?? '',
        source: `annotation ${clientId}`,
        trusted,
        note: notes.join('; '),
      },
    ];
  });
}

/** What a pod gets that reaches the metadata service. */
function nodeIdentity(cluster: unknown): readonly Outbound[] {
  const kubelet = dig(cluster, 'identityProfile', 'kubeletidentity');
  if (!isObject(kubelet)) return [];
  const pools = asList(field(cluster, 'agentPoolProfiles')).filter((pool) => dig(pool, 'networkProfile', 'podLinkLocalAccess') === 'None');
  return [
    {
      provider: 'AKS',
      namespace: '*',
      serviceAccount: '*',
      role: asString(kubelet.clientId) ?? asString(kubelet.resourceId) ?? '',
      source: 'identity of the nodes',
      trusted: true,
      note: `for pods that reach 169.254.169.254${pools.length === 0 ? '' : `; ${pools.length} node pools keep pods from it`}`,
    },
  ];
}
