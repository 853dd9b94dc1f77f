// StorageVersions: what each API server of a cluster stores and reads of a resource (KEP-2339; kubernetes pkg/apis/apiserverinternal/validation,
// 1.36). Servers write them themselves; their API version is off by default.

import type { JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, invalid, required } from '../../fields/error.ts';
import { fieldPath, type Path } from '../../fields/path.ts';
import { complain } from '../meta/labels.ts';
import { type Complaints, dns1035Label, dnsSubdomain, formComplaint, qualifiedName } from '../meta/names.ts';
import { validateMetadata } from '../meta/object-meta.ts';
import { given, objects, struct, text, texts } from '../read.ts';
import type { Validator } from '../validator.ts';

const empty = 'must be non-empty';

function nameComplaints(name: string): Complaints {
  const dot = name.lastIndexOf('.');
  if (dot < 0) return ['name must be in the form of <group>.<resource>'];
  return [
    ...dnsSubdomain(name.slice(0, dot)).map((each) => `the group segment ${each}`),
    ...dns1035Label(name.slice(dot + 1)).map((each) => `the resource segment ${each}`),
  ];
}

function apiVersionComplaints(apiVersion: string): Complaints {
  const parts = apiVersion.split('/');
  if (parts.length > 2) {
    const words =
      "a DNS-1035 label, which must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
    const form = formComplaint(words, '[a-z]([-a-z0-9]*[a-z0-9])?', 'my-name', 'abc-123');
    return [`an apiVersion is ${form} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyVersion')`];
  }
  const [group, version = ''] = parts.length === 2 ? parts : [undefined, parts[0]];
  const ofGroup = group === undefined ? [] : group === '' ? [empty] : dnsSubdomain(group);
  return [
    ...ofGroup.map((each) => `group part: ${each}`),
    ...(version === '' ? [empty] : dns1035Label(version)).map((each) => `version part: ${each}`),
  ];
}

function validateServer(server: JsonObject, path: Path, errors: FieldError[]): void {
  const [id, encoding] = [text(server.apiServerID), text(server.encodingVersion)];
  const decodable = texts(server.decodableVersions);
  const check = (version: string, at: Path) => {
    const wrong = apiVersionComplaints(version);
    if (wrong.length > 0) errors.push(invalid(at, version, wrong.join(',')));
  };
  complain(id, dnsSubdomain(id), path.child('apiServerID'), errors);
  check(encoding, path.child('encodingVersion'));
  for (const [position, version] of decodable.entries()) check(version, path.child('decodableVersions').index(position));
  if (!decodable.includes(encoding)) {
    const shown = decodable.length === 0 ? null : decodable;
    errors.push(invalid(path.child('decodableVersions'), shown, `decodableVersions must include encodingVersion ${encoding}`));
  }
  for (const [position, version] of texts(server.servedVersions).entries()) {
    const at = path.child('servedVersions').index(position);
    check(version, at);
    if (!decodable.includes(version)) {
      const words = `individual served version : ${version} must be included in decodableVersions : [${decodable.join(' ')}]`;
      errors.push(invalid(at, version, words));
    }
  }
}

function validateStatus(version: JsonObject, errors: FieldError[]): void {
  const path = fieldPath('status');
  const status = struct(version.status);
  const servers = objects(status.storageVersions);
  const seen = new Set<string>();
  for (const [position, server] of servers.entries()) {
    const at = path.child('storageVersions').index(position);
    const id = text(server.apiServerID);
    if (seen.has(id)) errors.push(duplicate(at.child('apiServerID'), id));
    seen.add(id);
    validateServer(server, at, errors);
  }
  const encodings = new Set(servers.map(({ encodingVersion }) => text(encodingVersion)));
  const [common] = encodings.size === 1 ? encodings : [];
  const said = given(status.commonEncodingVersion) ? text(status.commonEncodingVersion) : undefined;
  const at = path.child('commonEncodingVersion');
  if (common === undefined && said !== undefined) {
    const words =
      'should be nil if servers do not agree on the same encoding version, or if there is no server reporting the supported versions yet';
    errors.push(invalid(at, said, words));
  } else if (common !== undefined && said === undefined) errors.push(invalid(at, null, `the common encoding version is ${common}`));
  else if (common !== said) errors.push(invalid(at, said, `the actual common encoding version is ${common}`));
  validateConditions(objects(status.conditions), path, errors);
}

/** Places of conditions are those of the status itself, as the server writes them. */
function validateConditions(conditions: readonly JsonObject[], path: Path, errors: FieldError[]): void {
  const places = new Map<string, number>();
  for (const [position, condition] of conditions.entries()) {
    const at = path.index(position);
    const type = text(condition.type);
    const before = places.get(type);
    if (before !== undefined) {
      const words = `the type of the condition is not unique, it also appears in conditions[${before}]`;
      errors.push(invalid(at.child('type'), type, words));
    }
    places.set(type, position);
    for (const field of ['type', 'status'] as const)
      complain(text(condition[field]), qualifiedName(text(condition[field])), at.child(field), errors);
    for (const field of ['reason', 'message'] as const) if (text(condition[field]) === '') errors.push(required(at.child(field)));
  }
}

export const storageVersion: Validator = {
  create: (version) => {
    const errors: FieldError[] = [];
    validateMetadata(version, { namespaced: false, name: nameComplaints }, errors);
    validateStatus(version, errors);
    return errors;
  },
  update: (version, _old, _context, subresource) => {
    const errors: FieldError[] = [];
    if (subresource === 'status') validateStatus(version, errors);
    return errors;
  },
};
