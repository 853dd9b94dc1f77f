// A Service with a selector and no ready address behind it: every request to it fails. Told from its EndpointSlices, which clusters make and
// manifests rarely hold; a Service of a manifest without any is not judged. Selectors that meet no pod are found elsewhere.

import { labelsOf } from '../../kube/object.ts';
import { asList, asObject, dig, field } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { control, fail, notApplicable, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { headlessService } from './examples.ts';

export const endpointsEmpty = control({
  id: 'reliability/endpoints-empty',
  aliases: ['POP-1105', 'POP-1110'],
  severity: 'medium',
  title: 'Services have ready pods behind them',
  why: 'Whoever calls the Service gets an error.',
  fix: "Make the pods ready, or correct the Service's selector.",
  frameworks: [],
  on: objects('/Service'),
  check: ({ resource, object }, { snapshot }) => {
    if (Object.keys(asObject(dig(object, 'spec', 'selector'))).length === 0)
      return [notApplicable('no-selector', 'somebody else fills in its endpoints')];
    const slices = slicesOf(snapshot, resource);
    if (slices.length === 0 && resource.origin.kind !== 'cluster')
      return [notApplicable('no-slices', 'the input has no EndpointSlice of it')];
    const ready = slices.some((slice) =>
      asList(slice.object.endpoints).some(
        (endpoint) => dig(endpoint, 'conditions', 'ready') !== false && asList(field(endpoint, 'addresses')).length > 0,
      ),
    );
    return ready ? [] : [fail('/spec/selector', 'no-endpoints', `Service "${resource.name}" has no ready address behind it`)];
  },
  examples: {
    pass: () => [cluster(deployment(), headlessService(), slice(true))],
    fail: () => [cluster(deployment(), headlessService(), slice(false))],
  },
});

function slicesOf(snapshot: Snapshot, service: Resource): readonly Resource[] {
  return ofKind(snapshot, 'discovery.k8s.io', 'EndpointSlice').filter(
    (slice) => slice.namespace === service.namespace && labelsOf(slice.object)['kubernetes.io/service-name'] === service.name,
  );
}

function slice(ready: boolean) {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'app-7x2kq', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'app' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.1.2.3'], conditions: { ready } }],
  };
}
