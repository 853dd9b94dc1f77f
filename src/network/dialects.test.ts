// What policies of Cilium, Calico and Istio mean, each trap as a sentence.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../kube/object.ts';
import { parseAddress } from '../lib/cidr.ts';
import { resource, type Snapshot, snapshot } from '../snapshot/snapshot.ts';
import { idle } from './checks.ts';
import { defaultReading, type Network, network } from './network.ts';
import { partyNamed } from './parties.ts';
import { portText } from './port-set.ts';
import { traceBetween } from './trace.ts';

type Fields = Readonly<Record<string, unknown>>;

const object = (apiVersion: string, kind: string, metadata: Fields, rest: Fields = {}) =>
  ({ apiVersion, kind, metadata, ...rest }) as unknown as KubeObject;
const pod = (namespace: string, name: string, spec: Fields = {}, status: Fields = {}, labels: Fields = {}) =>
  object('v1', 'Pod', { name, namespace, labels: { app: name, ...labels } }, { spec: { containers: [], ...spec }, status });
const namespace = (name: string, labels: Fields = {}) => object('v1', 'Namespace', { name, labels });
const kubernetes = (spec: Fields, name = 'p') => object('networking.k8s.io/v1', 'NetworkPolicy', { name, namespace: 'a' }, { spec });
const cilium = (spec: Fields, rest: Fields = {}) =>
  object('cilium.io/v2', 'CiliumNetworkPolicy', { name: 'c', namespace: 'a' }, { spec, ...rest });
const clusterwide = (spec: Fields) => object('cilium.io/v2', 'CiliumClusterwideNetworkPolicy', { name: 'cc' }, { spec });
const calico = (spec: Fields, name = 'c') => object('projectcalico.org/v3', 'NetworkPolicy', { name, namespace: 'a' }, { spec });
const global = (spec: Fields, name = 'g') => object('projectcalico.org/v3', 'GlobalNetworkPolicy', { name }, { spec });
const istio = (kind: string, spec: Fields, where = 'a', name = 'i') =>
  object('security.istio.io/v1', kind, { name, namespace: where }, { spec });

const pods = [
  pod('a', 'web', { serviceAccountName: 'web', containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 8080 }] }] }),
  pod('a', 'api', { serviceAccountName: 'api' }),
  pod('b', 'job', { serviceAccountName: 'job' }, { podIP: '10.1.0.9' }, { tier: 'front' }),
  namespace('a'),
  namespace('b', { team: 'x' }),
];
const node = object('v1', 'Node', { name: 'n' }, { status: { addresses: [{ type: 'InternalIP', address: '192.168.0.1' }] } });

function state(objects: readonly KubeObject[]): Snapshot {
  return snapshot({ resources: objects.map((one) => resource(one, { kind: 'memory' })) });
}

function built(objects: readonly KubeObject[], ...names: readonly string[]): Network {
  return network(
    state(objects),
    defaultReading,
    names.flatMap((name) => parseAddress(name) ?? []),
  );
}

function place(net: Network, name: string): number {
  const found = partyNamed(net, name);
  assert.ok(found.ok, name);
  return found.value.places[0] ?? -1;
}

const all = 'All Connections';
const none = 'No Connections';
const endpoints = (app: string) => ({ matchLabels: { app } });
const web = { endpointSelector: endpoints('web') };
const selectsWeb = { selector: 'app == "web"' };

type Row = readonly [sentence: string, objects: readonly KubeObject[], from: string, to: string, ports: string];

const rows: Readonly<Record<string, readonly Row[]>> = {
  cilium: [
    [
      'a rule that names peers allows all ports',
      [cilium({ ...web, ingress: [{ fromEndpoints: [endpoints('api')] }] })],
      'a/api',
      'a/web',
      all,
    ],
    ['an empty rule closes its direction', [cilium({ ...web, ingress: [{}] })], 'a/api', 'a/web', none],
    ['an empty list is no rule, and leaves it open', [cilium({ ...web, ingress: [], egress: [{}] })], 'a/api', 'a/web', all],
    [
      'ports alone are open to everybody',
      [cilium({ ...web, ingress: [{ toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }] }] })],
      '8.8.8.8',
      'a/web',
      'TCP 80',
    ],
    [
      'a list of peers that is empty matches nobody',
      [cilium({ ...web, ingress: [{ fromEndpoints: [], toPorts: [{ ports: [{ port: '80' }] }] }] })],
      'a/api',
      'a/web',
      none,
    ],
    [
      'an empty selector is the own namespace, not the cluster',
      [cilium({ ...web, ingress: [{ fromEndpoints: [{}] }] })],
      'b/job',
      'a/web',
      none,
    ],
    ['and every pod in a policy of the cluster', [clusterwide({ ...web, ingress: [{ fromEndpoints: [{}] }] })], 'b/job', 'a/web', all],
    ['but not addresses outside', [clusterwide({ ...web, ingress: [{ fromEndpoints: [{}] }] })], '8.8.8.8', 'a/web', none],
    [
      'a namespace is a label',
      [cilium({ ...web, ingress: [{ fromEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'b' } }] }] })],
      'b/job',
      'a/web',
      all,
    ],
    [
      'labels of namespaces too',
      [cilium({ ...web, ingress: [{ fromEndpoints: [{ matchLabels: { 'k8s:io.cilium.k8s.namespace.labels.team': 'x' } }] }] })],
      'b/job',
      'a/web',
      all,
    ],
    [
      'and service accounts',
      [cilium({ ...web, ingress: [{ fromEndpoints: [{ matchLabels: { 'io.cilium.k8s.policy.serviceaccount': 'api' } }] }] })],
      'a/api',
      'a/web',
      all,
    ],
    [
      'any: and k8s: say where a label is from',
      [
        cilium({
          endpointSelector: { matchLabels: { 'any:app': 'web' } },
          ingress: [{ fromEndpoints: [{ matchLabels: { 'k8s:app': 'api' } }] }],
        }),
      ],
      'a/api',
      'a/web',
      all,
    ],
    [
      'deny beats allow, whatever stands first',
      [cilium({ ...web, ingress: [{ fromEndpoints: [{}] }], ingressDeny: [{ fromEndpoints: [endpoints('api')] }] })],
      'a/api',
      'a/web',
      none,
    ],
    [
      'deny beats NetworkPolicy too',
      [cilium({ ...web, ingressDeny: [{ fromEndpoints: [endpoints('api')] }] }), kubernetes({ podSelector: {}, ingress: [{}] })],
      'a/api',
      'a/web',
      none,
    ],
    [
      'allow adds to NetworkPolicy',
      [cilium({ ...web, ingress: [{ fromEndpoints: [endpoints('api')] }] }), kubernetes({ podSelector: {} })],
      'a/api',
      'a/web',
      all,
    ],
    ['deny rules alone close the rest', [cilium({ ...web, ingressDeny: [{ fromEndpoints: [endpoints('api')] }] })], 'b/job', 'a/web', none],
    [
      'unless enableDefaultDeny says no',
      [cilium({ ...web, ingressDeny: [{ fromEndpoints: [endpoints('api')] }], enableDefaultDeny: { ingress: false } })],
      'b/job',
      'a/web',
      all,
    ],
    ['a block never matches a pod', [cilium({ ...web, ingress: [{ fromCIDR: ['10.0.0.0/8'] }] })], 'b/job', 'a/web', none],
    ['nor a node', [node, cilium({ ...web, ingress: [{ fromCIDR: ['192.168.0.0/16'] }] })], '192.168.0.1', 'a/web', none],
    [
      'but addresses outside',
      [cilium({ ...web, ingress: [{ fromCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.2.0.0/16'] }] }] })],
      '10.3.0.1',
      'a/web',
      all,
    ],
    [
      'less the exceptions',
      [cilium({ ...web, ingress: [{ fromCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.2.0.0/16'] }] }] })],
      '10.2.0.1',
      'a/web',
      none,
    ],
    [
      'a group of blocks',
      [
        cilium({ ...web, egress: [{ toCIDRSet: [{ cidrGroupRef: 'vpn' }] }] }),
        object('cilium.io/v2alpha1', 'CiliumCIDRGroup', { name: 'vpn' }, { spec: { externalCIDRs: ['172.16.0.0/12'] } }),
      ],
      'a/web',
      '172.16.0.5',
      all,
    ],
    ['world is what is no pod and no node', [node, cilium({ ...web, ingress: [{ fromEntities: ['world'] }] })], '8.8.8.8', 'a/web', all],
    ['world is no node', [node, cilium({ ...web, ingress: [{ fromEntities: ['world'] }] })], '192.168.0.1', 'a/web', none],
    ['cluster is every pod and node', [node, cilium({ ...web, ingress: [{ fromEntities: ['cluster'] }] })], '192.168.0.1', 'a/web', all],
    ['cluster is not the world', [cilium({ ...web, ingress: [{ fromEntities: ['cluster'] }] })], '8.8.8.8', 'a/web', none],
    ['all is all', [cilium({ ...web, ingress: [{ fromEntities: ['all'] }] })], '8.8.8.8', 'a/web', all],
    [
      'a reserved label is an entity',
      [cilium({ ...web, ingress: [{ fromEndpoints: [{ matchLabels: { 'reserved:world': '' } }] }] })],
      '8.8.8.8',
      'a/web',
      all,
    ],
    [
      'protocol ANY is TCP, UDP and SCTP',
      [cilium({ ...web, ingress: [{ toPorts: [{ ports: [{ port: '53' }] }] }] })],
      'a/api',
      'a/web',
      'SCTP 53,TCP 53,UDP 53',
    ],
    [
      'endPort is included',
      [cilium({ ...web, ingress: [{ toPorts: [{ ports: [{ port: '80', endPort: 82, protocol: 'TCP' }] }] }] })],
      'a/api',
      'a/web',
      'TCP 80-82',
    ],
    [
      'a port by name is looked up in the destination',
      [cilium({ ...web, ingress: [{ toPorts: [{ ports: [{ port: 'http', protocol: 'TCP' }] }] }] })],
      'a/api',
      'a/web',
      'TCP 8080',
    ],
    [
      'ICMP by type',
      [cilium({ ...web, ingress: [{ icmps: [{ fields: [{ type: 8, family: 'IPv4' }] }] }] })],
      'a/api',
      'a/web',
      'ICMP type 8',
    ],
    [
      'toFQDNs opens addresses outside at most',
      [cilium({ ...web, egress: [{ toFQDNs: [{ matchName: 'example.com' }] }] })],
      'a/web',
      '8.8.8.8',
      all,
    ],
    ['and no pod', [cilium({ ...web, egress: [{ toFQDNs: [{ matchName: 'example.com' }] }] })], 'a/web', 'a/api', none],
    [
      'toServices is what the Service selects',
      [
        cilium({ ...web, egress: [{ toServices: [{ k8sService: { serviceName: 's', namespace: 'a' } }] }] }),
        object('v1', 'Service', { name: 's', namespace: 'a' }, { spec: { selector: { app: 'api' } } }),
      ],
      'a/web',
      'a/api',
      all,
    ],
    [
      'specs stand beside each other',
      [cilium({ ...web, ingress: [{}] }, { specs: [{ ...web, ingress: [{ fromEndpoints: [endpoints('api')] }] }] })],
      'a/api',
      'a/web',
      all,
    ],
    [
      'fromRequires narrows what endpoints are allowed',
      [
        cilium({
          ...web,
          ingress: [
            {
              fromEndpoints: [{ matchLabels: { 'io.kubernetes.pod.namespace': 'b' } }],
              fromRequires: [{ matchLabels: { tier: 'back', 'io.kubernetes.pod.namespace': 'b' } }],
            },
          ],
        }),
      ],
      'b/job',
      'a/web',
      none,
    ],
  ],
  calico: [
    ['a selected pod drops what no rule decides', [calico({ ...selectsWeb, types: ['Ingress'] })], 'a/api', 'a/web', none],
    [
      'types absent and egress rules alone: egress alone',
      [calico({ ...selectsWeb, egress: [{ action: 'Allow' }] })],
      'a/api',
      'a/web',
      all,
    ],
    ['types absent and no rule: ingress', [calico(selectsWeb)], 'a/api', 'a/web', none],
    [
      'a selector in a rule means the own namespace',
      [calico({ ...selectsWeb, ingress: [{ action: 'Allow', source: { selector: 'all()' } }] })],
      'b/job',
      'a/web',
      none,
    ],
    [
      'a namespaceSelector leaves it',
      [calico({ ...selectsWeb, ingress: [{ action: 'Allow', source: { namespaceSelector: 'team == "x"' } }] })],
      'b/job',
      'a/web',
      all,
    ],
    [
      'nets match pods',
      [calico({ ...selectsWeb, ingress: [{ action: 'Allow', source: { nets: ['10.0.0.0/8'] } }] })],
      'b/job',
      'a/web',
      all,
    ],
    [
      'notNets take away',
      [calico({ ...selectsWeb, ingress: [{ action: 'Allow', source: { nets: ['10.0.0.0/8'], notNets: ['10.1.0.0/16'] } }] })],
      'b/job',
      'a/web',
      none,
    ],
    [
      'notSelector alone also means addresses outside',
      [calico({ ...selectsWeb, ingress: [{ action: 'Allow', source: { notSelector: 'app == "api"' } }] })],
      '8.8.8.8',
      'a/web',
      all,
    ],
    [
      'the lower order decides',
      [
        calico({ ...selectsWeb, order: 20, ingress: [{ action: 'Allow' }] }),
        calico({ ...selectsWeb, order: 10, ingress: [{ action: 'Deny', source: { selector: 'app == "api"' } }] }, 'd'),
      ],
      'a/api',
      'a/web',
      none,
    ],
    [
      'no order comes last',
      [calico({ ...selectsWeb, ingress: [{ action: 'Deny' }] }), calico({ ...selectsWeb, order: 10, ingress: [{ action: 'Allow' }] }, 'd')],
      'a/api',
      'a/web',
      all,
    ],
    [
      'NetworkPolicy has order 1000: an earlier deny beats it',
      [calico({ ...selectsWeb, order: 999, ingress: [{ action: 'Deny' }] }), kubernetes({ podSelector: {}, ingress: [{}] })],
      'a/api',
      'a/web',
      none,
    ],
    [
      'and it beats a later deny',
      [calico({ ...selectsWeb, order: 1001, ingress: [{ action: 'Deny' }] }), kubernetes({ podSelector: {}, ingress: [{}] })],
      'a/api',
      'a/web',
      all,
    ],
    [
      'Pass leaves the tier; where nothing follows, the pod is open',
      [calico({ ...selectsWeb, ingress: [{ action: 'Pass' }] })],
      'a/api',
      'a/web',
      all,
    ],
    [
      'a tier drops what its policies do not decide',
      [
        object('projectcalico.org/v3', 'Tier', { name: 'sec' }, { spec: { order: 5 } }),
        global({ ...selectsWeb, tier: 'sec', ingress: [{ action: 'Deny', source: { nets: ['9.0.0.0/8'] } }] }),
        calico({ ...selectsWeb, ingress: [{ action: 'Allow' }] }),
      ],
      'a/api',
      'a/web',
      none,
    ],
    [
      'unless its default action is Pass',
      [
        object('projectcalico.org/v3', 'Tier', { name: 'sec' }, { spec: { order: 5, defaultAction: 'Pass' } }),
        global({ ...selectsWeb, tier: 'sec', ingress: [{ action: 'Deny', source: { nets: ['9.0.0.0/8'] } }] }),
        calico({ ...selectsWeb, ingress: [{ action: 'Allow' }] }),
      ],
      'a/api',
      'a/web',
      all,
    ],
    ['Log decides nothing', [calico({ ...selectsWeb, ingress: [{ action: 'Log' }, { action: 'Allow' }] })], 'a/api', 'a/web', all],
    [
      'a set of addresses is found by its labels',
      [
        global({ ...selectsWeb, ingress: [{ action: 'Allow', source: { selector: 'role == "db"' } }] }),
        object('projectcalico.org/v3', 'GlobalNetworkSet', { name: 's', labels: { role: 'db' } }, { spec: { nets: ['9.9.0.0/16'] } }),
      ],
      '9.9.1.1',
      'a/web',
      all,
    ],
    [
      'service accounts by name',
      [calico({ ...selectsWeb, ingress: [{ action: 'Allow', source: { serviceAccounts: { names: ['api'] } } }] })],
      'a/api',
      'a/web',
      all,
    ],
    [
      'a serviceAccountSelector narrows the policy',
      [
        object('v1', 'ServiceAccount', { name: 'web', namespace: 'a', labels: { kind: 'front' } }),
        calico({ serviceAccountSelector: 'kind == "front"' }),
      ],
      'a/api',
      'a/web',
      none,
    ],
    [
      'notProtocol is every other protocol',
      [calico({ ...selectsWeb, ingress: [{ action: 'Allow', notProtocol: 'TCP' }] })],
      'a/api',
      'a/web',
      'SCTP 1-65535,UDP 1-65535,ICMP,ICMPv6,other IP protocols',
    ],
    [
      'ports are numbers, ranges and names',
      [calico({ ...selectsWeb, ingress: [{ action: 'Allow', protocol: 'TCP', destination: { ports: [80, '90:92', 'http'] } }] })],
      'a/api',
      'a/web',
      'TCP 80,90-92,8080',
    ],
    [
      'notPorts are the rest',
      [calico({ ...selectsWeb, ingress: [{ action: 'Allow', protocol: 'UDP', destination: { notPorts: ['2:65535'] } }] })],
      'a/api',
      'a/web',
      'UDP 1',
    ],
    [
      'ICMP by type and code',
      [calico({ ...selectsWeb, ingress: [{ action: 'Allow', protocol: 'ICMP', icmp: { type: 3, code: 1 } }] })],
      'a/api',
      'a/web',
      'ICMP type 3/1',
    ],
    ['a policy of the cluster selects everywhere', [global({ selector: 'all()' })], 'a/web', 'b/job', none],
    ['a namespaceSelector narrows it', [global({ namespaceSelector: 'team == "x"' })], 'a/api', 'a/web', all],
    [
      'destination in an ingress rule is about the pod itself',
      [calico({ ingress: [{ action: 'Allow', destination: { selector: 'app == "api"' } }] })],
      'b/job',
      'a/web',
      none,
    ],
    [
      'crd.projectcalico.org is the same',
      [object('crd.projectcalico.org/v1', 'GlobalNetworkPolicy', { name: 'x' }, { spec: { selector: 'all()' } })],
      'a/web',
      'b/job',
      none,
    ],
    [
      'staged policies do nothing',
      [object('projectcalico.org/v3', 'StagedGlobalNetworkPolicy', { name: 'x' }, { spec: { selector: 'all()' } })],
      'a/web',
      'b/job',
      all,
    ],
    [
      'a profile speaks where no policy isolates',
      [object('projectcalico.org/v3', 'Profile', { name: 'kns.a' }, { spec: { ingress: [], egress: [{ action: 'Allow' }] } })],
      'b/job',
      'a/web',
      none,
    ],
    ['a label that is missing is unlike every value', [calico({ selector: 'tier != "front"' })], 'a/api', 'a/web', none],
  ],
  istio: [
    [
      'an ALLOW policy refuses what it does not match',
      [istio('AuthorizationPolicy', { selector: endpoints('web'), rules: [{ from: [{ source: { namespaces: ['b'] } }] }] })],
      'a/api',
      'a/web',
      'SCTP 1-65535,UDP 1-65535,ICMP,ICMPv6,other IP protocols',
    ],
    [
      'and lets in what it matches',
      [istio('AuthorizationPolicy', { selector: endpoints('web'), rules: [{ from: [{ source: { namespaces: ['b'] } }] }] })],
      'b/job',
      'a/web',
      all,
    ],
    [
      'no rules allow nothing',
      [istio('AuthorizationPolicy', {})],
      'b/job',
      'a/web',
      'SCTP 1-65535,UDP 1-65535,ICMP,ICMPv6,other IP protocols',
    ],
    ['rules: [{}] allow everything', [istio('AuthorizationPolicy', { rules: [{}] })], 'b/job', 'a/web', all],
    [
      'DENY comes first',
      [
        istio('AuthorizationPolicy', { rules: [{}] }),
        istio('AuthorizationPolicy', { action: 'DENY', rules: [{ to: [{ operation: { ports: ['8080'] } }] }] }, 'a', 'd'),
      ],
      'b/job',
      'a/web',
      'SCTP 1-65535,TCP 1-8079,8081-65535,UDP 1-65535,ICMP,ICMPv6,other IP protocols',
    ],
    [
      'the root namespace speaks for the mesh',
      [istio('AuthorizationPolicy', {}, 'istio-system')],
      'b/job',
      'a/web',
      'SCTP 1-65535,UDP 1-65535,ICMP,ICMPv6,other IP protocols',
    ],
    [
      'principals are accounts',
      [
        istio('AuthorizationPolicy', {
          selector: endpoints('web'),
          rules: [{ from: [{ source: { principals: ['cluster.local/ns/a/sa/api'] } }] }],
        }),
      ],
      'a/api',
      'a/web',
      all,
    ],
    [
      'an address outside has no principal',
      [istio('AuthorizationPolicy', { selector: endpoints('web'), rules: [{ from: [{ source: { principals: ['*'] } }] }] })],
      '8.8.8.8',
      'a/web',
      'SCTP 1-65535,UDP 1-65535,ICMP,ICMPv6,other IP protocols',
    ],
    [
      'from and to and when must all hold',
      [
        istio('AuthorizationPolicy', {
          selector: endpoints('web'),
          rules: [
            {
              from: [{ source: { namespaces: ['a'] } }],
              to: [{ operation: { ports: ['80', '81'] } }],
              when: [{ key: 'destination.port', notValues: ['81'] }],
            },
          ],
        }),
      ],
      'a/api',
      'a/web',
      'SCTP 1-65535,TCP 80,UDP 1-65535,ICMP,ICMPv6,other IP protocols',
    ],
    [
      'a method is part of the requests of a port',
      [istio('AuthorizationPolicy', { selector: endpoints('web'), rules: [{ to: [{ operation: { ports: ['80'], methods: ['GET'] } }] }] })],
      'a/api',
      'a/web',
      'SCTP 1-65535,TCP 80 (some HTTP requests),UDP 1-65535,ICMP,ICMPv6,other IP protocols',
    ],
    ['AUDIT decides nothing', [istio('AuthorizationPolicy', { action: 'AUDIT', rules: [{}] })], 'b/job', 'a/web', all],
    [
      'CUSTOM may refuse, and is not counted',
      [istio('AuthorizationPolicy', { action: 'CUSTOM', provider: { name: 'x' }, rules: [{}] })],
      'b/job',
      'a/web',
      all,
    ],
    ['the network is asked too', [istio('AuthorizationPolicy', { rules: [{}] }), kubernetes({ podSelector: {} })], 'b/job', 'a/web', none],
    [
      'STRICT refuses callers without a proxy',
      [istio('PeerAuthentication', { mtls: { mode: 'STRICT' } })],
      '8.8.8.8',
      'a/web',
      'SCTP 1-65535,UDP 1-65535,ICMP,ICMPv6,other IP protocols',
    ],
    ['and not those of the mesh', [istio('PeerAuthentication', { mtls: { mode: 'STRICT' } })], 'b/job', 'a/web', all],
    [
      'a workload policy goes before the namespace',
      [
        istio('PeerAuthentication', { mtls: { mode: 'STRICT' } }),
        istio('PeerAuthentication', { selector: endpoints('web'), mtls: { mode: 'PERMISSIVE' } }, 'a', 'w'),
      ],
      '8.8.8.8',
      'a/web',
      all,
    ],
    [
      'a port may differ',
      [istio('PeerAuthentication', { selector: endpoints('web'), mtls: { mode: 'STRICT' }, portLevelMtls: { 8080: { mode: 'DISABLE' } } })],
      '8.8.8.8',
      'a/web',
      'SCTP 1-65535,TCP 8080,UDP 1-65535,ICMP,ICMPv6,other IP protocols',
    ],
    [
      'pods whose namespace refuses injection are outside the mesh',
      [
        namespace('b', { 'istio-injection': 'disabled' }),
        namespace('a', { 'istio-injection': 'enabled' }),
        istio('PeerAuthentication', { mtls: { mode: 'STRICT' } }),
      ],
      'b/job',
      'a/web',
      'SCTP 1-65535,UDP 1-65535,ICMP,ICMPv6,other IP protocols',
    ],
    [
      'a Sidecar with REGISTRY_ONLY closes what it does not list',
      [
        object(
          'networking.istio.io/v1',
          'Sidecar',
          { name: 's', namespace: 'a' },
          { spec: { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' }, egress: [{ hosts: ['./*'] }] } },
        ),
      ],
      'a/web',
      'b/job',
      'SCTP 1-65535,UDP 1-65535,ICMP,ICMPv6,other IP protocols',
    ],
    [
      'with ALLOW_ANY it closes nothing',
      [object('networking.istio.io/v1', 'Sidecar', { name: 's', namespace: 'a' }, { spec: { egress: [{ hosts: ['./*'] }] } })],
      'a/web',
      'b/job',
      all,
    ],
  ],
};

for (const [name, table] of Object.entries(rows))
  describe(name, () => {
    for (const [sentence, objects, from, to, expected] of table)
      test(sentence, () => {
        const net = built(
          [
            ...objects,
            ...pods.filter(
              ({ kind, metadata }) =>
                kind !== 'Namespace' || !objects.some((one) => one.kind === kind && one.metadata?.name === metadata?.name),
            ),
          ],
          from,
          to,
        );
        const [source, destination] = [place(net, from), place(net, to)];
        assert.equal(portText(net.ports, net.allowed(source, destination)), expected);
        const traces = traceBetween(net, source, destination);
        const traced = traces.reduce((set, trace) => net.ports.intersection(set, trace.allowed), net.allowed(source, destination));
        assert.equal(traced, net.allowed(source, destination), 'the trace says the same');
      });
  });

const told = (...objects: readonly KubeObject[]) =>
  built([...pods, ...objects]).complaints.map(({ path, problem }) => `${problem.code} ${path}`);

describe('what is wrong is told', () => {
  const table: readonly (readonly [string, readonly KubeObject[], readonly string[]])[] = [
    ['a selector that cannot be read', [calico({ selector: 'app = web' })], ['network/invalid-policy /spec/selector']],
    ['parentheses without end', [calico({ selector: '('.repeat(5000) })], ['network/invalid-policy /spec/selector']],
    ['doNotTrack', [global({ selector: 'all()', doNotTrack: true })], ['network/not-evaluated /spec']],
    ['a staged policy', [object('projectcalico.org/v3', 'StagedNetworkPolicy', { name: 'x', namespace: 'a' })], ['network/not-enforced ']],
    [
      'one order and two actions',
      [calico({ order: 5, ingress: [{ action: 'Allow' }] }), calico({ order: 5, ingress: [{ action: 'Deny' }] }, 'd')],
      ['network/equal-priority /spec/order'],
    ],
    [
      'two kinds of peers in one rule of Cilium',
      [cilium({ ...web, ingress: [{ fromEndpoints: [{}], fromCIDR: ['10.0.0.0/8'] }] })],
      ['network/invalid-policy /spec/ingress/0'],
    ],
    ['no entity', [cilium({ ...web, ingress: [{ fromEntities: ['moon'] }] })], ['network/invalid-policy /spec/ingress/0/fromEntities/0']],
    ['a policy for nodes', [clusterwide({ nodeSelector: {}, ingress: [{}] })], ['network/not-enforced /spec/nodeSelector']],
    [
      'a DENY policy without rules, and which pods are in the mesh',
      [istio('AuthorizationPolicy', { action: 'DENY' })],
      ['network/invalid-policy /spec/rules', 'network/not-enforced '],
    ],
    [
      'lists where mappings belong',
      [cilium([] as unknown as Fields), calico(7 as unknown as Fields)],
      ['network/invalid-policy /spec', 'network/invalid-policy /spec', 'network/invalid-policy /spec'],
    ],
  ];
  for (const [name, objects, expected] of table) test(name, () => assert.deepEqual(told(...objects).sort(), [...expected].sort()));
});

test('a rule that asks for more than is evaluated says so', () => {
  const net = built([
    ...pods,
    cilium({ ...web, ingress: [{ toPorts: [{ ports: [{ port: '80' }], rules: { http: [{ method: 'GET' }] } }] }] }),
  ]);
  const [, ingress] = traceBetween(net, place(net, 'a/api'), place(net, 'a/web'));
  assert.deepEqual(
    ingress.decisions.flatMap(({ rule }) => rule?.restricted ?? []),
    ['http rules'],
  );
});

test('policies and rules that do nothing are found', () => {
  const both = {
    ingress: [
      { from: [{ podSelector: {} }] },
      { from: [{ podSelector: { matchLabels: { app: 'api' } } }] },
      { from: [{ podSelector: { matchLabels: { app: 'ghost' } } }] },
    ],
  };
  const net = built([
    ...pods,
    kubernetes({ podSelector: { matchLabels: { app: 'web' } }, ...both }),
    kubernetes({ podSelector: { matchLabels: { app: 'nobody' } } }, 'typo'),
    kubernetes(
      { podSelector: { matchLabels: { app: 'web' } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'api' } } }] }] },
      'again',
    ),
  ]);
  assert.deepEqual(
    idle(net).found.map(({ why, policy, rule }) => `${why} ${policy.resource.name} ${rule?.path ?? ''}`.trim()),
    ['redundant-policy again', 'matches-nobody p /spec/ingress/2', 'redundant-rule p /spec/ingress/1', 'selects-no-pod typo'],
  );
});

test('the question what does nothing has a budget, and says when it is spent', () => {
  const many = Array.from({ length: 500 }, (_, index) =>
    kubernetes({ podSelector: {}, ingress: [{ ports: [{ port: 1 + index }] }] }, `p${index}`),
  );
  assert.equal(idle(built([...pods, ...many]), 1_000_000).complete, false);
});
