// The OpenAPI v2 document in protobuf, as gnostic defines it (github.com/google/gnostic, OpenAPIv2.proto): what kubectl asks for when it finds
// a kind in no v3 document. The definitions are in it; paths are left out, since those who read this form look kinds up.

import { asList, asObject, asString, field, isObject, type Json, type JsonObject, strings } from '../../lib/json.ts';

export const openApiV2Protobuf = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

const encoder = new TextEncoder();

/** The bytes of a document that `openApiV2` made. */
export function protobufDocument(document: JsonObject): Uint8Array {
  const info = asObject(document.info);
  const definitions = Object.entries(asObject(document.definitions)).map(([name, schema]) =>
    message(1, named(name, schemaOf(schema ?? null))),
  );
  return joined([
    text(1, asString(document.swagger) ?? '2.0'),
    message(2, joined([text(1, asString(info.title) ?? ''), text(2, asString(info.version) ?? '')])),
    message(8, new Uint8Array()),
    message(9, joined(definitions)),
  ]);
}

function named(name: string, value: Uint8Array): Uint8Array {
  return joined([text(1, name), message(2, value)]);
}

function schemaOf(schema: Json, depth = 0): Uint8Array {
  if (depth > 64) return new Uint8Array();
  const parts: Uint8Array[] = [];
  const put = (number: number, key: string) => {
    const value = asString(field(schema, key));
    if (value !== undefined) parts.push(text(number, value));
  };
  put(1, '$ref');
  put(2, 'format');
  put(4, 'description');
  for (const each of strings(field(schema, 'required'))) parts.push(text(19, each));
  const additional = field(schema, 'additionalProperties');
  if (isObject(additional)) parts.push(message(21, message(1, schemaOf(additional, depth + 1))));
  const type = asString(field(schema, 'type'));
  if (type !== undefined) parts.push(message(22, text(1, type)));
  const items = field(schema, 'items');
  if (isObject(items)) parts.push(message(23, message(1, schemaOf(items, depth + 1))));
  const properties = Object.entries(asObject(field(schema, 'properties')));
  if (properties.length > 0)
    parts.push(message(25, joined(properties.map(([name, each]) => message(1, named(name, schemaOf(each ?? null, depth + 1)))))));
  for (const [name, value] of Object.entries(asObject(schema)))
    if (name.startsWith('x-')) parts.push(message(31, named(name, text(2, `${yamlOf(value ?? null)}\n`))));
  return joined(parts);
}

/** Extensions travel as YAML; JSON is YAML. */
function yamlOf(value: Json): string {
  return Array.isArray(value) ? `[${asList(value).map(yamlOf).join(', ')}]` : JSON.stringify(value);
}

function text(number: number, value: string): Uint8Array {
  return message(number, encoder.encode(value));
}

function message(number: number, content: Uint8Array): Uint8Array {
  return joined([varint(number * 8 + 2), varint(content.length), content]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  while (left > 127) {
    bytes.push((left & 127) | 128);
    left = Math.floor(left / 128);
  }
  return Uint8Array.from([...bytes, left]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
