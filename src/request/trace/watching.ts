// What happens to a write beside its decisions, as a trace watches it: what each step changed, warned of, wrote into the audit event and gave as its
// reason.

import type { Json, JsonObject } from '../../lib/json.ts';
import type { Attributes } from '../admission/plugin.ts';
import type { Happening } from '../admission/run.ts';
import { type Change, changesBetween } from '../fields/changes.ts';
import type { ApiRequest } from '../request.ts';
import type { Serving } from '../server.ts';
import type { Target } from '../target.ts';
import { written } from '../write/written.ts';
import type { Beside } from './stages.ts';

export interface Watch {
  /** Hears the reasons of plugins. */
  readonly because: NonNullable<Serving['because']>;
  /** What a step did since the one before it. */
  readonly step: (happening: Happening) => Beside;
}

/** Watches a write that sends `sent` to `target`. */
export function watch(request: ApiRequest, target: Target | undefined, sent: Json | undefined): Watch {
  const reasons: string[] = [];
  const evidence: string[] = [];
  const changes = changesOf(request, target, sent);
  let attributes: Attributes | undefined;
  let warned = 0;
  let annotated = new Map<string, string>();
  let plugins = new Set<string>();
  return {
    because: (reason, ...rests) => {
      if (!reasons.includes(reason)) reasons.push(reason);
      evidence.push(...rests);
    },
    step: (happening) => {
      const { stage, plugin } = happening;
      if (attributes !== happening.attributes) {
        // Another object, as an eviction has one: nothing of it has happened before.
        attributes = happening.attributes;
        if (stage === 'decoded') warned = attributes.warnings.length;
        annotated = new Map();
        plugins = new Set();
      }
      const { warnings, audit } = attributes;
      const isSecondRound = stage === 'mutating' && plugins.has(plugin?.name ?? '');
      if (stage === 'mutating') plugins.add(plugin?.name ?? '');
      const auditAnnotations = Object.fromEntries([...audit].filter(([key, value]) => annotated.get(key) !== value));
      const own = changes(attributes);
      const beside = {
        // Who judges changes nothing: what differs there, the server has filled in since.
        changes: stage === 'validating' ? [] : own,
        warnings: plugin === undefined ? [] : warnings.slice(warned),
        auditAnnotations: plugin === undefined ? {} : auditAnnotations,
        reasons: reasons.splice(0),
        evidence: evidence.splice(0),
        isSecondRound,
      };
      warned = warnings.length;
      annotated = new Map(audit);
      return beside;
    },
  };
}

/** What a patch changes is told against what is stored, all else against what was sent; what a body that is no object turns into, not at all. */
function changesOf(request: ApiRequest, target: Target | undefined, sent: Json | undefined): (attributes: Attributes) => readonly Change[] {
  const isPart = request.method === 'DELETE' || (target !== undefined && target.subresource !== '' && request.method === 'POST');
  let last: Json | undefined = request.method === 'PATCH' || isPart ? undefined : sent;
  return ({ object, old, target: own }) => {
    if (request.method === 'PATCH') last ??= old === undefined ? sent : withoutBookkeeping(old);
    const now = object === undefined ? undefined : withoutBookkeeping(structuredClone(written(object, own)));
    const changes = last === undefined ? [] : changesBetween(last, now);
    last = now;
    return changes;
  };
}

/** What every object gets and nobody asks about. */
function withoutBookkeeping(object: JsonObject): JsonObject {
  const { managedFields: _fields, ...metadata } = (object.metadata ?? {}) as JsonObject;
  return { ...object, metadata };
}
