// Pods that a controller makes are requests of their own: they may be refused where the owner was not, and the third where two were admitted.

import { serviceAccount } from '../../identity/subjects.ts';
import { asList, asObject, asString, dig, field, type Json, type JsonObject } from '../../lib/json.ts';
import { answerWrite } from '../pipeline.ts';
import { reasonsOf } from '../scheduling/placement.ts';
import { preempted } from '../scheduling/preemption.ts';
import type { Writing } from '../write/update.ts';
import type { Maker } from './makers.ts';
import { ephemeralTemplate, placed } from './placed.ts';
import type { NextStep } from './step.ts';

/** More pods than this are not tried. */
const mostTried = 200;

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
  const pods = tryPods(pod, count(object, writing), controller, namespace, writing);
  // Controllers make the claims of their templates, too.
  const claims = asList(dig(object, 'spec', 'volumeClaimTemplates'));
  const claimTemplate = (volume: Json) =>
    ephemeralTemplate(volume) ?? claims.find((one) => dig(one, 'metadata', 'name') === field(volume, 'name'));
  const found = pods.first === undefined ? undefined : placed(pods.first, writing.state, claimTemplate);
  return {
    actor: `system:serviceaccount:kube-system:${controller}`,
    does: does(object, writing),
    ...(pods.made.tried === 0 ? {} : { pods: pods.made }),
    ...(found === undefined || found.nodes.length === 0
      ? {}
      : { nodes: reasonsOf(found), ...preempted(found.preemption), unknown: found.unknown }),
  };
}

function tryPods(pod: JsonObject, wanted: number, controller: string, namespace: string, writing: Writing) {
  const { access: _asked, ...unasked } = writing;
  const count = Math.min(wanted, mostTried);
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
      return { first, made: { allowed: false, wanted, tried: tried + 1, admitted: tried, message, warnings: [...warnings] } };
    }
    first ??= answer.object;
  }
  return { first, made: { allowed: true, wanted, tried: count, admitted: count, message: '', warnings: [...warnings] } };
}
