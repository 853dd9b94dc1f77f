// Pods that a controller makes are requests of their own: they may be refused where the owner was not, and the third where two were admitted.

import { serviceAccount } from '../../identity/subjects.ts';
import type { Struct } from '../../kube/schema/defaults/struct.ts';
import { asList, asObject, asString, dig, type JsonObject } from '../../lib/json.ts';
import { answerWrite } from '../pipeline.ts';
import { judgeNodes, type NodeFit, reasonsOf } from '../scheduling/placement.ts';
import type { State } from '../state.ts';
import type { Writing } from '../update.ts';
import type { Maker } from './makers.ts';
import type { NextStep } from './step.ts';

/** More pods than this are not tried. */
const mostTried = 20;

/** What the pods of an object would be answered, made one after the other by its controller. */
export function making(object: JsonObject, { controller, template, does, adds, count }: Maker, writing: Writing): NextStep {
  const source = asObject(dig(object, ...template));
  const metadata = asObject(source.metadata);
  const name = asString(dig(object, 'metadata', 'name')) ?? 'pod';
  const namespace = asString(dig(object, 'metadata', 'namespace')) ?? 'default';
  const pod: JsonObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(metadata.labels === undefined ? {} : { labels: metadata.labels }),
      ...(metadata.annotations === undefined ? {} : { annotations: metadata.annotations }),
      generateName: `${name}-`,
      namespace,
    },
    spec: { ...asObject(source.spec), ...adds?.(object) },
  };
  const pods = tryPods(pod, Math.min(count(object, writing), mostTried), controller, namespace, writing);
  const found = pods.first === undefined ? { nodes: [], unknown: [] } : placed(pods.first, writing.state);
  return {
    actor: `system:serviceaccount:kube-system:${controller}`,
    does: does(object, writing),
    ...(pods.made.tried === 0 ? {} : { pods: pods.made }),
    ...(found.nodes.length === 0 ? {} : found),
  };
}

function tryPods(pod: JsonObject, count: number, controller: string, namespace: string, writing: Writing) {
  const { access: _asked, ...unasked } = writing;
  let first: JsonObject | undefined;
  const warnings = new Set<string>();
  for (let tried = 0; tried < count; tried++) {
    const { answer } = answerWrite(
      {
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/pods`,
        query: {},
        user: serviceAccount('kube-system', controller),
        body: { kind: 'json', value: pod },
      },
      unasked,
    );
    for (const warning of answer.warnings) warnings.add(warning);
    if (answer.object === undefined) {
      const message = answer.refusal?.message ?? '';
      return { first, made: { allowed: false, tried: count, admitted: tried, message, warnings: [...warnings] } };
    }
    first ??= answer.object;
  }
  return { first, made: { allowed: true, tried: count, admitted: count, message: '', warnings: [...warnings] } };
}

/** A pod against all nodes; claims that a controller makes with it are still to come, and are not asked for. */
function placed(pod: JsonObject, state: State): { readonly nodes: readonly NodeFit[]; readonly unknown: readonly string[] } {
  const kept = asList(dig(pod, 'spec', 'volumes')).filter((volume) => {
    const claim = asString(dig(volume, 'persistentVolumeClaim', 'claimName'));
    return (
      claim === undefined ||
      state.get({ group: '', resource: 'persistentvolumeclaims' }, asString(dig(pod, 'metadata', 'namespace')) ?? '', claim) !== undefined
    );
  });
  const asked = { ...pod, spec: { ...asObject(pod.spec), volumes: kept } } as unknown as Struct;
  const { nodes, unknown } = judgeNodes(asked, state);
  return { nodes: reasonsOf({ before: undefined, nodes, unknown }), unknown };
}
