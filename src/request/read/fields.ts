// Which fields the objects of a resource can be selected by, beside name and namespace, and their values (k8s.io/kubernetes pkg/registry and
// the field label conversions of pkg/apis, 1.36; for custom resources KEP-4358, selectableFields). Kinds with conversions of their own answer
// an unknown field in other words than the rest.

import { type FieldSelector, parseFieldSelector } from '../../kube/field-selector.ts';
import { asString, dig, type JsonObject } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { ServedResource } from './catalog.ts';
import { jsonPath } from './table/json-path.ts';

type Reader = (object: JsonObject) => string;

function at(...path: readonly string[]): Reader {
  return (object) => {
    const found = dig(object, ...path);
    return typeof found === 'string' ? found : typeof found === 'number' || typeof found === 'boolean' ? String(found) : '';
  };
}

function flag(...path: readonly string[]): Reader {
  return (object) => String(dig(object, ...path) === true);
}

function count(...path: readonly string[]): Reader {
  return (object) => String(dig(object, ...path) ?? 0);
}

const name = at('metadata', 'name');
const namespace = at('metadata', 'namespace');
const both = { 'metadata.name': name, 'metadata.namespace': namespace };

function references(of: string, key: string): Readonly<Record<string, Reader>> {
  const keys = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];
  return Object.fromEntries(keys.map((each) => [`${of}.${each}`, at(key, each)]));
}

const component: Reader = (object) => {
  const source = asString(dig(object, 'source', 'component')) ?? '';
  return source === '' ? (asString(object.reportingComponent) ?? '') : source;
};
const event = { type: at('type'), reason: at('reason') };

const ownFields: Readonly<Record<string, Readonly<Record<string, Reader>>>> = {
  '/pods': {
    ...both,
    'spec.nodeName': at('spec', 'nodeName'),
    'spec.restartPolicy': at('spec', 'restartPolicy'),
    'spec.schedulerName': at('spec', 'schedulerName'),
    'spec.serviceAccountName': at('spec', 'serviceAccountName'),
    'spec.hostNetwork': flag('spec', 'hostNetwork'),
    'status.phase': at('status', 'phase'),
    'status.podIP': (object) => asString(dig(object, 'status', 'podIPs', 0, 'ip')) ?? '',
    'status.podIPs': (object) => asString(dig(object, 'status', 'podIPs', 0, 'ip')) ?? '',
    'status.nominatedNodeName': at('status', 'nominatedNodeName'),
  },
  '/nodes': { 'metadata.name': name, 'spec.unschedulable': flag('spec', 'unschedulable') },
  '/namespaces': { 'metadata.name': name, 'status.phase': at('status', 'phase') },
  '/replicationcontrollers': { ...both, 'status.replicas': count('status', 'replicas') },
  '/secrets': { ...both, type: at('type') },
  '/services': { ...both, 'spec.clusterIP': at('spec', 'clusterIP'), 'spec.type': at('spec', 'type') },
  '/events': {
    ...both,
    ...event,
    ...references('involvedObject', 'involvedObject'),
    reportingComponent: at('reportingComponent'),
    source: component,
  },
  'events.k8s.io/events': { ...both, ...event, ...references('regarding', 'involvedObject') },
  'batch/jobs': { ...both, 'status.successful': count('status', 'succeeded') },
  'certificates.k8s.io/certificatesigningrequests': { 'metadata.name': name, 'spec.signerName': at('spec', 'signerName') },
  'resource.k8s.io/resourceslices': {
    'metadata.name': name,
    'spec.nodeName': at('spec', 'nodeName'),
    'spec.driver': at('spec', 'driver'),
  },
};

/** The fields of a resource; the objects they are read from are those stored. */
export function selectableFields({ group, resource, custom }: ServedResource): Readonly<Record<string, Reader>> {
  if (custom === undefined) return ownFields[`${group}/${resource}`] ?? both;
  const paths = custom.version.selectableFields.map((path): [string, Reader] => [
    path.replace(/^\./, ''),
    (object) => textAt(path, object),
  ]);
  return { ...both, ...Object.fromEntries(paths) };
}

function textAt(path: string, object: JsonObject): string {
  const [found] = jsonPath(path, object);
  return found === undefined || found === null || typeof found === 'object' ? '' : String(found);
}

/** A field selector as a query has it, of whatever fields; the problem is the server's. */
export function readFieldSelector(text: string): Result<FieldSelector, string> {
  const term = firstBad(text);
  if (term !== undefined) return failure(term);
  const selector = parseFieldSelector(text);
  return selector.ok ? ok(selector.value) : failure(`invalid selector: '${text}'; can't understand '${text}'`);
}

/** Reads a field selector for a resource; the problem is the message of a 400. */
export function fieldSelectorFor(resource: ServedResource, text: string): Result<FieldSelector, string> {
  const selector = readFieldSelector(text);
  if (!selector.ok) return selector;
  const known = selectableFields(resource);
  for (const { field: label } of selector.value) {
    if (Object.hasOwn(known, label)) continue;
    const isOwn = resource.custom !== undefined || Object.hasOwn(ownFields, `${resource.group}/${resource.resource}`);
    if (resource.resource === 'resourceslices' && resource.custom === undefined)
      return failure(`field label not supported for ${resource.group}/${resource.version}, Kind=${resource.kind}: ${label}`);
    if (resource.resource === 'jobs' && resource.group === 'batch')
      return failure(`field label ${JSON.stringify(label)} not supported for Job`);
    return failure(
      isOwn
        ? `field label not supported: ${label}`
        : `${JSON.stringify(label)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
    );
  }
  return selector;
}

/** What is wrong with the first term that cannot be read. */
function firstBad(text: string): string | undefined {
  for (const term of text.split(/(?<!\\),/)) {
    if (term === '') continue;
    const operator = /!=|==|=/.exec(term);
    if (operator === null) return `invalid selector: '${text}'; can't understand '${term}'`;
    const value = term.slice(operator.index + operator[0].length);
    for (let index = 0; index < value.length; index++) {
      const character = value[index] ?? '';
      if (character === '\\') {
        const next = value[++index] ?? '';
        if (!['\\', ',', '='].includes(next)) return `invalid field selector: invalid escape sequence: \\${next}`;
      } else if (character === '=') return `invalid field selector: unescaped character in value: ${character.charCodeAt(0).toString()}`;
    }
  }
  return undefined;
}

/** The selectable fields of an object as a map. */
export function fieldsOf(resource: ServedResource, object: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(selectableFields(resource)).map(([label, read]) => [label, read(object)]));
}
