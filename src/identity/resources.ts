// The resources of Kubernetes' own API groups, 1.0–1.37, by the names that rules use: which exist, and which are cluster-scoped, so that a
// namespaced Role grants nothing on them. Includes names that only authorization knows (users, signers, userextras) and the kubelet's
// subresources of nodes. Groups that are not listed belong to custom resources or aggregated servers: nothing is claimed about them.

interface GroupResources {
  readonly namespaced: readonly string[];
  readonly cluster: readonly string[];
}

const words = (text: string): readonly string[] => text.split(' ');

const groups: Readonly<Record<string, GroupResources>> = {
  '': {
    namespaced: words(
      'bindings configmaps endpoints events limitranges persistentvolumeclaims pods podtemplates replicationcontrollers resourcequotas secrets serviceaccounts services',
    ),
    cluster: words('componentstatuses groups namespaces nodes persistentvolumes users'),
  },
  'admissionregistration.k8s.io': {
    namespaced: [],
    cluster: words(
      'externaladmissionhookconfigurations initializerconfigurations mutatingadmissionpolicies mutatingadmissionpolicybindings mutatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings validatingwebhookconfigurations',
    ),
  },
  'apiextensions.k8s.io': { namespaced: [], cluster: ['customresourcedefinitions'] },
  'apiregistration.k8s.io': { namespaced: [], cluster: ['apiservices'] },
  apps: { namespaced: words('controllerrevisions daemonsets deployments replicasets statefulsets'), cluster: [] },
  'authentication.k8s.io': {
    namespaced: ['serviceaccounts'],
    cluster: words('groups nodes selfsubjectreviews tokenreviews uids userextras users'),
  },
  'authorization.k8s.io': {
    namespaced: ['localsubjectaccessreviews'],
    cluster: words('selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews'),
  },
  autoscaling: { namespaced: ['horizontalpodautoscalers'], cluster: [] },
  batch: { namespaced: words('cronjobs jobs scheduledjobs'), cluster: [] },
  'certificates.k8s.io': {
    namespaced: ['podcertificaterequests'],
    cluster: words('certificatesigningrequests clustertrustbundles signers'),
  },
  'coordination.k8s.io': { namespaced: words('leasecandidates leases'), cluster: [] },
  'discovery.k8s.io': { namespaced: ['endpointslices'], cluster: [] },
  'events.k8s.io': { namespaced: ['events'], cluster: [] },
  extensions: {
    namespaced: words('daemonsets deployments horizontalpodautoscalers ingresses jobs networkpolicies replicasets replicationcontrollers'),
    cluster: words('podsecuritypolicies thirdpartyresources'),
  },
  'flowcontrol.apiserver.k8s.io': { namespaced: [], cluster: words('flowschemas prioritylevelconfigurations') },
  'internal.apiserver.k8s.io': { namespaced: [], cluster: ['storageversions'] },
  'networking.k8s.io': {
    namespaced: words('ingresses networkpolicies'),
    cluster: words('clustercidrs ingressclasses ipaddresses servicecidrs'),
  },
  'node.k8s.io': { namespaced: [], cluster: ['runtimeclasses'] },
  policy: { namespaced: ['poddisruptionbudgets'], cluster: ['podsecuritypolicies'] },
  'rbac.authorization.k8s.io': { namespaced: words('rolebindings roles'), cluster: words('clusterrolebindings clusterroles') },
  'resource.k8s.io': {
    namespaced: words(
      'podschedulingcontexts podschedulings resourceclaimparameters resourceclaims resourceclaimtemplates resourceclassparameters',
    ),
    cluster: words('deviceclasses devicetaintrules resourceclasses resourceslices'),
  },
  'scheduling.k8s.io': { namespaced: words('podgroups workloads'), cluster: ['priorityclasses'] },
  'storage.k8s.io': {
    namespaced: ['csistoragecapacities'],
    cluster: words('csidrivers csinodes storageclasses volumeattachments volumeattributesclasses'),
  },
  'storagemigration.k8s.io': { namespaced: [], cluster: ['storageversionmigrations'] },
};

/** True for groups whose resources are all listed here. */
export function isBuiltInGroup(group: string): boolean {
  return Object.hasOwn(groups, group);
}

/** Where a resource of a built-in group lives; undefined where the group has none of that name. Subresources follow their parent. */
export function scopeOf(group: string, resource: string): 'namespaced' | 'cluster' | undefined {
  const known = Object.hasOwn(groups, group) ? groups[group] : undefined;
  const parent = resource.split('/', 1)[0] ?? '';
  if (known?.namespaced.includes(parent)) return 'namespaced';
  return known?.cluster.includes(parent) ? 'cluster' : undefined;
}

const standard = words('get list watch create update patch delete deletecollection');
const fields = words('get update patch');

/** What requests on subresources are; proxies take every verb that HTTP has. */
const subresourceVerbs: Readonly<Record<string, readonly string[]>> = {
  approval: fields,
  attach: words('get create'),
  binding: ['create'],
  ephemeralcontainers: fields,
  eviction: ['create'],
  exec: words('get create'),
  finalize: ['update'],
  log: ['get'],
  portforward: words('get create'),
  resize: fields,
  scale: fields,
  status: fields,
  token: ['create'],
};

/** Verbs that only authorization asks for, by resource. */
const specialVerbs: Readonly<Record<string, readonly string[]>> = {
  '/groups': ['impersonate'],
  '/serviceaccounts': ['impersonate'],
  '/users': ['impersonate'],
  'certificates.k8s.io/signers': words('approve attest sign'),
  'extensions/podsecuritypolicies': ['use'],
  'policy/podsecuritypolicies': ['use'],
  'rbac.authorization.k8s.io/clusterroles': words('bind escalate'),
  'rbac.authorization.k8s.io/roles': words('bind escalate'),
};

/**
 * True where a request with this verb on this resource of a built-in group can be: the API server serves it or asks for it. Custom verbs of
 * `authentication.k8s.io` name modes and count.
 */
export function isServed(group: string, resource: string, verb: string): boolean {
  if (verb === '*' || group === 'authentication.k8s.io') return true;
  const [parent = '', subresource] = resource.split('/', 2);
  if (subresource !== undefined)
    return !Object.hasOwn(subresourceVerbs, subresource) || (subresourceVerbs[subresource] ?? []).includes(verb);
  const key = `${group}/${parent}`;
  return standard.includes(verb) || (Object.hasOwn(specialVerbs, key) && (specialVerbs[key] ?? []).includes(verb));
}

const withoutName = words('list watch create deletecollection');

/**
 * True where the API server may ask for this in a namespace, so that a RoleBinding gives it; for resources that are not built in it is taken to.
 * Of cluster-scoped ones: a namespace is asked for in itself, and `bind` on a ClusterRole in the namespace of the RoleBinding that names it.
 * `isAskedInNamespace('get', '', 'nodes')` is `false`.
 */
export function isAskedInNamespace(verb: string, group: string, resource: string): boolean {
  if (scopeOf(group, resource) !== 'cluster') return true;
  const parent = resource.split('/', 1)[0] ?? '';
  if (parent === 'namespaces') return !withoutName.includes(verb);
  if (parent === 'clusterroles') return verb === 'bind' || verb === '*';
  return parent === 'podsecuritypolicies' && (verb === 'use' || verb === '*');
}

/** The built-in groups that have a resource of this name. `groupsWith('networkpolicies')` is `['extensions', 'networking.k8s.io']`. */
export function groupsWith(resource: string): readonly string[] {
  return Object.keys(groups).filter((group) => scopeOf(group, resource) !== undefined);
}

/** The name that was probably meant: a singular or another spelling of a resource of the group (`pod`, `Pods`). */
export function nearestResource(group: string, resource: string): string | undefined {
  const parent = (resource.split('/', 1)[0] ?? '').toLowerCase();
  const rest = resource.slice(parent.length);
  const plural = [parent, `${parent}s`, `${parent}es`, parent.replace(/y$/, 'ies')].find((name) => scopeOf(group, name) !== undefined);
  return plural === undefined ? undefined : plural + rest;
}
