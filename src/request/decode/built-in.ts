// Decoding of a built-in kind: held against its schema, decoded and defaulted. A body of another kind is decoded as what it says it is, and
// then cannot be converted.

import { groupVersion } from '../../kube/object.ts';
import { setDefaults } from '../../kube/schema/defaults/apply.ts';
import { decode, decodeInPlace } from '../../kube/schema/defaults/decode.ts';
import { ensured, type Struct, structAt } from '../../kube/schema/defaults/struct.ts';
import type { Release } from '../../kube/schema/release.ts';
import type { Schema } from '../../kube/schema/schema.ts';
import { isObject, type Json } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { hasChange, schemeName } from '../release-changes.ts';
import type { Serving } from '../server.ts';
import type { Target } from '../target.ts';
import type { Body } from './body.ts';
import { asStruct, type Outcome } from './decode.ts';
import { decodeSchemas } from './json-schema.ts';
import type { Oddities } from './json-text.ts';
import { heldAgainst } from './typed.ts';

/** Decodes a body for a built-in target; the problem is what stands behind "cannot be handled as". */
export function decodeBuiltIn(body: Body, target: Target, { server }: Serving): Result<Outcome, string> {
  const kind = body.kind === '' ? target.kind : body.kind;
  const apiVersion = body.apiVersion === '' ? target.kindVersion : body.apiVersion;
  const isSame = kind === target.kind && apiVersion === target.kindVersion;
  const schema = isSame && target.type.kind === 'built-in' ? target.type.schema : server.release.schemaOf(apiVersion, kind);
  if (schema === undefined)
    return failure(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme ${JSON.stringify(schemeName(server.release.minor))}`,
    );
  const { error, strict } = heldAgainst(body.value, schema, body.oddities, hasChange(server.release.minor, 'embeddedFields'));
  if (error !== undefined) return failure(error);
  if (kind !== target.kind) return failure(`converting (${goName(apiVersion, kind)}) to (${internalName(target)}): unknown conversion`);
  const object = decoded(body, schema);
  const struct = asStruct(object ?? {});
  struct.apiVersion = apiVersion;
  struct.kind = kind;
  setDefaults(object, schema);
  converted(struct, target, server.release);
  return ok({ object: struct, strict });
}

function decoded({ value, oddities, isOwn }: Body, schema: Schema): Json {
  if (oddities !== undefined) return decode(withRepeated(value ?? {}, oddities), schema);
  return isOwn === true ? decodeInPlace(value ?? {}, schema) : decode(value ?? {}, schema);
}

/** What conversion between the written and the internal form of a kind adds or drops. */
export function converted(object: Struct, { group, kind, kindVersion }: Target, release: Release): void {
  if (kind === 'HorizontalPodAutoscaler' && kindVersion === 'autoscaling/v1') targetDefault(object);
  if (group === 'apps' && kind === 'DaemonSet') {
    const annotations = ensured(ensured(object, 'metadata'), 'annotations');
    annotations['deprecated.daemonset.template.generation'] ??= '0';
  }
  const props = kind === 'CustomResourceDefinition' ? release.definition('apiextensions.v1.JSONSchemaProps') : undefined;
  if (props !== undefined) decodeSchemas(object, props);
}

/** An autoscaler of autoscaling/v1 that measures nothing gets a target when it is converted, not by the defaults of its version. */
function targetDefault(object: Struct): void {
  const annotations = structAt(structAt(object, 'metadata'), 'annotations');
  if (annotations['autoscaling.alpha.kubernetes.io/metrics'] === undefined) ensured(object, 'spec').targetCPUUtilizationPercentage ??= 80;
}

/** Objects that stand twice under one key are read into one. */
function withRepeated(value: Json, oddities: Oddities): Json {
  if (Array.isArray(value)) return value.map((item) => withRepeated(item, oddities));
  if (!isObject(value)) return value;
  const odd = oddities.get(value);
  const entries = Object.entries(value).map(([key, item]): [string, Json] => {
    const all = [...(odd?.earlier.get(key) ?? []), item ?? null].map((each) => withRepeated(each, oddities));
    const merged = all.length > 1 && all.every(isObject) ? Object.assign({}, ...all) : all.at(-1);
    return [key, merged as Json];
  });
  return Object.fromEntries(entries);
}

function goName(apiVersion: string, kind: string): string {
  return `${groupVersion(apiVersion).version}.${kind}`;
}

function internalName({ kindVersion, kind }: Target): string {
  const { group } = groupVersion(kindVersion);
  return `${group === '' ? 'core' : (group.split('.')[0] ?? '')}.${kind}`;
}
