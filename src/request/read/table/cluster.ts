// Rows of what a cluster is made of: namespaces, nodes, storage, settings, events, rights (k8s.io/kubernetes pkg/printers/internalversion, 1.36).

import { asObject, asString, dig, field, isObject, type Json, type JsonObject, stringMap } from '../../../lib/json.ts';
import {
  ageOf,
  type Cell,
  condition,
  humanDuration,
  isDeleting,
  isTrue,
  list,
  nameOf,
  number,
  or,
  type Printer,
  since,
  text,
} from './cell.ts';

function size(value: Json | undefined): number {
  return Object.keys(asObject(value)).length;
}

function node(object: JsonObject, now: number): readonly Cell[] {
  const ready = condition(object, 'Ready');
  const status = [ready === undefined ? 'Unknown' : isTrue(ready) ? 'Ready' : 'NotReady'];
  if (dig(object, 'spec', 'unschedulable') === true) status.push('SchedulingDisabled');
  const info = dig(object, 'status', 'nodeInfo');
  const address = (type: string) =>
    or(
      text(
        list(object, 'status', 'addresses').find((each) => field(each, 'type') === type),
        'address',
      ),
      '<none>',
    );
  const unknown = (key: string) => or(text(info, key), '<unknown>');
  const architecture = text(info, 'architecture');
  return [
    nameOf(object),
    status.join(','),
    nodeRoles(object),
    ageOf(object, now),
    text(info, 'kubeletVersion'),
    address('InternalIP'),
    address('ExternalIP'),
    unknown('osImage'),
    `${unknown('kernelVersion')}${architecture === '' ? '' : ` (${architecture})`}`,
    unknown('containerRuntimeVersion'),
  ];
}

function nodeRoles(object: JsonObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(stringMap(dig(object, 'metadata', 'labels')))) {
    if (key.startsWith(prefix) && key.length > prefix.length) roles.add(key.slice(prefix.length));
    else if (key === 'kubernetes.io/role' && value !== '') roles.add(value);
  }
  return or([...roles].sort().join(','), '<none>');
}

const modes = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' };

function accessModes(given: readonly Json[]): string {
  return Object.entries(modes)
    .filter(([mode]) => given.includes(mode))
    .map(([, short]) => short)
    .join(',');
}

/** The class by the old annotation, else by the field. */
function storageClass(object: JsonObject): string {
  const annotation = dig(object, 'metadata', 'annotations', 'volume.beta.kubernetes.io/storage-class');
  return asString(annotation) ?? text(object, 'spec', 'storageClassName');
}

function volume(object: JsonObject, now: number): readonly Cell[] {
  const claim = dig(object, 'spec', 'claimRef');
  return [
    nameOf(object),
    or(text(object, 'spec', 'capacity', 'storage'), '0'),
    accessModes(list(object, 'spec', 'accessModes')),
    text(object, 'spec', 'persistentVolumeReclaimPolicy'),
    isDeleting(object) ? 'Terminating' : text(object, 'status', 'phase'),
    isObject(claim) ? `${text(claim, 'namespace')}/${text(claim, 'name')}` : '',
    storageClass(object),
    asString(dig(object, 'spec', 'volumeAttributesClassName')) ?? '<unset>',
    text(object, 'status', 'reason'),
    ageOf(object, now),
    or(text(object, 'spec', 'volumeMode'), '<unset>'),
  ];
}

function claim(object: JsonObject, now: number): readonly Cell[] {
  const volumeName = text(object, 'spec', 'volumeName');
  return [
    nameOf(object),
    isDeleting(object) ? 'Terminating' : text(object, 'status', 'phase'),
    volumeName,
    volumeName === '' ? '' : or(text(object, 'status', 'capacity', 'storage'), '0'),
    volumeName === '' ? '' : accessModes(list(object, 'status', 'accessModes')),
    storageClass(object),
    asString(dig(object, 'spec', 'volumeAttributesClassName')) ?? '<unset>',
    ageOf(object, now),
    or(text(object, 'spec', 'volumeMode'), '<unset>'),
  ];
}

/** Of core/v1; events.k8s.io shows the same event the same way. */
function event(object: JsonObject, now: number): readonly Cell[] {
  const pick = (...keys: readonly string[]) => keys.map((key) => field(object, key)).find((value) => value !== undefined && value !== null);
  const involved = pick('involvedObject', 'regarding');
  const source = pick('source', 'deprecatedSource');
  const series = field(object, 'series');
  const firstTime = pick('firstTimestamp', 'deprecatedFirstTimestamp');
  const first = since(firstTime ?? field(object, 'eventTime'), now);
  const lastTime = pick('lastTimestamp', 'deprecatedLastTimestamp');
  const last = lastTime === undefined ? first : since(lastTime, now);
  const count = Number(pick('count', 'deprecatedCount') ?? 0);
  const isSeries = isObject(series);
  const component = or(text(source, 'component'), or(text(object, 'reportingComponent'), text(object, 'reportingController')));
  const instance = or(text(source, 'host'), text(object, 'reportingInstance'));
  const kind = text(involved, 'kind').toLowerCase();
  const name = text(involved, 'name');
  return [
    isSeries ? since(field(series, 'lastObservedTime'), now) : last,
    text(object, 'type'),
    text(object, 'reason'),
    name === '' ? kind : `${kind}/${name}`,
    text(involved, 'fieldPath'),
    instance === '' ? component : `${component}, ${instance}`,
    or(text(object, 'message'), text(object, 'note')).trim(),
    first,
    isSeries ? number(series, 'count') : count === 0 ? 1 : count,
    nameOf(object),
  ];
}

function quota(object: JsonObject, now: number): readonly Cell[] {
  const hard = asObject(dig(object, 'status', 'hard'));
  const entries = Object.keys(hard)
    .sort()
    .map((name): [boolean, string] => [
      name.startsWith('limits.'),
      `${name}: ${or(text(object, 'status', 'used', name), '0')}/${or(text(hard, name), '0')}`,
    ]);
  const column = (isLimit: boolean) =>
    entries
      .filter(([limit]) => limit === isLimit)
      .map(([, entry]) => entry)
      .join(', ');
  return [nameOf(object), column(false), column(true), ageOf(object, now)];
}

function binding(object: JsonObject, now: number): readonly Cell[] {
  const subjects = list(object, 'subjects');
  const of = (kind: string, show: (subject: Json) => string) =>
    subjects
      .filter((each) => field(each, 'kind') === kind)
      .map(show)
      .join(', ');
  const name = (subject: Json) => text(subject, 'name');
  return [
    nameOf(object),
    `${text(object, 'roleRef', 'kind')}/${text(object, 'roleRef', 'name')}`,
    ageOf(object, now),
    of('User', name),
    of('Group', name),
    of('ServiceAccount', (subject) => `${text(subject, 'namespace')}/${name(subject)}`),
  ];
}

function certificateRequest(object: JsonObject, now: number): readonly Cell[] {
  const has = (type: string) => condition(object, type) !== undefined;
  const state = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  const issued = text(object, 'status', 'certificate') === '' ? '' : ',Issued';
  const seconds = dig(object, 'spec', 'expirationSeconds');
  return [
    nameOf(object),
    ageOf(object, now),
    or(text(object, 'spec', 'signerName'), '<none>'),
    text(object, 'spec', 'username'),
    typeof seconds === 'number' ? humanDuration(seconds * 1000) : '<none>',
    `${state}${has('Failed') ? ',Failed' : ''}${issued}`,
  ];
}

export const clusterPrinters: Readonly<Record<string, Printer>> = {
  '/namespaces': (object, now) => [nameOf(object), text(object, 'status', 'phase'), ageOf(object, now)],
  '/nodes': node,
  '/persistentvolumes': volume,
  '/persistentvolumeclaims': claim,
  '/events': event,
  'events.k8s.io/events': event,
  '/configmaps': (object, now) => [nameOf(object), size(object.data) + size(object.binaryData), ageOf(object, now)],
  '/secrets': (object, now) => [nameOf(object), text(object, 'type'), size(object.data), ageOf(object, now)],
  '/serviceaccounts': (object, now) => [nameOf(object), ageOf(object, now)],
  '/resourcequotas': quota,
  '/componentstatuses': (object) => {
    const healthy = list(object, 'conditions').find((each) => field(each, 'type') === 'Healthy');
    const status = healthy === undefined ? 'Unknown' : isTrue(healthy) ? 'Healthy' : 'Unhealthy';
    return [nameOf(object), status, text(healthy, 'message'), text(healthy, 'error')];
  },
  'rbac.authorization.k8s.io/rolebindings': binding,
  'rbac.authorization.k8s.io/clusterrolebindings': binding,
  'certificates.k8s.io/certificatesigningrequests': certificateRequest,
};
