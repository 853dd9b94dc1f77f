// The metadata services of clouds hand out credentials of the node's role to whoever asks over the link-local address. Found where an egress
// rule allows an address block that holds one of them (its `except` counted) or port 80 of any address. Rules that allow everything are
// network/allow-all; pods that no egress policy isolates reach it anyway and are network/policy-missing or network/one-direction.

import type { KubeObject } from '../../kube/object.ts';
import { members } from '../../kube/pod/lower.ts';
import { parseAddress, parseCidr } from '../../lib/cidr.ts';
import { asList, asString, field, type Json, type JsonObject, strings } from '../../lib/json.ts';
import { tokens } from '../../lib/json-pointer.ts';
import { control, fail } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { app, networkPolicy } from './examples.ts';
import { kubernetesPolicies, rules } from './policies.ts';
import { allowsAddress, allowsPort } from './rule.ts';

/** AWS, GCP, Azure, OpenStack, DigitalOcean; AWS containers and pod identity; Azure's wire server; Alibaba; the IPv6 forms of AWS and GCP. */
const metadataAddresses: readonly string[] = [
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '168.63.129.16',
  '100.100.100.200',
  'fd00:ec2::254',
  'fd20:ce::254',
];

export const metadataApi = control({
  id: 'network/metadata-api',
  aliases: ['NP-003'],
  severity: 'high',
  title: "No network policy allows egress to the cloud's metadata service",
  why: "Whoever reaches the metadata service from a pod can obtain the node's cloud credentials, and with them often the whole account.",
  fix: 'Except 169.254.169.254/32 (and the other metadata addresses of your cloud) from the address block, or name the real destinations.',
  frameworks: ['nsa:network-separation', 'attack:T1552.007', 'matrix:MS-TA9033', 'owasp:K07'],
  parameters: { addresses: metadataAddresses },
  on: kubernetesPolicies,
  check: (policy, { parameters }) => {
    const addresses = strings(parameters.addresses).flatMap((text) => {
      const address = parseAddress(text);
      return address === undefined ? [] : [{ text, address }];
    });
    return rules(policy, 'egress').flatMap((rule) => {
      if (!policy.isolates.egress || !allowsPort(rule.spec.ports, 80)) return [];
      const peers = members(rule.spec.to, `${rule.path}/to`);
      if (peers.length === 0 && asList(rule.spec.to).length === 0)
        return asList(rule.spec.ports).length === 0
          ? []
          : [fail(`${rule.path}/ports`, 'any-address', 'this rule allows port 80 of every address, the metadata service among them')];
      return peers.flatMap((peer) => {
        const reached = addresses.find(({ address }) => allowsAddress(peer.spec.ipBlock, address));
        return reached === undefined
          ? []
          : [fail(`${peer.path}/ipBlock`, 'metadata-reachable', `this address block holds ${reached.text}, a metadata service`)];
      });
    });
  },
  repair: ({ path, reason }, object) => {
    if (reason !== 'metadata-reachable') return undefined;
    const block = tokens(path).reduce<Json | undefined>(
      (here, key) => (Array.isArray(here) ? here[Number(key)] : field(here, key)),
      object as Json,
    );
    const outer = parseCidr(asString(field(block, 'cidr')) ?? '');
    if (outer === undefined || outer.bits > 30 || (outer.family === 6 && outer.bits > 126)) return undefined;
    const excepted = strings(field(block, 'except'));
    const missing = metadataAddresses
      .filter((text) => allowsAddress(block, parseAddress(text)))
      .map((text) => `${text}/${outer.family === 4 ? 32 : 128}`);
    const op = field(block, 'except') === undefined ? 'add' : 'replace';
    return [{ op, path: `${path}/except`, value: [...excepted, ...missing] }];
  },
  examples: {
    pass: () => [
      cluster(
        deployment(),
        egress([{ ipBlock: { cidr: '169.254.0.0/16', except: metadataAddresses.slice(0, 3).map((text) => `${text}/32`) } }]),
      ),
      cluster(deployment(), egress([{ ipBlock: { cidr: '203.0.113.0/24' } }])),
    ],
    fail: () => [
      cluster(deployment(), egress([{ ipBlock: { cidr: '169.254.0.0/16' } }])),
      cluster(deployment(), egress([{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }], [{ protocol: 'TCP', port: 80 }])),
    ],
  },
});

function egress(to: readonly JsonObject[], ports?: readonly JsonObject[]): KubeObject {
  return networkPolicy('app', {
    podSelector: app,
    policyTypes: ['Egress'],
    egress: [ports === undefined ? { to } : { to, ports }],
  });
}
