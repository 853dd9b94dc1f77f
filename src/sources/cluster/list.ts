// All objects of one resource, in pages. Kubernetes API concepts, "Retrieving large result sets in chunks": a continue token lives about
// five minutes; when it has expired (410) the list starts again, twice, and then goes on from where it was with the token the server
// offers, which mixes two moments and is said. A page that is too large is asked for again in smaller ones. What was read before a
// failure is kept.

import type { KubeObject } from '../../kube/object.ts';
import { asList, asString, dig, field } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import type { Connection } from './connection.ts';
import { type ResourceType, resourceName } from './discovery.ts';
import { type Ingestion, ingest, unsafeIntegers } from './ingest.ts';
import { badAnswer, type Refusal } from './refusal.ts';

export interface ListOptions {
  /** Undefined: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** Objects a page. Default 500. */
  readonly limit?: number;
  /** Only a state that is not older than this resourceVersion will do. */
  readonly notOlderThan?: string;
  /** Objects after which a list is given up. Default 2,000,000. */
  readonly most?: number;
  readonly signal?: AbortSignal;
}

export interface Listed {
  readonly objects: readonly KubeObject[];
  /** Of the last page; a watch goes on from here. */
  readonly resourceVersion: string;
  /** Why the list is not whole. */
  readonly refusal: Refusal | undefined;
  readonly problems: readonly Problem[];
}

const restarts = 2;
/** Pages without objects are legal under a selector; so many in a row are not a list. */
const mostEmptyPages = 1000;

/** Path of a resource, of all namespaces or one. */
export function resourcePath({ group, version, resource, namespaced }: ResourceType, namespace?: string): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const scope = namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${resource}`;
}

/** Lists one resource. */
export async function list(connection: Connection, type: ResourceType, ingestion: Ingestion, options: ListOptions = {}): Promise<Listed> {
  let objects: KubeObject[] = [];
  let problems: Problem[] = [];
  let next = '';
  let resourceVersion = '';
  let limit = options.limit ?? 500;
  let emptyPages = 0;
  for (let started = 0; ; ) {
    const answer = await connection.ask({
      path: resourcePath(type, options.namespace),
      query: query(options, limit, next),
      right: `list ${resourceName(type)}${options.namespace === undefined || !type.namespaced ? '' : ` in namespace ${options.namespace}`}`,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    if (!answer.ok) {
      const refusal = answer.problem;
      const offered = asString(dig(refusal.body, 'metadata', 'continue')) ?? '';
      if (refusal.status === 410 && next !== '' && (started < restarts || offered !== '')) {
        if (started < restarts) {
          started++;
          [objects, problems, next] = [[], [], ''];
        } else {
          next = offered;
          problems.push(
            problem('cluster/interrupted', `${resourceName(type)} were read at two moments: the list took too long`, undefined, 'note'),
          );
        }
        continue;
      }
      if (refusal.broken?.code === 'too-large' && limit > 1) {
        limit = Math.max(1, Math.floor(limit / 10));
        continue;
      }
      return { objects, resourceVersion, refusal, problems };
    }
    const { value, text } = answer.value;
    if (!Array.isArray(field(value, 'items')) && field(value, 'items') !== null)
      return {
        objects,
        resourceVersion,
        problems,
        refusal: badAnswer(connection.server, 200, `answers the list of ${resourceName(type)} with no list`),
      };
    const items = asList(field(value, 'items'));
    problems.push(...unsafeIntegers(text, items, type));
    for (const item of items) {
      const object = ingest(item, type, ingestion);
      if (object !== undefined) objects.push(object);
      else problems.push(problem('object/not-an-object', `the list of ${resourceName(type)} holds something that is no object`));
    }
    resourceVersion = asString(dig(value, 'metadata', 'resourceVersion')) ?? resourceVersion;
    const following = asString(dig(value, 'metadata', 'continue')) ?? '';
    if (following === '') return { objects, resourceVersion, refusal: undefined, problems };
    emptyPages = items.length === 0 ? emptyPages + 1 : 0;
    if (following === next || emptyPages > mostEmptyPages || objects.length >= (options.most ?? 2_000_000))
      return {
        objects,
        resourceVersion,
        problems,
        refusal: badAnswer(connection.server, 200, `the list of ${resourceName(type)} does not end`),
      };
    next = following;
  }
}

function query({ labelSelector, notOlderThan }: ListOptions, limit: number, next: string): Readonly<Record<string, string>> {
  return {
    limit: String(limit),
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(next === '' && notOlderThan !== undefined && notOlderThan !== ''
      ? { resourceVersion: notOlderThan, resourceVersionMatch: 'NotOlderThan' }
      : {}),
    ...(next === '' ? {} : { continue: next }),
  };
}
