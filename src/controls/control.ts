// The shape of a control: what it asks, of which objects, why, how it is repaired, and examples that prove it. One control is one file.
// Data and functions only; `run.ts` runs them, `index.ts` lists them, everything else (docs, SARIF rules, `explain`) is derived.

import type { KubeObject } from '../kube/object.ts';
import type { JsonPatch } from '../kube/patch/json-patch.ts';
import type { Container, Pod } from '../kube/pod/types.ts';
import type { Json } from '../lib/json.ts';
import { ofKind, workloads } from '../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../snapshot/snapshot.ts';
import type { FrameworkId } from './frameworks.ts';

/** How bad a failure is by itself, before anything is known about who can reach it. */
export type Severity = 'critical' | 'high' | 'medium' | 'low';

export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low'];

export type Verdict = 'pass' | 'fail' | 'unknown' | 'not-applicable' | 'waived';

/** An object a verdict rests on, and where in it to look. */
export interface Evidence {
  readonly resource: Resource;
  readonly path: string;
  readonly note: string;
}

/** What a check has to say. Saying nothing is a pass. */
export interface Outcome {
  readonly verdict: 'fail' | 'unknown' | 'not-applicable';
  /** JSON pointer of the offending field; of the field that should be there where it is missing. */
  readonly path: string;
  /** A stable word for machines: `privileged`, `missing`. */
  readonly reason: string;
  /** A sentence for people that names the container or the rule. Never a secret value. */
  readonly detail: string;
  readonly container?: string;
  /** The object blamed, where it is not the one looked at. */
  readonly resource?: Resource;
  readonly evidence?: readonly Evidence[];
}

/** What every check may ask about its surroundings. */
export interface Context {
  readonly snapshot: Snapshot;
  /** Settings of this control: its own defaults, overridden by the user's configuration. */
  readonly parameters: Readonly<Record<string, Json>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Which things of a snapshot a control looks at. */
export interface Target<S> {
  readonly description: string;
  readonly subjects: (snapshot: Snapshot) => Iterable<{ readonly resource: Resource | undefined; readonly subject: S }>;
}

export interface PodSubject {
  readonly resource: Resource;
  readonly object: KubeObject;
  readonly pod: Pod;
  /** Every container: init, sidecar, normal, ephemeral. */
  readonly containers: readonly Container[];
}

export interface ObjectSubject {
  readonly resource: Resource;
  readonly object: KubeObject;
}

/** Every pod that any object describes. */
export const pods: Target<PodSubject> = {
  description: 'every pod and pod template',
  subjects: remembered((snapshot) =>
    workloads(snapshot).flatMap((resource) =>
      resource.pods.map((pod) => ({ resource, subject: { resource, object: resource.object, pod, containers: pod.containers } })),
    ),
  ),
};

/** Objects of some kinds. `objects('/Service', 'networking.k8s.io/Ingress')`; the core group is empty. */
export function objects(...kinds: readonly string[]): Target<ObjectSubject> {
  const pairs = kinds.map((kind) => [kind.slice(0, kind.lastIndexOf('/')), kind.slice(kind.lastIndexOf('/') + 1)] as const);
  return {
    description: kinds.map((kind) => kind.replace(/^\//, '')).join(', '),
    subjects: (snapshot) => {
      const [first] = pairs;
      if (pairs.length === 1 && first !== undefined) return subjectsOfKind(snapshot, ...first);
      return pairs.flatMap(([group, kind]) => subjectsOfKind(snapshot, group, kind));
    },
  };
}

type Placed<S> = { readonly resource: Resource; readonly subject: S };

const byKind = new WeakMap<Snapshot, Map<string, readonly Placed<ObjectSubject>[]>>();

/** The objects of a kind as subjects, made once a snapshot: a hundred controls ask about roles. */
function subjectsOfKind(snapshot: Snapshot, group: string, kind: string): readonly Placed<ObjectSubject>[] {
  let kinds = byKind.get(snapshot);
  if (kinds === undefined) {
    kinds = new Map();
    byKind.set(snapshot, kinds);
  }
  const key = `${group}/${kind}`;
  let subjects = kinds.get(key);
  if (subjects === undefined) {
    subjects = ofKind(snapshot, group, kind).map((resource) => ({ resource, subject: { resource, object: resource.object } }));
    kinds.set(key, subjects);
  }
  return subjects;
}

/** Objects that hold for a condition, whatever their kind. */
export function objectsWhere(description: string, holds: (resource: Resource) => boolean): Target<ObjectSubject> {
  return {
    description,
    *subjects(snapshot) {
      for (const resource of snapshot.resources) if (holds(resource)) yield { resource, subject: { resource, object: resource.object } };
    },
  };
}

/** Makes subjects once a snapshot: many controls ask for the same ones. */
export function remembered<S>(make: (snapshot: Snapshot) => readonly S[]): (snapshot: Snapshot) => readonly S[] {
  const known = new WeakMap<Snapshot, readonly S[]>();
  return (snapshot) => {
    let subjects = known.get(snapshot);
    if (subjects === undefined) {
      subjects = make(snapshot);
      known.set(snapshot, subjects);
    }
    return subjects;
  };
}

/** The snapshot as a whole, once. Outcomes must name the resource they blame, or blame the cluster itself. */
export const wholeSnapshot: Target<Snapshot> = {
  description: 'the cluster as a whole',
  *subjects(snapshot) {
    yield { resource: undefined, subject: snapshot };
  },
};

/** One example: the objects of a tiny cluster. */
export type Example = readonly KubeObject[];

export interface ControlDefinition<S> {
  /** `domain/name`; the file is `controls/<id>.ts`. Never renamed: aliases carry old and foreign names. */
  readonly id: string;
  /** Names of the same check elsewhere: `KSV-0017`, `C-0057`, `CKV_K8S_16`, `privileged-container`. */
  readonly aliases: readonly string[];
  readonly severity: Severity;
  /** A statement that is true where the control passes. */
  readonly title: string;
  /** What goes wrong where it fails, in a sentence or two. */
  readonly why: string;
  /** What to do about it, in a sentence or two. */
  readonly fix: string;
  readonly frameworks: readonly FrameworkId[];
  /** Settings with their defaults; the user's `cofferdam.yaml` may override them by control id. */
  readonly parameters?: Readonly<Record<string, Json>>;
  /** False for controls that are a matter of policy and off until asked for. Default true. */
  readonly enabled?: boolean;
  readonly on: Target<S>;
  readonly check: (subject: S, context: Context) => readonly Outcome[];
  /** The smallest patch of the blamed object that makes this outcome pass; undefined where none is safe to propose. */
  readonly repair?: (outcome: Outcome, object: KubeObject) => JsonPatch | undefined;
  /**
   * Proof: every `pass` cluster passes every control, every `fail` cluster fails this one and no other but those of `overlaps`.
   * Functions, so that a scan does not build them.
   */
  readonly examples: {
    readonly pass: () => readonly Example[];
    readonly fail: () => readonly Example[];
    /** Settings the examples are judged under, for controls whose defaults ask for nothing. */
    readonly parameters?: Readonly<Record<string, Json>>;
  };
  /** Ids of controls that look at the same weakness from another side and so fail together with this one in its examples. */
  readonly overlaps?: readonly string[];
}

/** A control whose subject type is known only to itself. */
export interface Control extends Omit<ControlDefinition<unknown>, 'on' | 'check'> {
  readonly domain: string;
  readonly target: string;
  readonly evaluate: (snapshot: Snapshot, context: Context, report: Report) => void;
}

/** Receives every subject with its outcomes. */
export type Report = (resource: Resource | undefined, outcomes: readonly Outcome[]) => void;

/** Makes a control of its definition. */
export function control<S>(definition: ControlDefinition<S>): Control {
  const { on, check, ...data } = definition;
  return {
    ...data,
    domain: definition.id.slice(0, definition.id.indexOf('/')),
    target: on.description,
    evaluate(snapshot, context, report) {
      for (const { resource, subject } of on.subjects(snapshot)) report(resource, check(subject, context));
    },
  };
}

/** A failure at a field. */
export function fail(
  path: string,
  reason: string,
  detail: string,
  more: Partial<Omit<Outcome, 'verdict' | 'path' | 'reason' | 'detail'>> = {},
): Outcome {
  return { verdict: 'fail', path, reason, detail, ...more };
}

/** A question that the snapshot cannot answer; `detail` says what is missing. */
export function unknown(
  path: string,
  reason: string,
  detail: string,
  more: Partial<Omit<Outcome, 'verdict' | 'path' | 'reason' | 'detail'>> = {},
): Outcome {
  return { verdict: 'unknown', path, reason, detail, ...more };
}

/** The control does not apply to this subject; `detail` says why. */
export function notApplicable(reason: string, detail: string): Outcome {
  return { verdict: 'not-applicable', path: '', reason, detail };
}
