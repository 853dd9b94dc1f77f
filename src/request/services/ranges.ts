// From which addresses a cluster gives Services theirs: its ServiceCIDR objects say (networking.k8s.io/v1, stable since 1.33), or the flag of
// its API server where that runs as a pod. Where neither is among the objects the range is not known, and addresses that Services name are
// taken as inside it.

import type { KubeObject } from '../../kube/object.ts';
import { asList, dig, strings } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';

export interface ServiceRanges {
  readonly ranges: readonly string[];
  readonly known: boolean;
}

const flag = '--service-cluster-ip-range=';
/** What kubeadm takes: assumed where nothing says it; and a range of IPv6 where an address shows that there is one. */
export const usualServiceRanges = { IPv4: '10.96.0.0/12', IPv6: 'fd00:10:96::/112' };

/** The ranges of a cluster; `asked` are objects that will be sent to it. */
export function serviceRangesOf(snapshot: Snapshot, asked: readonly KubeObject[] = []): ServiceRanges {
  const objects = ofKind(snapshot, 'networking.k8s.io', 'ServiceCIDR');
  const first = objects.filter(({ name }) => name === 'kubernetes');
  const declared = [...first, ...objects.filter((one) => !first.includes(one))].flatMap(({ object }) =>
    strings(dig(object, 'spec', 'cidrs')),
  );
  if (declared.length > 0) return { ranges: declared, known: true };
  const flags = ofKind(snapshot, '', 'Pod')
    .filter(({ namespace, name }) => namespace === 'kube-system' && name.startsWith('kube-apiserver'))
    .flatMap(({ object }) => asList(dig(object, 'spec', 'containers')))
    .flatMap((container) => [...strings(dig(container, 'command')), ...strings(dig(container, 'args'))]);
  const given = flags.filter((text) => text.startsWith(flag)).flatMap((text) => text.slice(flag.length).split(','));
  if (given.length > 0) return { ranges: given, known: true };
  const services = [...ofKind(snapshot, '', 'Service').map(({ object }) => object), ...asked.filter(({ kind }) => kind === 'Service')];
  const families = services.flatMap((object) => [
    ...strings(dig(object, 'spec', 'ipFamilies')),
    ...[dig(object, 'spec', 'clusterIP'), ...asList(dig(object, 'spec', 'clusterIPs'))].map((address) =>
      String(address).includes(':') ? 'IPv6' : 'IPv4',
    ),
  ]);
  return {
    ranges: families.includes('IPv6') ? [usualServiceRanges.IPv4, usualServiceRanges.IPv6] : [usualServiceRanges.IPv4],
    known: false,
  };
}
