// The catalogue at the door: controls as one policy of admission. A control can be asked there if the object alone answers it, which its own
// examples prove: whatever fails in them fails object by object, and whatever passes does too. Findings that the stored object
// already has do not hold up an update; they warn. Waivers count only out of files, never because the writer of an object says so.

import type { KubeObject } from '../kube/object.ts';
import { isKubeObject } from '../kube/object.ts';
import type { Json } from '../lib/json.ts';
import type { AdmissionInput } from '../policy/admission.ts';
import type { CompiledPolicy, Enforcement, Outcome } from '../policy/compiled.ts';
import { assumedFacts, type ClusterFacts, resource, snapshot } from '../snapshot/snapshot.ts';
import type { Control, Example, Severity } from './control.ts';
import { finish } from './findings.ts';
import type { Finding } from './result.ts';
import { runControls } from './run.ts';
import { coveringWaiver } from './waivers/apply.ts';
import type { Waiver } from './waivers/waiver.ts';

export interface ControlPolicyOptions {
  readonly controls: readonly Control[];
  readonly parameters?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** What a finding of a severity does; nothing where the list is empty. */
  readonly enforcement: Readonly<Record<Severity, readonly Enforcement[]>>;
  readonly waivers?: readonly Waiver[];
  readonly failurePolicy?: 'Fail' | 'Ignore';
  readonly facts?: ClusterFacts;
  /** Milliseconds since the epoch, asked at each review. */
  readonly now: () => number;
}

/** The controls that one object alone answers. */
export function controlsOfOneObject(controls: readonly Control[]): readonly Control[] {
  return controls.filter((control) => {
    const { pass, fail, parameters } = control.examples;
    const fails = (object: KubeObject) =>
      judged([control], object, parameters === undefined ? {} : { [control.id]: parameters }).length > 0;
    const some = (example: Example) => example.some(fails);
    return fail().length > 0 && fail().every(some) && !pass().some(some);
  });
}

function judged(
  controls: readonly Control[],
  object: KubeObject,
  parameters: Readonly<Record<string, Readonly<Record<string, Json>>>>,
  facts: ClusterFacts = assumedFacts(undefined),
  now = 0,
): readonly Finding[] {
  const state = snapshot({ resources: [resource(object, { kind: 'memory' })], facts });
  const raw = runControls(state, { controls, parameters, now }).findings.filter(({ outcome }) => outcome.verdict === 'fail');
  return finish(raw, state, () => undefined);
}

/** One policy that asks every control of the list which one object answers. */
export function controlPolicy(options: ControlPolicyOptions): CompiledPolicy {
  const { enforcement, waivers = [], parameters = {} } = options;
  const controls = controlsOfOneObject(options.controls).filter(({ severity }) => enforcement[severity].length > 0);
  return {
    name: 'cofferdam-controls',
    kind: 'Controls',
    phase: 'validate',
    failurePolicy: options.failurePolicy ?? 'Fail',
    targets: [{ operations: ['CREATE', 'UPDATE'], resources: ['*'] }],
    issues: [],
    evaluate: ({ input }) => {
      const object = isWhole(input) ? objectOf(input.object, input) : undefined;
      if (object === undefined) return { outcomes: [] };
      const now = options.now();
      const failing = judged(controls, object, parameters, options.facts, now).filter((finding) => {
        const subject = resource(object, { kind: 'memory' });
        return coveringWaiver(finding, subject, waivers, now) === undefined;
      });
      if (failing.length === 0) return { outcomes: [] };
      const before = objectOf(input.oldObject, input);
      const known = new Set(before === undefined ? [] : judged(controls, before, parameters, options.facts, now).map(({ id }) => id));
      return { outcomes: failing.map((finding, index) => outcomeOf(finding, index, enforcement, known.has(finding.id))) };
    },
  };
}

/** Other subresources carry no object of their own, or only its status. */
function isWhole({ subResource }: AdmissionInput): boolean {
  return subResource === '' || subResource === 'ephemeralcontainers';
}

/** The object with the name and namespace that the API server will give it. */
function objectOf(value: Json, { namespace, name }: AdmissionInput): KubeObject | undefined {
  if (!isKubeObject(value)) return undefined;
  const metadata = value.metadata ?? {};
  return {
    ...value,
    metadata: { ...metadata, ...(namespace === '' || value.kind === 'Namespace' ? {} : { namespace }), ...(name === '' ? {} : { name }) },
  };
}

function outcomeOf(finding: Finding, index: number, enforcement: ControlPolicyOptions['enforcement'], old: boolean): Outcome {
  const actions = enforcement[finding.severity];
  return {
    policy: finding.control,
    binding: undefined,
    rule: finding.path,
    index,
    decision: 'deny',
    enforcement: old && actions.includes('deny') ? ['warn'] : actions,
    message: finding.path === '' ? finding.detail : `${finding.detail} (${finding.path})`,
    reason: 'Forbidden',
    code: 403,
  };
}
