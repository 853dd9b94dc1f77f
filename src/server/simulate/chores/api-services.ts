// APIServices: each version of a definition has one as long as it is served, and one that a Service stands behind says why nobody can answer
// for it (kube-apiserver 1.36 controller/crdregistration; kube-aggregator pkg/controllers/{autoregister,status}). Left out: asking who stands
// there. An APIService that such a question would decide is left as it is.

import { randomUUID } from 'node:crypto';
import { isGoing, nameOf, namespaceOf } from '../../../kube/metadata.ts';
import { asList, asNumber, asObject, asString, dig, field, isObject, type Json, type JsonObject, sameJson } from '../../../lib/json.ts';
import { definitions, type GroupResource } from '../../../request/store/state.ts';
import type { Change } from '../../../request/store/store.ts';
import { timestamp, type World } from '../world.ts';
import { put } from './objects.ts';

const apiServices: GroupResource = { group: 'apiregistration.k8s.io', resource: 'apiservices' };
const services: GroupResource = { group: '', resource: 'services' };
const slices: GroupResource = { group: 'discovery.k8s.io', resource: 'endpointslices' };
const automanaged = 'kube-aggregator.kubernetes.io/automanaged';

/** Brings APIServices up to what a change means to them. */
export function followApiServices(world: World, { resource: { resource, group }, before, after }: Change): void {
  const object = after ?? before;
  if (object === undefined) return;
  if (group === definitions.group || group === apiServices.group) registerDefinitions(world);
  if (group === apiServices.group && after !== undefined) judge(world, nameOf(after));
  const service = isService(group, resource) ? nameOf(object) : group === slices.group ? serviceOf(object) : undefined;
  if (service === undefined || service === '') return;
  for (const each of world.store.list(apiServices)) {
    const { name, namespace } = asObject(dig(each, 'spec', 'service'));
    if (name === service && namespace === namespaceOf(object)) judge(world, nameOf(each));
  }
}

function isService(group: string, resource: string): boolean {
  return group === services.group && resource === services.resource;
}

function serviceOf(slice: JsonObject): string | undefined {
  return asString(dig(slice, 'metadata', 'labels', 'kubernetes.io/service-name'));
}

/** Makes the APIServices that definitions lack, and takes away those of versions that are served no more. */
export function registerDefinitions(world: World): void {
  const { store } = world;
  const served = new Map<string, Json>();
  for (const definition of store.list(definitions)) {
    const group = asString(dig(definition, 'spec', 'group')) ?? '';
    for (const version of asList(dig(definition, 'spec', 'versions'))) {
      const name = asString(field(version, 'name')) ?? '';
      if (field(version, 'served') === true) served.set(`${name}.${group}`, { group, version: name });
    }
  }
  for (const each of store.list(apiServices))
    if (dig(each, 'metadata', 'labels', automanaged) === 'true' && !served.has(nameOf(each))) store.remove(apiServices, '', nameOf(each));
  for (const [name, spec] of served)
    if (store.get(apiServices, '', name) === undefined)
      put(world, apiServices, {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name, labels: { [automanaged]: 'true' }, uid: randomUUID(), creationTimestamp: timestamp() },
        spec: { ...asObject(spec), groupPriorityMinimum: 1000, versionPriority: 100 },
        status: { conditions: [condition('True', 'Local', 'Local APIServices are always available')] },
      });
}

/** Says why nobody can answer for an APIService; takes back what was said where that is over. */
function judge(world: World, name: string): void {
  const apiService = world.store.get(apiServices, '', name);
  if (apiService === undefined || isGoing(apiService)) return;
  const reference = dig(apiService, 'spec', 'service');
  const said = availability(apiService);
  const fault = isObject(reference) ? faultOf(world, reference) : undefined;
  if (fault === undefined && (!isObject(reference) ? said !== undefined : !faults.has(asString(field(said, 'reason')) ?? ''))) return;
  const others = asList(dig(apiService, 'status', 'conditions')).filter((each) => field(each, 'type') !== 'Available');
  const local = isObject(reference) ? [] : [condition('True', 'Local', 'Local APIServices are always available')];
  const own = fault === undefined ? local : [condition('False', ...fault, since(said))];
  if (said !== undefined && own[0] !== undefined && sameJson(said, own[0])) return;
  const conditions = [...others, ...own];
  put(world, apiServices, { ...apiService, status: conditions.length === 0 ? {} : { conditions } });
}

function availability(apiService: JsonObject): Json | undefined {
  return asList(dig(apiService, 'status', 'conditions')).find((each) => field(each, 'type') === 'Available');
}

function since(said: Json | undefined): string | undefined {
  return field(said, 'status') === 'False' ? asString(field(said, 'lastTransitionTime')) : undefined;
}

function condition(status: string, reason: string, message: string, lastTransitionTime = timestamp()): JsonObject {
  return { type: 'Available', status, lastTransitionTime, reason, message };
}

const faults = new Set(['ServiceNotFound', 'ServicePortError', 'EndpointsNotFound', 'MissingEndpoints']);

type Fault = readonly [reason: string, message: string];

/** What hinders before anybody is asked. */
function faultOf({ store }: World, reference: JsonObject): Fault | undefined {
  const [name, namespace] = [asString(reference.name) ?? '', asString(reference.namespace) ?? ''];
  const port = asNumber(reference.port) ?? 443;
  const named = `service/${name} in ${JSON.stringify(namespace)}`;
  const service = store.get(services, namespace, name);
  if (service === undefined) return ['ServiceNotFound', `${named} is not present`];
  if (dig(service, 'spec', 'type') !== 'ClusterIP') return undefined;
  const listening = asList(dig(service, 'spec', 'ports')).find((each) => field(each, 'port') === port);
  if (listening === undefined) return ['ServicePortError', `${named} is not listening on port ${port}`];
  const own = store.list(slices, namespace).filter((slice) => serviceOf(slice) === name);
  if (own.length === 0) return ['EndpointsNotFound', `cannot find endpointslices for ${named}`];
  const portName = asString(field(listening, 'name')) ?? '';
  const hasAddress = own.some(
    (slice) =>
      asList(slice.endpoints).some((each) => dig(each, 'conditions', 'ready') !== false) &&
      asList(slice.ports).some((each) => (field(each, 'name') ?? '') === portName && field(each, 'port') !== undefined),
  );
  if (hasAddress) return undefined;
  return ['MissingEndpoints', `endpointslices for ${named} have no addresses with port name ${JSON.stringify(portName)}`];
}

/** Versions of groups that cannot be discovered, since their APIServices are not available. */
export function undiscovered({ store }: World): readonly string[] {
  return store
    .list(apiServices)
    .filter((each) => isObject(dig(each, 'spec', 'service')) && field(availability(each), 'status') === 'False')
    .map((each) => `${asString(dig(each, 'spec', 'group')) ?? ''}/${asString(dig(each, 'spec', 'version')) ?? ''}`)
    .sort();
}
