// The answer to a get of one object or of a subresource that can be read: status, scale, resize and the like show the object or a Scale of it;
// logs, proxies and the rest need a kubelet or a network, which nothing here has.

import { dig, type JsonObject } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import { badRequest, internal, notFound } from '../status.ts';
import type { State } from '../store/state.ts';
import { inVersion } from './convert.ts';
import { deprecationsOf } from './deprecation.ts';
import { acceptedForm, includedObject, wrongForm } from './forms.ts';
import { logsRefusal, proxyRefusal, streamRefusal } from './kubelet.ts';
import { tooLarge } from './list.ts';
import { resourceRevision } from './list-options.ts';
import { first } from './query.ts';
import type { Reader, ReadReply, ReadTarget } from './read.ts';
import { objectReply, refusalFor, refusalReply, textReply } from './reply.ts';
import { readScale } from './scale.ts';
import { storageOf } from './storage.ts';
import { partialMetadata, table, tableForm } from './table/table.ts';

export function getObject(target: ReadTarget, reader: Reader): ReadReply {
  const { resource, info, query, subresource } = target;
  const warnings = deprecationsOf(resource);
  const accepted = acceptedForm(target);
  if ('code' in accepted) return refusalFor(target.accept, accepted);
  const refuse = (refusal: Refusal) => refusalReply(refusal, accepted.type, warnings);
  const bad = badName(info.name);
  if (bad !== undefined) return refuse(badRequest(`Name parameter invalid: ${JSON.stringify(info.name)}: ${bad}`));
  const wanted = first(query, 'resourceVersion') ?? '';
  if (wanted !== '') {
    const revision = resourceRevision(wanted);
    if (!revision.ok) return refuse({ code: 500, reason: '', message: revision.problem });
    const current = reader.store.revision();
    if (revision.value > current) {
      const reply = refuse(tooLarge(revision.value, current));
      return { ...reply, headers: { ...reply.headers, 'retry-after': '1' } };
    }
  }
  const found = reader.store.get(storageOf(resource), resource.namespaced ? info.namespace : '', info.name);
  if (found === undefined) {
    const named = resource.resource === 'componentstatuses' ? { group: '', resource: 'componentstatus' } : resource;
    return refuse(notFound(named, info.name));
  }
  const object = shownObject(target, found, reader.store);
  if (object === nothing) return { ...textReply('', 204), contentType: '', warnings };
  if (!('metadata' in object) && 'message' in object) return refuse(object as unknown as Refusal);
  const { form } = accepted;
  if (form === undefined) return { ...objectReply(object as JsonObject, accepted.type), warnings };
  const refused = wrongForm(form, false, target);
  if (refused !== undefined) return refuse(refused);
  if (form.kind === 'PartialObjectMetadata')
    return { ...objectReply(partialMetadata(object as JsonObject, form.version), accepted.type), warnings };
  const include = includedObject(target);
  if (typeof include === 'object') return refuse(include);
  const kind = subresource?.name === 'scale' ? 'Scale' : resource.kind;
  const metadata = { resourceVersion: dig(object, 'metadata', 'resourceVersion') };
  const settings = { version: form.version, include, now: reader.now(), headers: true };
  return {
    ...objectReply(
      table(
        tableForm(reader.published, resource, kind),
        [{ stored: kind === 'Scale' ? (object as JsonObject) : found, object: object as JsonObject }],
        metadata,
        settings,
      ),
      accepted.type,
    ),
    warnings,
  };
}

/** What a path may not hold. */
function badName(name: string): string | undefined {
  if (name === '.' || name === '..') return `may not be '${name}'`;
  for (const part of ['/', '%']) if (name.includes(part)) return `may not contain '${part}'`;
  return undefined;
}

/** The answer about something that is empty, and no fault. */
const nothing = { code: 204, message: '' };

function shownObject({ info, resource, subresource, query }: ReadTarget, object: JsonObject, store: State): JsonObject | Refusal {
  if (subresource === undefined) return inVersion(resource, object);
  switch (subresource.name) {
    case 'status':
    case 'resize':
    case 'ephemeralcontainers':
    case 'approval':
    case 'finalize':
      return inVersion(resource, object);
    case 'scale':
      return readScale(resource, object);
    case 'log':
      return logsRefusal(object, query, store) ?? nothing;
    case 'exec':
    case 'attach':
    case 'portforward':
      return streamRefusal(object, subresource.name, query, false, store);
    case 'proxy':
      return proxyRefusal(resource.resource, info.namespace, info.name, store);
    default:
      return internal(`${resource.resource}/${subresource.name} cannot be read`);
  }
}
