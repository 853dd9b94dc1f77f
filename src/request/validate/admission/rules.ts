// Rules of webhooks and policies: operations, groups, versions, resources, scope (kubernetes pkg/apis/admissionregistration/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, invalid, notSupported, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { complain } from '../meta/labels.ts';
import { pathSegment } from '../meta/names.ts';
import { given, text, texts } from '../read.ts';

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const scopes = ['*', 'Cluster', 'Namespaced'];

export function validateRule(rule: JsonObject, path: Path, errors: FieldError[]): void {
  const wanted = texts(rule.operations);
  const at = path.child('operations');
  if (wanted.length === 0) errors.push(required(at));
  alone(wanted, "if '*' is present, must not specify other operations", at, errors);
  for (const [index, operation] of wanted.entries())
    if (!operations.includes(operation)) errors.push(notSupported(at.index(index), operation, operations));
  const groups = texts(rule.apiGroups);
  if (groups.length === 0) errors.push(required(path.child('apiGroups')));
  alone(groups, "if '*' is present, must not specify other API groups", path.child('apiGroups'), errors);
  const versions = texts(rule.apiVersions);
  if (versions.length === 0) errors.push(required(path.child('apiVersions')));
  alone(versions, "if '*' is present, must not specify other API versions", path.child('apiVersions'), errors);
  for (const [index, version] of versions.entries()) if (version === '') errors.push(required(path.child('apiVersions').index(index)));
  validateResources(texts(rule.resources), path.child('resources'), errors);
  if (given(rule.scope) && !scopes.includes(text(rule.scope))) errors.push(notSupported(path.child('scope'), text(rule.scope), scopes));
}

/** The rules of policies may name objects too. */
export function validateNamedRule(rule: JsonObject, path: Path, errors: FieldError[]): void {
  const seen = new Set<string>();
  for (const [index, name] of texts(rule.resourceNames).entries()) {
    const at = path.child('resourceNames').index(index);
    complain(name, pathSegment(name), at, errors);
    if (seen.has(name)) errors.push(duplicate(at, name));
    seen.add(name);
  }
  validateRule(rule, path, errors);
}

function alone(list: readonly string[], why: string, path: Path, errors: FieldError[]): void {
  if (list.length > 1 && list.includes('*')) errors.push(invalid(path, list, why));
}

function validateResources(resources: readonly string[], path: Path, errors: FieldError[]): void {
  if (resources.length === 0) errors.push(required(path));
  const wholeResources = new Set<string>();
  const wholeSubresources = new Set<string>();
  let hasPlain = false;
  for (const [index, entry] of resources.entries()) {
    if (entry === '') {
      errors.push(required(path.index(index)));
      continue;
    }
    const slash = entry.indexOf('/');
    if (slash < 0) {
      // As the server has it, only the last one counts.
      hasPlain = entry !== '*';
      continue;
    }
    const [resource, subresource] = [entry.slice(0, slash), entry.slice(slash + 1)];
    if (wholeResources.has(resource))
      errors.push(invalid(path.index(index), entry, `if '${resource}/*' is present, must not specify ${entry}`));
    if (wholeSubresources.has(subresource))
      errors.push(invalid(path.index(index), entry, `if '*/${subresource}' is present, must not specify ${entry}`));
    if (subresource === '*') wholeResources.add(resource);
    if (resource === '*') wholeSubresources.add(subresource);
  }
  if (resources.length > 1 && resources.includes('*/*'))
    errors.push(invalid(path, resources, "if '*/*' is present, must not specify other resources"));
  if (resources.includes('*') && hasPlain)
    errors.push(invalid(path, resources, "if '*' is present, must not specify other resources without subresources"));
}
