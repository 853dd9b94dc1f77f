// The part of an object that a control is about: the way to one field, nothing beside it.

import type { KubeObject } from '../../kube/object.ts';
import { field, isObject, type Json } from '../../lib/json.ts';
import { tokens } from '../../lib/json-pointer.ts';

/** The object cut down to its identity and the branch that leads to `path`; list members keep their name. */
export function excerpt(object: KubeObject, path: string): Json {
  const name = field(object.metadata, 'name') ?? '';
  const branch = along(object as Json, tokens(path));
  return { apiVersion: object.apiVersion, kind: object.kind, metadata: { name }, ...(isObject(branch) ? branch : {}) };
}

function along(value: Json | undefined, path: readonly string[]): Json {
  const [token, ...rest] = path;
  if (value === undefined || token === undefined) return value ?? null;
  if (Array.isArray(value)) {
    const member: Json | undefined = value[Number(token)];
    const inner = along(member, rest);
    const name = field(member, 'name');
    return [isObject(inner) && name !== undefined ? { name, ...inner } : inner];
  }
  if (!isObject(value)) return value;
  const child = field(value, token);
  return child === undefined ? {} : { [token]: along(child, rest) };
}
