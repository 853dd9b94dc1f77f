// What manifests say a workload talks to: names of Services in environment variables, arguments, ConfigMaps it reads, and the Services and routes
// that lead to it from outside. `cart`, `cart.shop`, `cart.shop.svc.cluster.local`, with a port or in a URL. A bare name counts where it is the
// whole value, or stands before a port or in a URL; text that only happens to hold a word does not.
// Left out: names put together at run time, Secrets (which are never looked into), and files in images.

import { asList, asString, dig, field } from '../../lib/json.ts';
import { find } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Workload } from '../endpoints.ts';
import { entriesOf } from '../entries.ts';
import type { Network } from '../network.ts';
import type { Protocol } from '../port-set.ts';
import { isOpenOutside, type Service, servicesOf, targetOf } from '../services.ts';
import type { FlowParty } from './resolve.ts';

export interface DeclaredEdge {
  readonly from: FlowParty | { readonly kind: 'controller' };
  readonly to: FlowParty;
  readonly protocol: Protocol;
  readonly port: number;
  /** `env CART_URL`, `ConfigMap shop/settings key url`, `Service shop/web`. */
  readonly because: string;
}

/** Every connection that manifests declare, in order of workloads. */
export function declaredEdges(network: Network): readonly DeclaredEdge[] {
  const edges = new Map<string, DeclaredEdge>();
  const byName = new Map(servicesOf(network).map((service) => [`${service.resource.namespace}/${service.resource.name}`, service]));
  const add = (edge: DeclaredEdge) => {
    const key = [edge.from, edge.to].map((party) =>
      'workload' in party ? `${party.workload.namespace}/${party.workload.kind}/${party.workload.name}` : party.kind,
    );
    const full = `${key.join(' ')} ${edge.protocol} ${edge.port}`;
    if (!edges.has(full)) edges.set(full, edge);
  };
  for (const workload of network.workloads)
    for (const { text, because } of textsOf(workload, network.snapshot))
      for (const { service, port } of references(text, workload.namespace, byName))
        for (const target of leadsTo(service, port)) {
          if (target.workload === workload) continue;
          add({
            from: { kind: 'workload', workload },
            to: { kind: 'workload', workload: target.workload },
            protocol: target.protocol,
            port: target.port,
            because,
          });
        }
  for (const service of servicesOf(network))
    if (isOpenOutside(service))
      for (const { workload, protocol, port } of leadsTo(service, undefined))
        add({ from: { kind: 'outside' }, to: { kind: 'workload', workload }, protocol, port, because: nameOf(service) });
  for (const { resource, endpoint, ports } of entriesOf(network))
    for (const { protocol, first } of network.ports.ranges(ports))
      if (protocol === 'TCP' || protocol === 'UDP' || protocol === 'SCTP')
        add({
          from: { kind: 'controller' },
          to: { kind: 'workload', workload: endpoint.workload },
          protocol,
          port: first,
          because: `${resource.kind} ${resource.namespace}/${resource.name}`,
        });
  return [...edges.values()];
}

function nameOf({ resource }: Service): string {
  return `Service ${resource.namespace}/${resource.name}`;
}

export interface Target {
  readonly workload: Workload;
  readonly protocol: Protocol;
  readonly port: number;
}

/** Where a Service leads, by one of its ports or by all: ports of the pods it selects. */
export function leadsTo(service: Service, port: number | undefined): readonly Target[] {
  const wanted = port === undefined ? service.ports : service.ports.filter(({ number }) => number === port);
  return service.endpoints.flatMap((endpoint) =>
    wanted.flatMap((one) => {
      const range = targetOf(one, endpoint);
      return range === undefined ? [] : [{ workload: endpoint.workload, protocol: one.protocol, port: range.first }];
    }),
  );
}

interface Text {
  readonly text: string;
  readonly because: string;
}

const longestText = 256 * 1024;

function* textsOf(workload: Workload, snapshot: Snapshot): Generator<Text> {
  const pod = workload.endpoints[0]?.pod;
  if (pod === undefined) return;
  const maps = new Set<string>();
  for (const { env, envFrom, command, args } of pod.containers) {
    for (const { spec } of env) {
      const name = asString(spec.name) ?? '';
      const value = asString(spec.value);
      if (value !== undefined) yield { text: value, because: `env ${name}` };
      const reference = dig(spec, 'valueFrom', 'configMapKeyRef');
      const key = asString(field(reference, 'key'));
      if (key !== undefined) yield* ofMap(snapshot, workload.namespace, asString(field(reference, 'name')), key);
    }
    for (const { spec } of envFrom) maps.add(asString(dig(spec, 'configMapRef', 'name')) ?? '');
    for (const text of [...command, ...args]) yield { text, because: 'arguments' };
  }
  for (const { spec } of pod.volumes) {
    maps.add(asString(dig(spec, 'configMap', 'name')) ?? '');
    for (const source of asList(dig(spec, 'projected', 'sources'))) maps.add(asString(dig(source, 'configMap', 'name')) ?? '');
  }
  for (const name of maps) yield* ofMap(snapshot, workload.namespace, name, undefined);
}

function* ofMap(snapshot: Snapshot, namespace: string, name: string | undefined, key: string | undefined): Generator<Text> {
  const map = name === undefined || name === '' ? undefined : find(snapshot, '', 'ConfigMap', namespace, name);
  const data = map?.object.data;
  if (typeof data !== 'object' || data === null) return;
  for (const own of key === undefined ? Object.keys(data) : [key]) {
    const text = asString(field(data, own));
    if (text !== undefined) yield { text: text.slice(0, longestText), because: `ConfigMap ${namespace}/${name} key ${own}` };
  }
}

/** The Services that a text names. */
function references(
  text: string,
  namespace: string,
  services: ReadonlyMap<string, Service>,
): readonly { readonly service: Service; readonly port: number | undefined }[] {
  const found: { readonly service: Service; readonly port: number | undefined }[] = [];
  for (const match of text.matchAll(/(?<![a-z0-9.-])([a-z0-9][a-z0-9.-]{0,252})(?::([0-9]{1,5}))?(?![a-z0-9-])/gi)) {
    const [whole, host = '', digits] = match;
    const before = text.slice(Math.max(0, match.index - 3), match.index);
    const [name = '', own, ...rest] = host.toLowerCase().replace(/\.$/, '').split('.');
    const qualified = own !== undefined && (rest.length === 0 || rest[0] === 'svc');
    const sure = digits !== undefined || before.endsWith('//') || before.endsWith('@') || whole.length === text.trim().length;
    const service = qualified
      ? services.get(`${own}/${name}`)
      : own === undefined && sure
        ? services.get(`${namespace}/${name}`)
        : undefined;
    if (service !== undefined && !/^[0-9.]+$/.test(host)) found.push({ service, port: digits === undefined ? undefined : Number(digits) });
  }
  return found;
}
