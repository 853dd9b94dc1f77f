// What edges gain, by name, so that the file of an edge says it in a word. Hubs come to mean something in `spread.ts`.

import type { Gain } from './by-rights.ts';
import type { Scene } from './scene.ts';

/** Everything in the cluster. */
export const admin = ({ graph }: Scene): readonly Gain[] => [{ vertex: graph.vertex('cluster-admin') }];

/** Everything in a namespace; in every namespace where the scope is the cluster. */
export const namespaceAdmin = ({ rights }: Scene, scope: string): readonly Gain[] => [{ vertex: rights.addAdmin(scope) }];

/** A token of every service account in the scope. */
export const tokens = ({ graph }: Scene, scope: string): readonly Gain[] => [{ vertex: graph.vertex('tokens', scope) }];

/** Code in every pod of the scope. */
export const pods = ({ graph }: Scene, scope: string): readonly Gain[] => [{ vertex: graph.vertex('pods', scope) }];

/** What every Secret of the scope holds. */
export const secrets = ({ graph }: Scene, scope: string): readonly Gain[] => [{ vertex: graph.vertex('secrets', scope) }];

/** What one Secret holds. */
export const secret = ({ graph }: Scene, scope: string, name: string): readonly Gain[] => [{ vertex: graph.vertex('secret', scope, name) }];

/** One service account. */
export const account = ({ graph }: Scene, scope: string, name: string): readonly Gain[] => [
  { vertex: graph.vertex('service-account', scope, name) },
];

/** A user, which may be spelled like a service account. */
export function user({ graph }: Scene, name: string): readonly Gain[] {
  const [, namespace, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name) ?? [];
  if (namespace !== undefined && account !== undefined) return [{ vertex: graph.vertex('service-account', namespace, account) }];
  return [{ vertex: graph.vertex('user', '', name) }];
}

/** A group. */
export const group = ({ graph }: Scene, name: string): readonly Gain[] => [{ vertex: graph.vertex('group', '', name) }];

/** Any user and any service account. */
export const principals = ({ graph }: Scene): readonly Gain[] => [{ vertex: graph.vertex('principals') }];

/** Root on whichever node the attacker likes. */
export const anyNode = ({ graph }: Scene): readonly Gain[] => [{ vertex: graph.vertex('node', '', '*') }];

/** Harm that leads to no further position in this model. */
export const effect = ({ graph }: Scene, scope: string, name: string): readonly Gain[] => [{ vertex: graph.vertex('effect', scope, name) }];

/** Root on a node through a pod of the attacker's making, where admission lets a privileged one in. */
export function privilegedPod(scene: Scene, scope: string): readonly Gain[] {
  return admitted(scene, scope, scene.graph.vertex('node', '', '*'));
}

/** The same on a node of the control plane, by naming it or tolerating its taint. None where nodes were read and none is one. */
export function controlPlanePod(scene: Scene, scope: string): readonly Gain[] {
  const nodes = [...scene.nodes.values()].filter(({ resource }) => resource !== undefined);
  const there = nodes.some(({ isControlPlane }) => isControlPlane);
  if (nodes.length > 0 && !there) return [];
  const text = there ? 'a control-plane node is there' : 'no Node was read: whether pods can reach a control-plane node is not known';
  return admitted(scene, scope, scene.graph.vertex('control-plane')).map((gain) => ({
    ...gain,
    known: there && gain.known !== false,
    evidence: [...(gain.evidence ?? []), { text, path: '' }],
  }));
}

function admitted(scene: Scene, scope: string, vertex: number): readonly Gain[] {
  const { privileged, evidence, repair } = scene.admission(scope);
  if (privileged === 'no') return [];
  return [{ vertex, known: privileged === 'yes', evidence: [evidence], repairs: repair === undefined ? [] : [repair] }];
}

/** What a pod of the attacker's making gives: the service accounts of the namespace, and nodes. */
export function newPod(scene: Scene, scope: string): readonly Gain[] {
  return [...tokens(scene, scope), ...privilegedPod(scene, scope), ...controlPlanePod(scene, scope)];
}

/** The containers of the pods of that name. */
export function podNamed({ pods: all }: Scene, scope: string, name: string): readonly Gain[] {
  return all
    .filter(({ endpoints, workload }) => (scope === '' || workload.namespace === scope) && endpoints.some((one) => one.name === name))
    .flatMap(({ containers }) => containers.map(({ vertex }) => ({ vertex })));
}
