// Priority: the number that a PriorityClass stands for, put into the pod; and that only one class may be the default.

import { ensured, type Struct, structAt, textIn } from '../../kube/schema/defaults/struct.ts';
import { asNumber, asString, dig, type JsonObject } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import { forbidden } from '../status.ts';
import type { Attributes, Plugin } from './plugin.ts';
import { podIn } from './pods.ts';

export const priority: Plugin = { name: 'Priority', admit: admitPod, validate: validateClass };

const classes = { group: 'scheduling.k8s.io', resource: 'priorityclasses' };

function admitPod(attributes: Attributes): Refusal | undefined {
  const pod = podIn(attributes);
  if (pod === undefined) return admitGroup(attributes);
  const spec = ensured(pod, 'spec');
  if (attributes.operation === 'UPDATE') {
    for (const key of ['priority', 'preemptionPolicy']) spec[key] ??= dig(attributes.old, 'spec', key);
    attributes.serving.because?.('a pod keeps the priority it has');
    return undefined;
  }
  return attributes.operation === 'CREATE' ? establish(spec, attributes) : undefined;
}

function establish(spec: Struct, { serving, target, name }: Attributes): Refusal | undefined {
  const wanted = textIn(spec, 'priorityClassName');
  const no = (why: string) => forbidden(target, name, why);
  const found = wanted === '' ? defaultClass(serving.state.list(classes)) : serving.state.get(classes, '', wanted);
  if (wanted !== '' && found === undefined) return no(`no PriorityClass with name ${wanted} was found`);
  const value = asNumber(found?.value) ?? 0;
  const policy = found === undefined ? 'PreemptLowerPriority' : asString(found.preemptionPolicy);
  const className = asString(dig(found, 'metadata', 'name')) ?? '';
  if (className !== '') spec.priorityClassName = className;
  const given = asNumber(spec.priority);
  if (given !== undefined && given !== value)
    return no(
      `the integer value of priority (${given}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
    );
  serving.because?.(...whyPriority(className, value, wanted));
  spec.priority = value;
  if (policy === undefined) return undefined;
  const chosen = asString(spec.preemptionPolicy);
  if (chosen !== undefined && chosen !== policy)
    return no(
      `the string value of PreemptionPolicy (${chosen}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
    );
  spec.preemptionPolicy = policy;
  return undefined;
}

function whyPriority(className: string, value: number, wanted: string): readonly [reason: string, ...evidence: string[]] {
  if (className === '') return ['the pod names no PriorityClass, and none is the default: its priority is 0'];
  const why = wanted === '' ? 'is the default of the cluster (globalDefault)' : 'is the one that is named';
  return [`PriorityClass ${className} ${why}`, `PriorityClass ${className} stands for ${value}`];
}

/** A new group of pods has a priority where groups are preempted as a whole. */
function admitGroup({ serving, target, operation, object, name }: Attributes): Refusal | undefined {
  if (target.group !== classes.group || target.resource !== 'podgroups' || target.subresource !== '' || operation !== 'CREATE')
    return undefined;
  if (object === undefined || !serving.server.features.has('WorkloadAwarePreemption')) return undefined;
  const spec = ensured(object, 'spec');
  const wanted = textIn(spec, 'priorityClassName');
  const found = wanted === '' ? defaultClass(serving.state.list(classes)) : serving.state.get(classes, '', wanted);
  if (wanted !== '' && found === undefined) return forbidden(target, name, `no PriorityClass with name ${wanted} was found`);
  const value = asNumber(found?.value) ?? 0;
  const given = asNumber(spec.priority);
  const className = asString(dig(found, 'metadata', 'name')) ?? '';
  if (className !== '') spec.priorityClassName = className;
  if (given !== undefined && given !== value) {
    const words = `priority set in the pod group (${given}) must match the priority computed (${value}) based on the priority class set in the spec`;
    return forbidden(target, name, words);
  }
  serving.because?.(...whyPriority(className, value, wanted));
  spec.priority = value;
  return undefined;
}

/** The default class; of several, the one of the lowest value. */
function defaultClass(all: readonly JsonObject[]): JsonObject | undefined {
  let found: JsonObject | undefined;
  for (const each of all)
    if (each.globalDefault === true && (found === undefined || (asNumber(found.value) ?? 0) > (asNumber(each.value) ?? 0))) found = each;
  return found;
}

function validateClass({ target, object, operation, name, serving }: Attributes): Refusal | undefined {
  if (target.group !== classes.group || target.resource !== classes.resource || object?.globalDefault !== true) return undefined;
  const known = asString(dig(defaultClass(serving.state.list(classes)), 'metadata', 'name'));
  if (known === undefined || (operation === 'UPDATE' && known === textIn(structAt(object, 'metadata'), 'name'))) return undefined;
  return forbidden(target, name, `PriorityClass ${known} is already marked as default. Only one default can exist`);
}
