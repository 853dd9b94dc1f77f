// The parameters of a binding (kube-apiserver 1.36, plugin/policy/generic CollectParams): none, one by name, or all that a selector
// selects; each is evaluated by itself. What is wrong with the configuration is a text, in the API server's words.

import { labelSelector, matches } from '../kube/selector.ts';
import { asString, field, isObject, type Json, type JsonObject, stringMap } from '../lib/json.ts';
import type { AdmissionContext } from './admission.ts';

export interface ParamKind {
  readonly apiVersion: string;
  readonly kind: string;
}

export function readParamKind(value: Json | undefined): ParamKind | undefined {
  if (!isObject(value)) return undefined;
  return { apiVersion: asString(value.apiVersion) ?? '', kind: asString(value.kind) ?? '' };
}

/** What is wrong with a policy whose kind of parameters the cluster does not serve. */
export function paramKindProblem(paramKind: ParamKind | undefined, context: AdmissionContext): string | undefined {
  if (paramKind === undefined || context.params?.scopeOf(paramKind.apiVersion, paramKind.kind) !== undefined) return undefined;
  const { apiVersion, kind } = paramKind;
  const version = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
  return `failed to find resource referenced by paramKind: '${version}, Kind=${kind}'`;
}

const withoutParams: readonly null[] = [null];

/** The parameters to evaluate a policy with, one after the other; null stands for none. A text is a configuration error. */
export function collectParams(
  paramKind: ParamKind | undefined,
  paramRef: Json | undefined,
  namespace: string,
  { params }: AdmissionContext,
): readonly (JsonObject | null)[] | string {
  if (paramKind === undefined || !isObject(paramRef)) return withoutParams;
  const { apiVersion, kind } = paramKind;
  const scope = params?.scopeOf(apiVersion, kind);
  if (params === undefined || scope === undefined) return `paramKind kind \`&ParamKind{APIVersion:${apiVersion},Kind:${kind},}\` not known`;
  const own = asString(field(paramRef, 'namespace')) ?? '';
  if (scope === 'Namespaced' && own === '' && namespace === '')
    return 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources';
  if (scope === 'Cluster' && own !== '') return 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`';
  const place = scope === 'Cluster' ? '' : own === '' ? namespace : own;
  const name = asString(field(paramRef, 'name')) ?? '';
  const selector = field(paramRef, 'selector');
  const typed = (object: JsonObject): JsonObject => ({ ...object, apiVersion, kind });
  let found: readonly JsonObject[];
  if (name !== '') {
    if (isObject(selector)) return 'paramRef.name and paramRef.selector are mutually exclusive';
    const object = params.get(apiVersion, kind, place, name);
    found = object === undefined ? [] : [typed(object)];
  } else {
    if (!isObject(selector)) return 'one of name or selector must be provided';
    const parsed = labelSelector(selector);
    if (!parsed.ok) return parsed.problem;
    const wanted = parsed.value ?? [];
    found = params
      .list(apiVersion, kind, place)
      .filter((object) => matches(wanted, stringMap(field(object.metadata, 'labels'))))
      .map(typed);
  }
  if (found.length === 0 && field(paramRef, 'parameterNotFoundAction') === 'Deny')
    return 'no params found for policy binding with `Deny` parameterNotFoundAction';
  return found;
}
