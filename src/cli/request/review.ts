// The request that an AdmissionReview is about.

import { isKubeObject } from '../../kube/object.ts';
import { asObject, asString, dig, field, isObject, type Json, type JsonObject, strings } from '../../lib/json.ts';
import { problem } from '../../lib/problem.ts';
import { pathOf } from '../../request/trace/object-path.ts';
import { Stop } from '../exit.ts';
import type { Asked } from './asked.ts';

const methods: Readonly<Record<string, string>> = { CREATE: 'POST', UPDATE: 'PUT', DELETE: 'DELETE' };

/** Reads a review (admission.k8s.io/v1); `file` names it in what is said of it. */
export function ofReview(value: Json, file: string): Asked {
  const asked = field(value, 'request');
  const text = (...keys: readonly string[]) => asString(dig(asked, ...keys)) ?? '';
  const method = methods[text('operation')];
  if (!isObject(asked) || method === undefined)
    throw new Stop(problem('usage/bad-flag', `--review ${file}: there is no AdmissionReview of a CREATE, UPDATE or DELETE in it`));
  const of = isObject(asked.requestResource) ? 'requestResource' : 'resource';
  const needed = [`${of}.version`, `${of}.resource`, 'userInfo.username', ...(method === 'POST' ? [] : ['name'])];
  const missing = needed.filter((path) => text(...path.split('.')) === '');
  if (missing.length > 0) throw new Stop(problem('usage/bad-flag', `--review ${file}: the request has no ${missing.join(', no ')}`));
  const [group, resource, namespace] = [text(of, 'group'), text(of, 'resource'), text('namespace')];
  const apiVersion = group === '' ? text(of, 'version') : `${group}/${text(of, 'version')}`;
  const namespaced = namespace !== '' && resource !== 'namespaces';
  const subresource = text('requestSubResource') || text('subResource');
  const named = method !== 'POST' || subresource !== '' ? `/${text('name')}` : '';
  const path = `${pathOf(apiVersion, { resource, namespaced, known: true }, namespace)}${named}${subresource === '' ? '' : `/${subresource}`}`;
  const extra = Object.entries(asObject(dig(asked, 'userInfo', 'extra'))).map(([key, values]) => [key, strings(values)] as const);
  const uid = text('userInfo', 'uid');
  const user = {
    name: text('userInfo', 'username'),
    groups: strings(dig(asked, 'userInfo', 'groups')),
    uid,
    extra: Object.fromEntries(extra),
  };
  const old = isObject(asked.oldObject) ? (asked.oldObject as JsonObject) : undefined;
  const object = asObject(asked.object);
  // What is stored is the old object, whatever its revision was.
  const { resourceVersion: _revision, ...metadata } = asObject(object.metadata);
  const sent = method === 'DELETE' ? asObject(asked.options) : old === undefined ? object : { ...object, metadata };
  const body = Object.keys(sent).length === 0 ? {} : { body: { kind: 'json', value: sent } as const };
  const query = { fieldValidation: 'Warn', ...(asked.dryRun === true ? { dryRun: 'All' } : {}) };
  return {
    request: () => ({ method, path, query, user, ...body }),
    object: isKubeObject(object) ? object : undefined,
    namespace,
    ...(old === undefined ? {} : { old }),
  };
}
