// Where a sandbox may connect to. Its template must have the controller manage a policy, and name the destinations: without a policy the
// controller's default allows the whole internet, and a rule without a destination, or for all addresses, allows the same.

import { isEmptySelector } from '../../kube/label-selector.ts';
import { members } from '../../kube/pod/lower.ts';
import { asList, asObject, asString, field, isObject, type Json } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster } from '../examples.ts';
import { sandboxTemplate } from './target.ts';

export const egress = control({
  id: 'sandbox/egress',
  aliases: ['C-0301'],
  severity: 'high',
  title: 'Agent sandboxes connect to named destinations only',
  why: 'An agent that was talked into it can send out whatever it has seen; only the network stands between it and the outside.',
  fix: 'Leave networkPolicyManagement at Managed and list the destinations in networkPolicy.egress; an empty list denies all.',
  frameworks: ['nsa:network-separation', 'attack:T1552.007', 'owasp:K07'],
  on: objects('extensions.agents.x-k8s.io/SandboxTemplate'),
  check: ({ object }) => {
    const spec = asObject(object.spec);
    if ((spec.networkPolicyManagement ?? 'Managed') !== 'Managed')
      return [fail('/spec/networkPolicyManagement', 'unmanaged', 'no network policy is made for these sandboxes')];
    const policy = spec.networkPolicy;
    if (!isObject(policy))
      return [fail('/spec/networkPolicy', 'missing', 'no network policy is given, and the default allows the internet')];
    if (policy.egress !== undefined && policy.egress !== null && !Array.isArray(policy.egress))
      return [fail('/spec/networkPolicy/egress', 'malformed', 'egress is no list of rules')];
    return members(policy.egress, '/spec/networkPolicy/egress')
      .filter((rule) => asList(rule.spec.to).length === 0 || !asList(rule.spec.to).every(isNamed))
      .map((rule) => fail(rule.path, 'any-destination', 'this rule allows connections to any destination'));
  },
  examples: {
    pass: () => [
      cluster(sandboxTemplate()),
      cluster(sandboxTemplate({ spec: { networkPolicy: { egress: [{ to: [{ ipBlock: { cidr: '203.0.113.0/24' } }] }] } } })),
    ],
    fail: () => [
      cluster(sandboxTemplate({ spec: { networkPolicyManagement: 'Unmanaged' } })),
      cluster(sandboxTemplate({ spec: { networkPolicy: null } })),
      cluster(sandboxTemplate({ spec: { networkPolicy: { egress: [{ ports: [{ port: 443 }] }] } } })),
      cluster(
        sandboxTemplate({ spec: { networkPolicy: { egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }] }] } } }),
      ),
    ],
  },
});

/** True for a peer that does not stand for everybody. */
function isNamed(peer: Json): boolean {
  const cidr = asString(field(field(peer, 'ipBlock'), 'cidr')) ?? '';
  if (cidr !== '' && !/\/0$/.test(cidr)) return true;
  return ['podSelector', 'namespaceSelector'].some((key) => isObject(field(peer, key)) && !isEmptySelector(field(peer, key)));
}
