// The OpenAPI v2 document, out of those of v3: the same paths, operations and definitions in the older form. Bodies become parameters, answers
// lose their media types, `allOf` around one reference becomes the reference. Common parameters are not put apart, as the server does.

import { asList, asObject, asString, field, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import type { OpenApi } from './openapi.ts';

/** `/openapi/v2`. */
export function openApiV2({ documents }: OpenApi, minor: string): JsonObject {
  const paths: Record<string, Json> = {};
  const definitions: Record<string, Json> = {};
  for (const text of documents.values()) {
    const document: unknown = JSON.parse(text);
    for (const [path, item] of Object.entries(asObject(field(document, 'paths')))) paths[path] = pathItem(asObject(item));
    const schemas = asObject(field(field(document, 'components'), 'schemas'));
    for (const [name, schema] of Object.entries(schemas)) definitions[name] ??= older(schema ?? null);
  }
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: minor },
    paths: sorted(paths),
    definitions: sorted(definitions),
    securityDefinitions: {
      BearerToken: { description: 'Bearer Token authentication', type: 'apiKey', name: 'authorization', in: 'header' },
    },
    security: [{ BearerToken: [] }],
  };
}

function sorted(map: Readonly<Record<string, Json>>): JsonObject {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function pathItem(item: JsonObject): JsonObject {
  const entries = Object.entries(item).map(([method, operation]): [string, Json] => {
    if (method === 'parameters') return [method, asList(operation).map(parameter)];
    return [method, isObject(operation) ? operationOf(operation) : (operation ?? null)];
  });
  return Object.fromEntries(entries);
}

function operationOf({ requestBody, responses, parameters, ...rest }: JsonObject): JsonObject {
  const content = asObject(field(requestBody, 'content'));
  const [media] = Object.values(content);
  const consumes = Object.keys(content);
  const answers = Object.values(asObject(responses)).map((answer) => asObject(field(answer, 'content')));
  const produces = [...new Set(answers.flatMap((each) => Object.keys(each)))];
  const body =
    media === undefined ? [] : [{ name: 'body', in: 'body', ...required(requestBody), schema: older(field(media, 'schema') ?? null) }];
  const all = [...body, ...asList(parameters).map(parameter)];
  return {
    ...rest,
    ...(consumes.length === 0 ? {} : { consumes: consumes.filter((type) => type !== '*/*') }),
    ...(produces.length === 0 ? {} : { produces }),
    schemes: ['https'],
    ...(all.length === 0 ? {} : { parameters: all }),
    responses: Object.fromEntries(Object.entries(asObject(responses)).map(([code, answer]) => [code, answerOf(asObject(answer))])),
  };
}

function required(value: Json | undefined): JsonObject {
  return field(value, 'required') === true ? { required: true } : {};
}

function answerOf({ content, ...rest }: JsonObject): JsonObject {
  const [media] = Object.values(asObject(content));
  const schema = field(media, 'schema');
  return { ...rest, ...(schema === undefined ? {} : { schema: older(schema) }) };
}

function parameter(value: Json): Json {
  if (!isObject(value)) return value;
  const { schema, ...rest } = value;
  return { ...asObject(older(schema ?? null)), ...rest };
}

function older(schema: Json, depth = 0): Json {
  if (depth > 64) return schema;
  if (Array.isArray(schema)) return schema.map((each: Json) => older(each, depth + 1));
  if (!isObject(schema)) return schema;
  const reference = asString(schema.$ref);
  if (reference !== undefined) return { $ref: reference.replace('#/components/schemas/', '#/definitions/') };
  const { allOf, ...rest } = schema;
  const [only] = asList(allOf);
  const wrapped = asList(allOf).length === 1 && isObject(only) && only.$ref !== undefined ? asObject(older(only, depth + 1)) : {};
  return { ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, older(value ?? null, depth + 1)])), ...wrapped };
}
