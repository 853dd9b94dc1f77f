// Google Kubernetes Engine. Inbound: legacy authorization, client certificates, groups of Google (`gcloud container clusters describe`) and roles of
// IAM (`gcloud projects get-iam-policy`), which decide beside RBAC. Outbound: Workload Identity, by annotation against the account's policy
// (`gcloud iam service-accounts get-iam-policy`), and the service account of the nodes.

import { annotationsOf } from '../../kube/object.ts';
import { asList, asString, dig, field, isObject, strings } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { CloudIdentities, Inbound, Outbound } from './identities.ts';

const annotation = 'iam.gke.io/gcp-service-account';

export function gkeIdentities(snapshot: Snapshot, exports: readonly unknown[]): CloudIdentities {
  const cluster = exports.find((one) => Array.isArray(field(one, 'nodePools')) || isObject(field(one, 'workloadIdentityConfig')));
  const policies = exports.flatMap((one) => asList(field(one, 'bindings')).filter((binding) => Array.isArray(field(binding, 'members'))));
  const outbound = serviceAccounts(snapshot, policies);
  const isGke = cluster !== undefined || snapshot.facts.distribution === 'gke' || outbound.length > 0;
  const container = policies.filter((binding) => (asString(field(binding, 'role')) ?? '').startsWith('roles/container.'));
  const basic = policies.filter((binding) => ['roles/owner', 'roles/editor'].includes(asString(field(binding, 'role')) ?? ''));
  const unknown = !isGke
    ? []
    : [
        ...(cluster === undefined
          ? ['GKE: legacy authorization, groups, node accounts and their metadata mode (gcloud container clusters describe)']
          : []),
        ...(container.length + basic.length === 0 ? ['GKE: roles of IAM, which decide beside RBAC (gcloud projects get-iam-policy)'] : []),
        'GKE: members of Google groups, which no export here holds',
      ];
  return {
    inbound: [...(cluster === undefined ? [] : ofCluster(cluster)), ...[...container, ...basic].flatMap(ofBinding)],
    outbound: [...outbound, ...(cluster === undefined ? [] : nodeAccounts(cluster))],
    unknown,
    problems: [],
  };
}

function ofCluster(cluster: unknown): readonly Inbound[] {
  const base = { provider: 'GKE' as const, rights: [], note: '' };
  const group = asString(dig(cluster, 'authenticatorGroupsConfig', 'securityGroup'));
  return [
    {
      ...base,
      principal: 'any Google account that reaches the API server',
      user: '{{address}}',
      groups: ['system:authenticated'],
      source: 'GKE itself',
      note: 'what system:authenticated is bound to, anybody with a Google account has',
    },
    ...(dig(cluster, 'authenticatorGroupsConfig', 'enabled') === true
      ? [
          {
            ...base,
            principal: `groups inside of ${group ?? 'gke-security-groups'}`,
            user: '',
            groups: [],
            source: 'authenticatorGroupsConfig',
            note: 'a Group in a binding is a Google group by its address',
          },
        ]
      : []),
    ...(dig(cluster, 'legacyAbac', 'enabled') === true
      ? [
          {
            ...base,
            principal: 'every authenticated user and service account',
            user: '',
            groups: ['system:authenticated', 'system:serviceaccounts'],
            rights: [{ name: 'legacy authorization', namespaces: undefined, gives: 'everything' as const }],
            source: 'legacyAbac is enabled',
            note: 'RBAC cannot take it away',
          },
        ]
      : []),
    ...((asString(dig(cluster, 'masterAuth', 'clientCertificate')) ?? '') === ''
      ? []
      : [
          {
            ...base,
            principal: 'whoever holds the client certificate',
            user: 'client',
            groups: [],
            source: 'masterAuth.clientCertificate',
          },
        ]),
  ];
}

function ofBinding(binding: unknown): readonly Inbound[] {
  const role = asString(field(binding, 'role')) ?? '';
  const gives = ['roles/container.admin', 'roles/owner'].includes(role) ? 'everything' : 'unknown';
  const condition = field(binding, 'condition') === undefined ? '' : 'under a condition';
  return strings(field(binding, 'members')).map((member): Inbound => {
    const colon = member.indexOf(':');
    const [kind, name] = [member.slice(0, colon), member.slice(colon + 1)];
    return {
      provider: 'GKE',
      principal: member,
      user: kind === 'user' || kind === 'serviceAccount' ? name : '',
      groups: kind === 'group' ? [name] : [],
      rights: [{ name: role, namespaces: undefined, gives: condition === '' ? gives : 'unknown' }],
      source: 'IAM policy',
      note: condition,
    };
  });
}

function serviceAccounts(snapshot: Snapshot, policies: readonly unknown[]): readonly Outbound[] {
  const users = policies.filter((binding) => field(binding, 'role') === 'roles/iam.workloadIdentityUser');
  return ofKind(snapshot, '', 'ServiceAccount').flatMap(({ namespace, name, object }): readonly Outbound[] => {
    const role = annotationsOf(object)[annotation];
    if (role === undefined || role === '') return [];
    const trusted =
      users.length === 0
        ? undefined
        : users.some((binding) =>
            strings(field(binding, 'members')).some((member) => member.endsWith(`.svc.id.goog[${namespace}/${name}]`)),
          );
    const note =
      trusted === undefined
        ? "the account's policy was not exported (gcloud iam service-accounts get-iam-policy)"
        : trusted
          ? 'the same name in every cluster of the project or fleet'
          : 'the policy of the account does not name it';
    return [{ provider: 'GKE', namespace, serviceAccount: name, role, source: `annotation ${annotation}`, trusted, note }];
  });
}

/** What a pod gets that reaches the metadata service of a node. */
function nodeAccounts(cluster: unknown): readonly Outbound[] {
  return asList(field(cluster, 'nodePools')).map((pool): Outbound => {
    const account = asString(dig(pool, 'config', 'serviceAccount')) ?? 'default';
    const concealed = dig(pool, 'config', 'workloadMetadataConfig', 'mode') === 'GKE_METADATA';
    const broad = strings(dig(pool, 'config', 'oauthScopes')).some((scope) => scope.endsWith('/cloud-platform'));
    const notes = [
      concealed ? 'for pods in the host network alone' : 'for every pod of the pool: its metadata is not concealed',
      ...(account === 'default' ? ['the default account of Compute Engine, often an editor of the project'] : []),
      ...(broad ? ['with every scope'] : []),
    ];
    return {
      provider: 'GKE',
      namespace: '*',
      serviceAccount: '*',
      role: account,
      source: `node pool ${asString(field(pool, 'name')) ?? ''}`,
      trusted: true,
      note: notes.join('; '),
    };
  });
}
