// Who acts once an object is stored. The API server only stores; everything that happens then is done by somebody who watches it. Kinds that
// make pods are followed one step.

import { type Struct, structAt } from '../../kube/schema/defaults/struct.ts';
import { asString, type JsonObject } from '../../lib/json.ts';
import { reasonsOf } from '../scheduling/placement.ts';
import { preempted } from '../scheduling/preemption.ts';
import type { Writing } from '../write/update.ts';
import { makers } from './makers.ts';
import { making } from './making.ts';
import { placed } from './placed.ts';
import type { NextStep } from './step.ts';

const others: Readonly<Record<string, readonly [actor: string, does: string]>> = {
  '/Service': ['endpointslice controller and kube-proxy', 'write down the pods that the selector selects, and lead traffic to them'],
  '/Namespace': ['service account controller', 'makes the ServiceAccount "default" and the ConfigMap kube-root-ca.crt in it'],
  '/PersistentVolumeClaim': ['volume binder or provisioner', 'finds or makes a volume; until then pods that use the claim wait'],
  '/Secret': ['nobody', 'a Secret does nothing by itself; kubelets hand it to pods that name it'],
  '/ConfigMap': ['nobody', 'a ConfigMap does nothing by itself; kubelets hand it to pods that name it'],
  '/ServiceAccount': ['nobody', 'tokens are made when a pod or a TokenRequest asks for them'],
  'networking.k8s.io/Ingress': ['ingress controller', 'one that watches this class leads traffic; without one nothing happens'],
  'networking.k8s.io/NetworkPolicy': ['network plugin', 'enforces it, if it implements NetworkPolicy; otherwise nothing happens'],
  'autoscaling/HorizontalPodAutoscaler': ['autoscaler', 'changes the scale of its target'],
  'apiextensions.k8s.io/CustomResourceDefinition': ['API server', 'serves the new kind as soon as its names are accepted'],
  'certificates.k8s.io/CertificateSigningRequest': [
    'approver, then signer',
    'nothing is signed until somebody with the right to approve does',
  ],
};

/** Who acts on a stored object, and with what prospects. */
export function nextSteps(object: JsonObject, writing: Writing): readonly NextStep[] {
  const apiVersion = asString(object.apiVersion) ?? '';
  const key = `${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}/${asString(object.kind) ?? ''}`;
  if (key === '/Pod') return [scheduling(object as unknown as Struct, writing)];
  const maker = makers[key];
  if (maker !== undefined) return [making(object, maker, writing)];
  const other = others[key];
  return other === undefined ? [] : [{ actor: other[0], does: other[1] }];
}

function scheduling(pod: Struct, { state }: Writing): NextStep {
  const named = asString(structAt(pod, 'spec').nodeName) ?? '';
  if (named !== '') return { actor: `kubelet of ${named}`, does: 'runs it: the pod names its node, and the scheduler is not asked' };
  const placement = placed(pod as unknown as JsonObject, state);
  const nodes = reasonsOf(placement);
  const fitting = nodes.filter(({ reasons }) => reasons.length === 0).length;
  const does =
    nodes.length === 0
      ? 'picks a node; the input has none, so whether one fits is not known'
      : placement.before?.plugin === 'SchedulingGates'
        ? placement.before.why
        : `picks a node: ${fitting} of ${nodes.length} fit`;
  const victims = preempted(placement.preemption);
  return { actor: 'scheduler', does, nodes, ...victims, ...(placement.unknown.length === 0 ? {} : { unknown: placement.unknown }) };
}
