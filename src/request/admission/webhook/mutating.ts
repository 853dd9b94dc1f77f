// MutatingAdmissionWebhook: one webhook after the other, each shown the object as the one before left it. A patch that changes the object has
// the plugins run once more, and those webhooks again that ask for it and ran before the change
// (k8s.io/apiserver/pkg/admission/plugin/webhook/mutating, 0.36).

import { groupVersion } from '../../../kube/object.ts';
import { applyServerJsonPatch } from '../../../kube/patch/server-json-patch.ts';
import { asString, field, type Json, type JsonObject, sameJson } from '../../../lib/json.ts';
import { isAdmissionConfiguration } from '../../../policy/admission-request.ts';
import type { Matched } from '../../../policy/match.ts';
import type { Refusal } from '../../answer.ts';
import { waiting } from '../../calls/call.ts';
import { decodeBuiltIn } from '../../decode/built-in.ts';
import { readJsonText } from '../../decode/json-text.ts';
import { goQuote } from '../../fields/go-text.ts';
import { internal } from '../../status.ts';
import { convertWhole } from '../../write/convert.ts';
import { reread, written } from '../../write/written.ts';
import { mutatedCustom, withReadableMetadata } from '../mutated-custom.ts';
import type { Attributes, Plugin } from '../plugin.ts';
import { policyRequest } from '../policies.ts';
import { isSecondRound, requireSecondRound } from '../reinvocation.ts';
import { replaceObject } from '../replace.ts';
import { ask, callFailure } from './ask.ts';
import { type Webhook, webhooksOf } from './configuration.ts';
import { invocation } from './invocation.ts';
import type { Response } from './response.ts';
import type { Reviewed } from './review.ts';

export const mutatingWebhooks: Plugin = { name: 'MutatingAdmissionWebhook', admit };

/** What the second round knows of the first. */
interface Rounds {
  output: Json;
  invoked: Set<string>;
  readonly again: Set<string>;
}

const rounds = new WeakMap<Attributes, Rounds>();

function admit(attributes: Attributes): Refusal | undefined {
  const webhooks = webhooksOf('mutating', attributes.serving.state);
  if (webhooks.length === 0 || isAdmissionConfiguration(policyRequest(attributes).input)) return undefined;
  let known = rounds.get(attributes);
  if (known === undefined) {
    known = { output: null, invoked: new Set(), again: new Set() };
    rounds.set(attributes, known);
  }
  const round = isSecondRound(attributes) ? 1 : 0;
  if (round === 1 && !sameJson(known.output, outputOf(attributes))) askAgain(known);
  const refusal = askAll(webhooks, attributes, known, round);
  known.output = outputOf(attributes);
  return refusal;
}

function outputOf({ object, target }: Attributes): Json {
  return object === undefined ? null : structuredClone(written(object, target));
}

function askAgain(known: Rounds): void {
  for (const id of known.invoked) known.again.add(id);
  known.invoked = new Set();
}

function askAll(webhooks: readonly Webhook[], attributes: Attributes, known: Rounds, round: number): Refusal | undefined {
  let request = policyRequest(attributes);
  for (const [index, webhook] of webhooks.entries()) {
    const found = invocation(webhook, request, attributes);
    if (found === undefined) continue;
    if ('refusal' in found) return found.refusal;
    if (round === 1 && !known.again.has(webhook.id)) continue;
    const asked = ask('mutating', webhook, found.matched, request, attributes, round);
    if (asked.kind === 'waiting') return waiting;
    const annotate = (prefix: string, value: string) =>
      attributes.audit.set(`${prefix}mutation.webhook.admission.k8s.io/round_${round}_index_${index}`, value);
    const mutated = (changed: boolean) =>
      annotate('', JSON.stringify({ configuration: webhook.configuration, webhook: webhook.name, mutated: changed }));
    if (asked.kind === 'unknown') continue;
    if (asked.kind === 'refused') {
      mutated(false);
      return asked.refusal;
    }
    const patched =
      asked.kind === 'failed' ? { failed: asked.why } : mutate(webhook, asked.response, asked.reviewed, found.matched, attributes);
    mutated('changed' in patched && patched.changed);
    if ('refusal' in patched) return patched.refusal;
    if ('changed' in patched && patched.changed) {
      attributes.serving.because?.(`webhook ${webhook.name} patches the object`, `MutatingWebhookConfiguration ${webhook.configuration}`);
      askAgain(known);
      requireSecondRound(attributes);
    }
    if (webhook.reinvocable) known.invoked.add(webhook.id);
    if ('failed' in patched) {
      if (webhook.failurePolicy === 'Fail') return callFailure(webhook.name, patched.failed);
      annotate('failed-open.', webhook.name);
    }
    if ('changed' in patched) request = policyRequest(attributes);
  }
  return undefined;
}

type Patched = { readonly changed: boolean } | { readonly refusal: Refusal } | { readonly failed: string };

/** Applies the patch of an answer to the object, in place. */
function mutate(webhook: Webhook, response: Response, { object }: Reviewed, { kind }: Matched, attributes: Attributes): Patched {
  if (response.patch === undefined) return { changed: false };
  const read = readJsonText(response.patch);
  const undecodable = (why: string) => ({ failed: `received undecodable patch in webhook response: ${why}` });
  if (!read.ok) return undecodable(read.message);
  if (read.value !== null && !Array.isArray(read.value))
    return undecodable(`json: cannot unmarshal ${jsonType(read.value)} into Go value of type jsonpatch.Patch`);
  const operations: readonly Json[] = Array.isArray(read.value) ? read.value : [];
  const odd = operations.find((each) => typeof each !== 'object' || Array.isArray(each));
  if (odd !== undefined) return undecodable(`json: cannot unmarshal ${jsonType(odd)} into Go value of type jsonpatch.Operation`);
  if (operations.length === 0) return { changed: false };
  if (object === null || attributes.object === undefined) {
    const why = `admission webhook ${goQuote(webhook.name)} attempted to modify the object, which is not supported for this operation`;
    return { refusal: internal(why) };
  }
  if (response.patchType !== 'JSONPatch') return { failed: `unsupported patch type ${goQuote(response.patchType)}` };
  const patched = applyServerJsonPatch(object, operations as Json);
  if (!patched.ok) return { refusal: internal(patched.problem.message) };
  return decoded(patched.value, kind, attributes);
}

function jsonType(value: Json): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

const noKind = `couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`;

/** Reads a patched object back, as a body would be, and puts it in the place of the one there was. */
function decoded(value: Json, { group, version, kind }: Matched['kind'], attributes: Attributes): Patched {
  const { target, serving, object } = attributes;
  if (object === undefined) return { changed: false };
  if (Array.isArray(value)) return { refusal: internal(noKind) };
  const own = group === '' ? version : `${group}/${version}`;
  const text = (key: string) => asString(field(value, key)) ?? '';
  const body = { value, oddities: undefined, apiVersion: text('apiVersion') || own, kind: text('kind') || kind, strict: [] };
  const isCustom = target.type.kind === 'custom';
  const outcome = isCustom ? mutatedCustom(body, { ...target, kindVersion: own }, serving) : decodeBuiltIn(body, target, serving);
  if (!outcome.ok) {
    const isOther = outcome.problem.startsWith('converting (');
    return { refusal: isOther ? { code: 500, reason: '', message: outcome.problem } : internal(outcome.problem) };
  }
  const before = structuredClone(written(object, target));
  const found = written(outcome.value.object, target) as JsonObject;
  const read = isCustom ? withReadableMetadata(found, serving) : found;
  const isSame =
    groupVersion(body.apiVersion).version === groupVersion(target.kindVersion).version && body.apiVersion === target.kindVersion;
  const next = isSame
    ? isCustom
      ? reread(read, target)
      : outcome.value.object
    : reread(convertWhole(read, target.kindVersion, target, serving) ?? read, target);
  replaceObject(object, next);
  return { changed: !sameJson(before, written(object, target)) };
}
