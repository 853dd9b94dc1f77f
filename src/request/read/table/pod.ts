// The row of a pod: readiness, the one word for its state, restarts (k8s.io/kubernetes pkg/printers/internalversion printPod, 1.36).

import { asList, asNumber, dig, field, type Json, type JsonObject } from '../../../lib/json.ts';
import { ageOf, type Cell, condition, isDeleting, isTrue, list, nameOf, number, or, since, text } from './cell.ts';

interface Tally {
  restarts: number;
  ready: number;
  /** Time of the last restart; '' where none is known. */
  last: string;
  reason: string;
}

export function podCells(pod: JsonObject, now: number): readonly Cell[] {
  const phase = text(pod, 'status', 'phase');
  const gated = list(pod, 'status', 'conditions').some(
    (each) => field(each, 'type') === 'PodScheduled' && field(each, 'reason') === 'SchedulingGated',
  );
  const tally: Tally = { restarts: 0, ready: 0, last: '', reason: gated ? 'SchedulingGated' : or(text(pod, 'status', 'reason'), phase) };
  const sidecars = sidecarNames(pod);
  const total = list(pod, 'spec', 'containers').length + list(pod, 'spec', 'initContainers').filter(isSidecar).length;
  const inits = initContainers(pod, sidecars, tally);
  if (!inits.initializing || isTrue(condition(pod, 'Initialized'))) {
    tally.restarts = inits.sidecarRestarts;
    tally.last = inits.sidecarLast;
    containers(pod, tally);
  }
  if (isDeleting(pod) && text(pod, 'status', 'reason') === 'NodeLost') tally.reason = 'Unknown';
  else if (isDeleting(pod) && phase !== 'Succeeded' && phase !== 'Failed') tally.reason = 'Terminating';
  const restarts = tally.restarts !== 0 && tally.last !== '' ? `${tally.restarts} (${since(tally.last, now)} ago)` : String(tally.restarts);
  const none = (found: string) => or(found, '<none>');
  return [
    nameOf(pod),
    `${tally.ready}/${total}`,
    tally.reason,
    restarts,
    ageOf(pod, now),
    none(text(pod, 'status', 'podIPs', 0, 'ip')),
    none(text(pod, 'spec', 'nodeName')),
    none(text(pod, 'status', 'nominatedNodeName')),
    readinessGates(pod),
  ];
}

/** `conditions` of the row: what lets clients strike finished pods through. */
export function podConditions(pod: JsonObject): readonly JsonObject[] {
  const phase = text(pod, 'status', 'phase');
  const message = { Succeeded: 'The pod has completed successfully.', Failed: 'The pod failed.' }[phase];
  return message === undefined ? [] : [{ type: 'Completed', status: 'True', reason: phase, message }];
}

function isSidecar(container: Json): boolean {
  return field(container, 'restartPolicy') === 'Always';
}

function sidecarNames(pod: JsonObject): ReadonlySet<string> {
  return new Set(
    list(pod, 'spec', 'initContainers')
      .filter(isSidecar)
      .map((each) => text(each, 'name')),
  );
}

function later(one: string, other: string): string {
  if (other === '') return one;
  return one === '' || Date.parse(one) < Date.parse(other) ? other : one;
}

function initContainers(pod: JsonObject, sidecars: ReadonlySet<string>, tally: Tally) {
  let sidecarRestarts = 0;
  let sidecarLast = '';
  const count = list(pod, 'spec', 'initContainers').length;
  for (const [index, status] of list(pod, 'status', 'initContainerStatuses').entries()) {
    const restarts = number(status, 'restartCount');
    const finished = text(status, 'lastState', 'terminated', 'finishedAt');
    const isSide = sidecars.has(text(status, 'name'));
    tally.restarts += restarts;
    tally.last = later(tally.last, finished);
    if (isSide) {
      sidecarRestarts += restarts;
      sidecarLast = later(sidecarLast, finished);
    }
    const terminated = dig(status, 'state', 'terminated');
    const waiting = text(status, 'state', 'waiting', 'reason');
    if (terminated !== undefined && number(terminated, 'exitCode') === 0) continue;
    if (isSide && field(status, 'started') === true) {
      if (field(status, 'ready') === true) tally.ready++;
      continue;
    }
    if (terminated !== undefined) tally.reason = `Init:${ended(terminated)}`;
    else if (waiting !== '' && waiting !== 'PodInitializing') tally.reason = `Init:${waiting}`;
    else tally.reason = `Init:${index}/${count}`;
    return { initializing: true, sidecarRestarts, sidecarLast };
  }
  return { initializing: false, sidecarRestarts, sidecarLast };
}

function ended(terminated: Json): string {
  const reason = text(terminated, 'reason');
  if (reason !== '') return reason;
  const signal = number(terminated, 'signal');
  return signal === 0 ? `ExitCode:${number(terminated, 'exitCode')}` : `Signal:${signal}`;
}

function containers(pod: JsonObject, tally: Tally): void {
  let hasRunning = false;
  let failed = '';
  for (const status of [...list(pod, 'status', 'containerStatuses')].reverse()) {
    tally.restarts += number(status, 'restartCount');
    tally.last = later(tally.last, text(status, 'lastState', 'terminated', 'finishedAt'));
    const waiting = text(status, 'state', 'waiting', 'reason');
    const terminated = dig(status, 'state', 'terminated');
    if (waiting !== '') tally.reason = waiting;
    else if (terminated !== undefined) {
      tally.reason = ended(terminated);
      if (number(terminated, 'exitCode') !== 0) failed = tally.reason;
    } else if (field(status, 'ready') === true && dig(status, 'state', 'running') !== undefined) {
      hasRunning = true;
      tally.ready++;
    }
  }
  if (tally.reason !== 'Completed') return;
  if (hasRunning && isTrue(condition(pod, 'Ready'))) tally.reason = 'Running';
  else if (failed !== '') tally.reason = failed;
  else if (hasRunning) tally.reason = 'NotReady';
}

function readinessGates(pod: JsonObject): string {
  const gates = asList(dig(pod, 'spec', 'readinessGates'));
  if (gates.length === 0) return '<none>';
  return `${gates.filter((gate) => isTrue(condition(pod, text(gate, 'conditionType')))).length}/${gates.length}`;
}

/** Replicas as a workload states them: 1 is not assumed, since what is stored has it. */
export function replicas(object: JsonObject): number {
  return asNumber(dig(object, 'spec', 'replicas')) ?? 0;
}
