// What `cofferdam request` is asked: the request out of flags and a file, or out of an AdmissionReview, and the state it is made to.

import { readFileSync } from 'node:fs';
import { groupVersion, isKubeObject, type KubeObject } from '../../kube/object.ts';
import { loadSchemas } from '../../kube/schema/load.ts';
import type { Release } from '../../kube/schema/release.ts';
import { customKind } from '../../kube/schema/structural.ts';
import { parseYaml } from '../../kube/yaml/parse.ts';
import { asObject, asString, dig, field, isObject, type Json, strings } from '../../lib/json.ts';
import { problem } from '../../lib/problem.ts';
import { problemText } from '../../report/words.ts';
import type { ApiRequest } from '../../request/request.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import { factsFor, type Snapshot, snapshot } from '../../snapshot/snapshot.ts';
import { load } from '../../sources/load.ts';
import { readCluster } from '../cluster-flags.ts';
import type { CommandInput } from '../command.ts';
import { Stop } from '../exit.ts';
import { kubernetesVersion, word } from '../flags.ts';
import { readUser } from '../identity/question.ts';

export const verbs: readonly string[] = ['create', 'update', 'patch', 'apply', 'delete'];

/** Reads the cluster or the paths; without either the cluster is an empty one. */
export async function readState(
  input: CommandInput,
  paths: readonly string[],
): Promise<{ readonly state: Snapshot; readonly release: Release }> {
  const { flags, console, now } = input;
  const version = kubernetesVersion(flags);
  const live = flags.kubeconfig !== undefined || flags.context !== undefined;
  if (live && paths.length > 0)
    throw new Stop(
      problem('usage/bad-flag', `--context and --kubeconfig name a live cluster, and ${paths[0]} is a path; give one of them`),
    );
  const clusterFlags = Object.fromEntries(['kubeconfig', 'context'].map((name) => [name, flags[name]]));
  const loaded = live
    ? await readCluster({ ...input, flags: clusterFlags })
    : paths.length === 0
      ? { resources: [], problems: [], coverage: [] }
      : await load(paths, { now, ...(version === undefined ? {} : { kubernetesVersion: version }) });
  const told = loaded.problems.filter(({ level }) => (level ?? 'error') === 'error');
  if (!console.quiet) for (const one of told.slice(0, 5)) console.err(`error: ${problemText(one)}\n`);
  const facts = factsFor('facts' in loaded ? loaded.facts : undefined, version);
  const release = await loadSchemas(facts.kubernetesVersion);
  if (release === undefined)
    throw new Stop(problem('usage/bad-flag', `Kubernetes ${facts.kubernetesVersion}: there are no schemas of this release here`));
  return { state: snapshot({ ...loaded, facts }), release };
}

/** The request that the words and flags describe. */
export function readRequest({ flags }: CommandInput, verb: string, state: Snapshot, release: Release): ApiRequest {
  const review = word(flags, 'review');
  if (review !== undefined) return ofReview(document(review), review);
  const user = readUser(flags);
  if (user === undefined)
    throw new Stop(
      problem('usage/bad-flag', 'who asks? Name the user with --as, a service account as system:serviceaccount:NAMESPACE:NAME'),
    );
  const file = word(flags, 'filename');
  if (file === undefined) throw new Stop(problem('usage/bad-flag', `${verb} what? Name the object with -f FILE`));
  const value = document(file);
  if (!isKubeObject(value)) throw new Stop(problem('object/not-an-object', `${file} holds no object with apiVersion and kind`));
  const path = pathOf(value, word(flags, 'namespace'), state, release);
  const name = asString(field(value.metadata, 'name')) ?? '';
  const subresource = word(flags, 'subresource');
  const named = `${path}/${name}${subresource === undefined ? '' : `/${subresource}`}`;
  const fieldValidation = word(flags, 'fieldValidation') ?? 'Strict';
  const body = { kind: 'json', value: value as Json } as const;
  const query = { fieldValidation, fieldManager: 'cofferdam' };
  switch (verb) {
    case 'create':
      return { method: 'POST', path, query, user, body };
    case 'update':
      return { method: 'PUT', path: named, query, user, body };
    case 'patch':
      return { method: 'PATCH', path: named, query, user, body, contentType: 'application/merge-patch+json' };
    case 'apply':
      return { method: 'PATCH', path: named, query: { ...query, force: 'true' }, user, body, contentType: 'application/apply-patch+yaml' };
    default:
      return { method: 'DELETE', path: named, query: {}, user };
  }
}

function pathOf(object: KubeObject, namespace: string | undefined, state: Snapshot, release: Release): string {
  const { apiVersion, kind } = object;
  const known = release.resourceOf(apiVersion, kind) ?? customResource(object, state);
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  // Of a kind that nobody knows the server says so itself.
  if (known === undefined) return `${root}/${kind.toLowerCase().replace(/y$/, 'ie')}s`;
  const within = namespace ?? asString(field(object.metadata, 'namespace')) ?? 'default';
  return known.namespaced ? `${root}/namespaces/${within}/${known.name}` : `${root}/${known.name}`;
}

function customResource(
  { apiVersion, kind }: KubeObject,
  state: Snapshot,
): { readonly name: string; readonly namespaced: boolean } | undefined {
  const { group } = groupVersion(apiVersion);
  for (const { object } of ofKind(state, 'apiextensions.k8s.io', 'CustomResourceDefinition')) {
    const custom = customKind(object as Json);
    if (custom?.group === group && custom.kind === kind) return { name: custom.plural, namespaced: custom.namespaced };
  }
  return undefined;
}

const methods: Readonly<Record<string, string>> = { CREATE: 'POST', UPDATE: 'PUT', DELETE: 'DELETE' };

/** The request that an AdmissionReview is about (admission.k8s.io/v1). */
function ofReview(value: Json, file: string): ApiRequest {
  const asked = field(value, 'request');
  const text = (...keys: readonly string[]) => asString(dig(asked, ...keys)) ?? '';
  const method = methods[text('operation')];
  if (!isObject(asked) || method === undefined)
    throw new Stop(problem('usage/bad-flag', `--review ${file}: there is no AdmissionReview of a CREATE, UPDATE or DELETE in it`));
  const of = isObject(asked.requestResource) ? 'requestResource' : 'resource';
  const group = text(of, 'group');
  const root = group === '' ? `/api/${text(of, 'version')}` : `/apis/${group}/${text(of, 'version')}`;
  const namespace = text('namespace');
  const inside = namespace === '' || text(of, 'resource') === 'namespaces' ? '' : `/namespaces/${namespace}`;
  const subresource = text('requestSubResource') || text('subResource');
  const end = `${method === 'POST' && subresource === '' ? '' : `/${text('name')}`}${subresource === '' ? '' : `/${subresource}`}`;
  const object = asObject(asked.object);
  return {
    method,
    path: `${root}${inside}/${text(of, 'resource')}${end}`,
    query: { fieldValidation: 'Warn' },
    user: { name: text('userInfo', 'username'), groups: strings(dig(asked, 'userInfo', 'groups')) },
    ...(method === 'DELETE' ? {} : { body: { kind: 'json', value: object } as const }),
  };
}

/** The first document of a file. */
function document(file: string): Json {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch {
    throw new Stop(problem('input/unreadable', `cannot read ${file}`));
  }
  const { documents, problems } = parseYaml(text, file);
  const value = documents.find((each) => each.value !== undefined && each.value !== null)?.value;
  if (value === undefined) throw new Stop(problems[0] ?? problem('input/nothing', `${file} holds no document`));
  return value;
}
