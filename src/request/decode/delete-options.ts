// The options of a delete as its body or its query gives them: of the body alone where there is one, decoded by the scheme of meta.k8s.io,
// which knows DeleteOptions in every group and a few other kinds that cannot become them (k8s.io/apiserver/pkg/endpoints/handlers/delete.go,
// 1.36).

import { groupVersion } from '../../kube/object.ts';
import { asObject, type JsonObject } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import type { Refusal } from '../answer.ts';
import { integerComplaint } from '../read/list-options.ts';
import type { ApiRequest } from '../request.ts';
import type { Serving } from '../server.ts';
import { badRequest, unsupportedMediaType } from '../status.ts';
import { option } from '../write/options.ts';
import { mediaType, readBody } from './body.ts';
import { heldAgainst } from './typed.ts';

/** True for a request that carries its options as a body; what its query says of them is not looked at. */
export function hasOptionsBody({ body }: ApiRequest): boolean {
  return body !== undefined && !(body.kind === 'text' && body.text === '');
}

/** The options as an object of DeleteOptions; the 400 or 415 where they cannot be read. */
export function decodeDeleteOptions(request: ApiRequest, { server }: Serving): Result<JsonObject, Refusal> {
  if (!hasOptionsBody(request)) return ofQuery(request);
  const type = mediaType(request.contentType);
  if (type === undefined)
    return failure(unsupportedMediaType(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']));
  const read = readBody(request, type);
  if (!read.ok) return failure(badRequest(read.message));
  const { apiVersion, kind, value } = read.value;
  const foreign = kind === '' ? undefined : foreignKind(apiVersion === '' ? 'meta.k8s.io/v1' : apiVersion, kind);
  if (foreign !== undefined) return failure(badRequest(foreign));
  const schema = server.release.definition('meta.v1.DeleteOptions');
  const { error } = schema === undefined ? { error: undefined } : heldAgainst(value, schema);
  return error === undefined ? ok(asObject(value)) : failure(badRequest(error));
}

const unversioned = ['Status', 'APIVersions', 'APIGroupList', 'APIGroup', 'APIResourceList'];
const ofMeta = ['ListOptions', 'GetOptions', 'CreateOptions', 'UpdateOptions', 'PatchOptions', 'TableOptions', 'Table', 'WatchEvent'];
const partial = ['PartialObjectMetadata', 'PartialObjectMetadataList'];

/** What the scheme says of a kind that is not DeleteOptions. */
function foreignKind(apiVersion: string, kind: string): string | undefined {
  if (kind === 'DeleteOptions') return undefined;
  const { group } = groupVersion(apiVersion);
  const isKnown = apiVersion === 'v1' ? unversioned.includes(kind) : group === 'meta.k8s.io' && [...ofMeta, ...partial].includes(kind);
  if (isKnown) return `converting (v1.${kind}) to (v1.DeleteOptions): unknown conversion`;
  return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`;
}

function ofQuery(request: ApiRequest): Result<JsonObject, Refusal> {
  const seconds = option(request, 'gracePeriodSeconds');
  const wrong = integerComplaint(seconds);
  if (wrong !== undefined) return failure(badRequest(wrong));
  const policy = option(request, 'propagationPolicy');
  const orphan = option(request, 'orphanDependents');
  return ok({
    ...(seconds === undefined ? {} : { gracePeriodSeconds: Number(seconds) }),
    ...(policy === undefined ? {} : { propagationPolicy: policy }),
    ...(orphan === undefined ? {} : { orphanDependents: orphan !== '0' && orphan.toLowerCase() !== 'false' }),
  });
}
