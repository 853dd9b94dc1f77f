// RuntimeClass: the overhead, node selector and tolerations of the class a pod names.

import { compareQuantities } from '../../kube/quantity.ts';
import { ensured, type Struct, set, structAt, structsIn } from '../../kube/schema/defaults/struct.ts';
import type { Json } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import { forbidden } from '../status.ts';
import { pathSegment } from '../validate/meta/names.ts';
import { amountsIn } from './amounts.ts';
import type { Attributes, Plugin } from './plugin.ts';
import { mergeTolerations, podIn, setTolerations, tolerationsOf } from './pods.ts';

export const runtimeClass: Plugin = { name: 'RuntimeClass', admit: (each) => judge(each, true), validate: (each) => judge(each, false) };

function judge(attributes: Attributes, mutates: boolean): Refusal | undefined {
  const pod = podIn(attributes);
  if (pod === undefined || attributes.operation !== 'CREATE') return undefined;
  const { serving, target, name } = attributes;
  const spec = structAt(pod, 'spec');
  const no = (why: string) => forbidden(target, name, why);
  const wanted = typeof spec.runtimeClassName === 'string' ? spec.runtimeClassName : undefined;
  const found = wanted === undefined ? undefined : serving.state.get({ group: 'node.k8s.io', resource: 'runtimeclasses' }, '', wanted);
  const unfit = wanted === undefined || found !== undefined ? [] : pathSegment(wanted);
  if (unfit.length > 0) return { code: 500, reason: '', message: `invalid resource name ${JSON.stringify(wanted)}: [${unfit.join(' ')}]` };
  if (wanted === '') return { code: 500, reason: '', message: 'resource name may not be empty' };
  if (wanted !== undefined && found === undefined) return no(`pod rejected: RuntimeClass ${JSON.stringify(wanted)} not found`);
  const chosen = (found ?? {}) as unknown as Struct;
  if (!mutates) return overheadProblem(spec, chosen, false, no);
  const refusal = overheadProblem(spec, chosen, true, no);
  if (refusal !== undefined) return refusal;
  if (wanted !== undefined) serving.because?.(...whyClass(wanted, chosen));
  if (chosen.overhead !== undefined) spec.overhead = structAt(chosen, 'overhead', 'podFixed') as Json;
  if (chosen.scheduling === undefined) return undefined;
  const scheduling = structAt(chosen, 'scheduling');
  for (const [key, value] of Object.entries(structAt(scheduling, 'nodeSelector'))) {
    const own = structAt(spec, 'nodeSelector');
    if (Object.hasOwn(own, key) && own[key] !== value)
      return no(`conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own[key]}`);
    set(ensured(spec, 'nodeSelector'), key, value ?? '');
  }
  const merged = mergeTolerations(tolerationsOf(pod), structsIn(scheduling, 'tolerations'));
  if (merged.length > 0) setTolerations(pod, merged);
  return undefined;
}

function whyClass(name: string, { overhead, scheduling }: Struct): readonly [reason: string, ...evidence: string[]] {
  const parts = [...(overhead === undefined ? [] : ['overhead.podFixed']), ...(scheduling === undefined ? [] : ['scheduling'])];
  return [`RuntimeClass ${name}, which the pod names, says so`, `RuntimeClass ${name}: ${parts.join(' and ')}`];
}

function overheadProblem(spec: Struct, chosen: Struct, mutates: boolean, no: (why: string) => Refusal): Refusal | undefined {
  const given = spec.overhead !== undefined && spec.overhead !== null;
  if (chosen.overhead === undefined)
    return given && !mutates ? no('pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead') : undefined;
  if (mutates && !given) return undefined;
  const own = amountsIn(structAt(spec, 'overhead'));
  const fixed = amountsIn(structAt(chosen, 'overhead', 'podFixed'));
  const same =
    own.size === fixed.size &&
    [...own].every(([name, amount]) => compareQuantities(fixed.get(name) ?? amount, amount) === 0 && fixed.has(name));
  return same ? undefined : no("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
}
