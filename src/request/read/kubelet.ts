// What a server says that must reach a kubelet, and what leads there: which container is meant, on which node, at which address
// (pkg/registry/core/pod/strategy.go and pkg/kubelet/client, 1.36, with the default order of address types). Nothing listens behind any address
// here, so that what is found ends in a refused connection.

import { contains, parseAddress, parseCidr } from '../../lib/cidr.ts';
import { asList, asNumber, asString, dig, field, type JsonObject } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import { badRequest, notFound } from '../status.ts';
import type { State } from '../store/state.ts';

type Way =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'unassigned' }
  | { readonly kind: 'at'; readonly address: string };

const preferred = ['Hostname', 'InternalDNS', 'InternalIP', 'ExternalDNS', 'ExternalIP'];
const nodes = { group: '', resource: 'nodes' };

const plain = (message: string): Refusal => ({ code: 500, reason: '', message });
const dial = (address: string) => `dial tcp ${address}: connect: connection refused`;

/** A pod's logs; undefined where there are none and that is no fault: the pod has no node yet. */
export function logsRefusal(pod: JsonObject, query: ReadonlyMap<string, readonly string[]>, state: State): Refusal | undefined {
  const asked = query.get('container')?.[0] ?? '';
  const wrong = wrongContainer(pod, asked);
  if (wrong !== undefined) return wrong;
  const way = wayTo(asString(dig(pod, 'spec', 'nodeName')) ?? '', 'pods', state);
  if (way.kind === 'unassigned') return undefined;
  if (way.kind === 'refused') return way.refusal;
  const container = asked === '' ? asString(dig(pod, 'spec', 'containers', 0, 'name')) : asked;
  const flags = ['follow', 'limitBytes', 'previous', 'sinceSeconds', 'sinceTime', 'tailLines', 'timestamps'];
  const given = flags.flatMap((flag) => {
    const value = query.get(flag)?.[0] ?? '';
    return value === '' || value === 'false' ? [] : [`${flag}=${encodeURIComponent(value)}`];
  });
  const search = given.length === 0 ? '' : `?${given.join('&')}`;
  const path = `${dig(pod, 'metadata', 'namespace')}/${dig(pod, 'metadata', 'name')}/${container}${search}`;
  return plain(`Get "https://${way.address}/containerLogs/${path}": ${dial(way.address)}`);
}

/** Exec, attach and port-forward; `upgrades`: the client asked for another protocol, without which none is spoken. */
export function streamRefusal(
  pod: JsonObject,
  subresource: string,
  query: ReadonlyMap<string, readonly string[]>,
  upgrades: boolean,
  state: State,
): Refusal {
  const wrong = subresource === 'portforward' ? undefined : wrongContainer(pod, query.get('container')?.[0] ?? '');
  if (wrong !== undefined) return wrong;
  const way = wayTo(asString(dig(pod, 'spec', 'nodeName')) ?? '', 'pods', state);
  if (way.kind === 'unassigned') return badRequest(`pod ${dig(pod, 'metadata', 'name')} does not have a host assigned`);
  if (way.kind === 'refused') return way.refusal;
  return upgrades ? plain(`error dialing backend: ${dial(way.address)}`) : badRequest('Upgrade request required');
}

/** The proxy of a pod, a service or a node: `id` is a name, or `name:port`, or `scheme:name:port`. */
export function proxyRefusal(resource: string, namespace: string, id: string, state: State): Refusal {
  const parts = id.split(':');
  const [name = '', port = ''] = parts.length === 3 ? parts.slice(1) : parts;
  if (name === '' || parts.length > 3 || !/^(?:https?)?$/.test(parts.length === 3 ? (parts[0] ?? '') : ''))
    return badRequest(`invalid ${resource.slice(0, -1)} request ${JSON.stringify(id)}`);
  if (resource === 'nodes') return nodeProxyRefusal(name, state);
  if (resource === 'services') return serviceProxyRefusal(namespace, name, port, id, state);
  const pod = state.get({ group: '', resource }, namespace, name);
  if (pod === undefined) return notFound({ group: '', resource }, name);
  const address = asString(dig(pod, 'status', 'podIPs', 0, 'ip')) ?? asString(dig(pod, 'status', 'podIP')) ?? '';
  if (!isGlobal(address)) return badRequest('address not allowed');
  const first = asList(dig(pod, 'spec', 'containers')).map((each) => dig(each, 'ports', 0, 'containerPort'));
  const chosen = port === '' ? String(first.find((each) => each !== undefined) ?? (parts[0] === 'https' ? 443 : 80)) : port;
  return unreachable(`${address.includes(':') ? `[${address}]` : address}:${chosen}`);
}

function serviceProxyRefusal(namespace: string, name: string, port: string, id: string, state: State): Refusal {
  if (/^[0-9]+$/.test(port)) {
    const service = state.get({ group: '', resource: 'services' }, namespace, name);
    if (service === undefined) return notFound({ group: '', resource: 'services' }, name);
    const ports = asList(dig(service, 'spec', 'ports'));
    if (!ports.some((each) => field(each, 'port') === Number(port)))
      return unavailable(`no service port ${Number(port)} found for service ${JSON.stringify(name)}`);
  }
  const endpoints = state.get({ group: '', resource: 'endpoints' }, namespace, name);
  if (endpoints === undefined) return notFound({ group: '', resource: 'services' }, name);
  const some = asList(endpoints.subsets).length > 0;
  return unavailable(`no endpoints available for service ${JSON.stringify(some ? id : name)}`);
}

const local = ['0.0.0.0/32', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '255.255.255.255/32', '::/127', 'fe80::/10', 'ff00::/8'];

/** An address of one host: none that is unspecified, loopback, link-local, multicast or broadcast. */
function isGlobal(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && !local.some((block) => contains(parseCidr(block) ?? address, address));
}

const unavailable = (message: string): Refusal => ({ code: 503, reason: 'ServiceUnavailable', message });
const unreachable = (address: string) => unavailable(`error trying to reach service: ${dial(address)}`);

/** A node's proxy. */
export function nodeProxyRefusal(node: string, state: State): Refusal {
  const way = wayTo(node, 'nodes', state);
  if (way.kind === 'refused') return way.refusal;
  return way.kind === 'at' ? unreachable(way.address) : unavailable('error trying to reach service');
}

function wrongContainer(pod: JsonObject, asked: string): Refusal | undefined {
  const [containers, init, ephemeral] = ['containers', 'initContainers', 'ephemeralContainers'].map((key) =>
    asList(dig(pod, 'spec', key)).map((each) => asString(field(each, 'name')) ?? ''),
  );
  const name = dig(pod, 'metadata', 'name');
  if (asked !== '') {
    const known = [...(containers ?? []), ...(init ?? []), ...(ephemeral ?? [])];
    return known.includes(asked) ? undefined : badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  if (containers?.length === 1) return undefined;
  const all = [...(init ?? []), ...(containers ?? []), ...(ephemeral ?? [])];
  return badRequest(`a container name must be specified for pod ${name}, choose one of: [${all.join(' ')}]`);
}

/** The address of a node's kubelet. `resource`: of what the request speaks. */
function wayTo(name: string, resource: string, state: State): Way {
  if (name === '') return { kind: 'unassigned' };
  const node = state.get(nodes, '', name);
  if (node === undefined) return { kind: 'refused', refusal: notFound({ group: '', resource }, name) };
  const addresses = asList(dig(node, 'status', 'addresses'));
  const of = (type: string) => addresses.find((each) => field(each, 'type') === type && field(each, 'address') !== '');
  const found = preferred.map(of).find((each) => each !== undefined);
  if (found === undefined) {
    const known = addresses.map((each) => `{${field(each, 'type') ?? ''} ${field(each, 'address') ?? ''}}`).join(' ');
    return { kind: 'refused', refusal: plain(`no preferred addresses found; known addresses: [${known}]`) };
  }
  const port = asNumber(dig(node, 'status', 'daemonEndpoints', 'kubeletEndpoint', 'Port')) ?? 0;
  const address = asString(field(found, 'address')) ?? '';
  return { kind: 'at', address: `${address.includes(':') ? `[${address}]` : address}:${port > 0 ? port : 10250}` };
}
