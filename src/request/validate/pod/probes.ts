// Probes and lifecycle hooks: one handler each, numbers that make sense (kubernetes pkg/apis/core/validation, 1.36).

import type { Json, JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { complain } from '../meta/labels.ts';
import { httpHeaderName } from '../meta/names.ts';
import { validateNonNegative } from '../numbers.ts';
import { count, given, number, object, objects, size, text } from '../read.ts';
import { checks, type PodOptions } from './options.ts';
import { validatePortNumberOrName } from './ports.ts';

type Handler = 'exec' | 'httpGet' | 'tcpSocket' | 'grpc' | 'sleep';
const probeHandlers: readonly Handler[] = ['exec', 'httpGet', 'tcpSocket', 'grpc'];
const lifecycleHandlers: readonly Handler[] = ['exec', 'httpGet', 'tcpSocket', 'sleep'];
const schemes = ['HTTP', 'HTTPS'];

/** What handlers are measured against: the pod's grace period. */
export interface ProbeContext {
  readonly gracePeriod: number | undefined;
  readonly os: string | undefined;
  readonly options: PodOptions;
}

export function validateProbes(container: JsonObject, path: Path, errors: FieldError[], context: ProbeContext): void {
  for (const field of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    const probe = object(container[field]);
    if (probe !== undefined) validateProbe(probe, field, path.child(field), errors, context);
  }
}

const counts = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];

function validateProbe(probe: JsonObject, kind: string, path: Path, errors: FieldError[], context: ProbeContext): void {
  validateHandler(probe, probeHandlers, path, errors, context);
  for (const field of counts) if (count(probe[field]) < 0) validateNonNegative(probe[field], path.child(field), errors);
  const grace = number(probe.terminationGracePeriodSeconds);
  if (grace !== undefined && grace <= 0) errors.push(invalid(path.child('terminationGracePeriodSeconds'), grace, 'must be greater than 0'));
  if (kind === 'readinessProbe') {
    if (grace !== undefined)
      errors.push(invalid(path.child('terminationGracePeriodSeconds'), grace, 'must not be set for readinessProbes'));
  } else if (count(probe.successThreshold) !== 1)
    errors.push(invalid(path.child('successThreshold'), count(probe.successThreshold), 'must be 1'));
}

function validateHandler(
  holder: JsonObject,
  kinds: readonly Handler[],
  path: Path,
  errors: FieldError[],
  { gracePeriod, options }: ProbeContext,
): void {
  let found = 0;
  for (const kind of kinds) {
    const handler = object(holder[kind]);
    if (handler === undefined) continue;
    if (found > 0) {
      errors.push(forbidden(path.child(kind), 'may not specify more than 1 handler type'));
      continue;
    }
    found++;
    const at = path.child(kind);
    if (kind === 'exec') {
      if (size(handler.command) === 0) errors.push(required(at.child('command')));
    } else if (kind === 'httpGet') validateHttpGet(handler, at, errors);
    else if (kind === 'sleep') validateSleep(handler, at, errors, gracePeriod, options);
    else validatePortNumberOrName(kind === 'grpc' ? count(handler.port) : handler.port, at.child('port'), errors);
  }
  if (found === 0) errors.push(required(path, 'must specify a handler type'));
}

function validateHttpGet(action: JsonObject, path: Path, errors: FieldError[]): void {
  if (text(action.path) === '') errors.push(required(path.child('path')));
  validatePortNumberOrName(action.port, path.child('port'), errors);
  const scheme = text(action.scheme);
  if (!schemes.includes(scheme)) errors.push(notSupported(path.child('scheme'), scheme, schemes));
  for (const header of objects(action.httpHeaders))
    complain(text(header.name), httpHeaderName(text(header.name)), path.child('httpHeaders'), errors);
}

function validateSleep(action: JsonObject, path: Path, errors: FieldError[], gracePeriod: number | undefined, options: PodOptions): void {
  const seconds = count(action.seconds);
  if (gracePeriod === undefined) return;
  if (checks(options, 'PodLifecycleSleepActionAllowZero')) {
    if (seconds < 0 || seconds > gracePeriod)
      errors.push(invalid(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`));
  } else if (seconds <= 0 || seconds > gracePeriod)
    errors.push(
      invalid(
        path,
        seconds,
        `must be greater than 0 and less than terminationGracePeriodSeconds (${gracePeriod}). Enable AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep.`,
      ),
    );
}

export function validateLifecycle(value: Json | undefined, path: Path, errors: FieldError[], context: ProbeContext): void {
  const lifecycle = object(value);
  if (lifecycle === undefined) return;
  for (const hook of ['postStart', 'preStop'] as const) {
    const handler = object(lifecycle[hook]);
    if (handler !== undefined) validateHandler(handler, lifecycleHandlers, path.child(hook), errors, context);
  }
  if (given(lifecycle.stopSignal)) validateStopSignal(text(lifecycle.stopSignal), path.child('stopSignal'), errors, context.os);
}

const named =
  'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ';
const realTime = [
  'SIGRTMIN',
  'SIGRTMAX',
  ...[...new Array(15).keys()].map((offset) => `SIGRTMIN+${offset + 1}`),
  ...[...new Array(14).keys()].map((offset) => `SIGRTMAX-${offset + 1}`),
];
const signals: Readonly<Record<string, readonly string[]>> = {
  linux: [...named.split(' ').map((name) => `SIG${name}`), ...realTime].sort(),
  windows: ['SIGKILL', 'SIGTERM'],
};

function validateStopSignal(signal: string, path: Path, errors: FieldError[], os: string | undefined): void {
  if (os === undefined) {
    errors.push(forbidden(path, 'may not be set for containers with empty `spec.os.name`'));
    return;
  }
  const supported = Object.hasOwn(signals, os) ? signals[os] : undefined;
  if (supported !== undefined && !supported.includes(signal)) errors.push(notSupported(path, signal, supported));
}
