// All that a mesh says of traffic, as policies of the layer above the network: AuthorizationPolicy, PeerAuthentication, and Sidecar.

import { problem } from '../../lib/problem.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { ReadPolicy } from '../policy.ts';
import { authorizationPolicy } from './authorization-policy.ts';
import type { IstioContext } from './context.ts';
import { peerAuthentications } from './peer-authentication.ts';
import { sidecars } from './sidecar.ts';

/** Reads the policies of the mesh. */
export function* istioPolicies(snapshot: Snapshot, context: IstioContext): Generator<ReadPolicy> {
  const authorization = ofKind(snapshot, 'security.istio.io', 'AuthorizationPolicy');
  for (const resource of authorization) yield authorizationPolicy(resource, context);
  yield* peerAuthentications(snapshot, context);
  yield* sidecars(snapshot, context);
  const [first] = [...authorization, ...ofKind(snapshot, 'security.istio.io', 'PeerAuthentication')];
  if (first !== undefined && !context.injectionKnown) {
    const words = 'nothing here says which pods have a proxy of Istio before them; all pods are taken to be in the mesh';
    yield {
      policies: [],
      complaints: [{ resource: first, path: '', problem: problem('network/not-enforced', words, undefined, 'warning') }],
    };
  }
}
