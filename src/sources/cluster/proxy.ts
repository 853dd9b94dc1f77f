// Through which proxy a cluster is reached: the kubeconfig's `proxy-url`, else HTTPS_PROXY (or HTTP_PROXY) less NO_PROXY, read as Go's
// golang.org/x/net/http/httpproxy does: lower case counts too, loopback never goes through a proxy, NO_PROXY takes domains, addresses,
// networks and ports. The tunnel itself is Node's own. Left out: SOCKS proxies.

import { BlockList, isIP } from 'node:net';
import { problem } from '../../lib/problem.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Environment } from './kubeconfig.ts';

/** The proxy's address, or undefined for a direct connection. */
export function proxyFor(server: URL, own: string | undefined, environment: Environment): Result<string | undefined> {
  const chosen = own !== undefined && own !== '' ? own : fromEnvironment(server, environment);
  if (chosen === undefined) return ok(undefined);
  const url = URL.parse(chosen.includes('://') ? chosen : `http://${chosen}`);
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return ok(url.href);
  const kind = url === null ? 'no address' : `a ${url.protocol.slice(0, -1)} proxy`;
  return failure(problem('kubeconfig/invalid', `the proxy of the cluster is ${kind}; only http and https proxies are supported`));
}

function fromEnvironment(server: URL, environment: Environment): string | undefined {
  const read = (name: string) => environment[name] || environment[name.toLowerCase()] || undefined;
  const proxy = server.protocol === 'https:' ? read('HTTPS_PROXY') : read('HTTP_PROXY');
  return proxy === undefined || isExempt(server, read('NO_PROXY') ?? '') ? undefined : proxy;
}

/** True where NO_PROXY names the server, and for loopback always. */
export function isExempt(server: URL, list: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = server.port === '' ? (server.protocol === 'https:' ? '443' : '80') : server.port;
  const family = isIP(host);
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  if (host === 'localhost' || (family !== 0 && loopback.check(host, family === 4 ? 'ipv4' : 'ipv6'))) return true;
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && matches(entry, host, port, family));
}

function matches(entry: string, host: string, port: string, family: number): boolean {
  if (entry === '*') return true;
  const network = /^([0-9a-f:.]+)\/([0-9]{1,3})$/.exec(entry);
  if (network !== null) return family !== 0 && inNetwork(host, family, network[1] ?? '', Number(network[2]));
  const withPort = /^(\[[^\]]+\]|[^:]+):([0-9]+)$/.exec(entry);
  if (withPort !== null && withPort[2] !== port) return false;
  const name = (withPort?.[1] ?? entry).replace(/^\[|\]$/g, '').replace(/^\*\./, '.');
  if (family !== 0) return name === host;
  return name.startsWith('.') ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
}

function inNetwork(host: string, family: number, network: string, prefix: number): boolean {
  if (isIP(network) !== family || prefix > (family === 4 ? 32 : 128)) return false;
  const version = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, prefix, version);
  return list.check(host, version);
}
