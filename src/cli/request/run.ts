// `cofferdam request`: writes through all stages, one after the other, each over what those before it have stored. Nothing is sent to any
// server, and what they store is forgotten.

import { existsSync } from 'node:fs';
import { nameOf } from '../../kube/object.ts';
import type { JsonObject } from '../../lib/json.ts';
import { problem } from '../../lib/problem.ts';
import { targetOf } from '../../request/target.ts';
import { bringToLife } from '../../request/trace/born.ts';
import { withoutSecretValues } from '../../request/trace/redacted.ts';
import { suppose, supposedly } from '../../request/trace/suppose.ts';
import type { Writing } from '../../request/write/update.ts';
import { named } from '../../snapshot/lookup.ts';
import { readAdmission } from '../admission.ts';
import { apiServerOver } from '../api-server.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { readFeatures } from '../features.ts';
import { verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { type Asked, readAsked, type Verb, verbs } from './asked.ts';
import { type Caller, readCaller } from './caller.ts';
import { json } from './json.ts';
import { type ReadCluster, readState } from './state.ts';
import { type Followed, type Told, table } from './table.ts';

export async function run(input: CommandInput): Promise<number> {
  const { flags, words, console, now } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'wide', 'json']);
  const { verb, paths } = readWords(words);
  const { plugins, configuration, eventLimits, makeCall, told: ofAdmission } = readAdmission(flags, now);
  const cluster = await readState(input, paths);
  const caller = readCaller(input, cluster.state);
  const asked = readAsked(flags, verb, caller.user, cluster.release);
  const objects = asked.flatMap(({ object }) => object ?? []);
  // Namespaces that the files bring themselves are not there before.
  const brought = new Set(objects.filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Namespace').map(nameOf));
  const namespaces = asked
    .map(({ namespace }) => namespace)
    .filter((name) => name !== '' && ((verb !== 'create' && verb !== 'apply') || !brought.has(name)));
  const { release } = cluster;
  const features = readFeatures(flags, release);
  const over = { release, plugins, configuration, features, asked: objects, namespaces, now };
  const { writing, assumed } = await apiServerOver(cluster.state, over);
  const limited = eventLimits === undefined ? writing : { ...writing, eventLimits };
  const followed: Followed[] = [];
  for (const one of asked) {
    const done = await supposedly(limited, makeCall, (over) => follow(one, caller, cluster, over));
    if (done === undefined) throw new Stop(problem('admission/calls', 'webhooks ask for calls without end'));
    followed.push(done);
  }
  const callsWebhooks = makeCall !== undefined;
  const told: Told = {
    followed,
    assumed: [...assumed, ...ofAdmission],
    unread: cluster.unread,
    release: release.minor,
    live: cluster.state.facts.live,
    callsWebhooks,
  };
  write(targets, console, (format, toTerminal) =>
    format === 'json' ? json(told) : table(told, { wide: format === 'wide', color: toTerminal && console.color }),
  );
  return followed.every(({ trace }) => trace.allowed) ? exit.clean : exit.findings;
}

/** The verb, where the first word is one; all else is paths. A second verb is a slip. */
function readWords(words: readonly string[]): { readonly verb: Verb; readonly paths: readonly string[] } {
  const [first, ...rest] = words;
  const verb = verbs.find((each) => each === first);
  const second = rest.find((word) => verbs.some((each) => each === word) && !existsSync(word));
  if (verb !== undefined && second !== undefined)
    throw new Stop(problem('usage/bad-flag', `${verb} and ${second}: a request has one verb`));
  if (verb !== undefined) return { verb, paths: rest };
  if (first !== undefined && /^[a-z]+$/.test(first) && !existsSync(first)) {
    const reads = ['get', 'list', 'watch'].includes(first) ? '; whether somebody may read is asked with "cofferdam can"' : '';
    throw new Stop(problem('usage/bad-flag', `${first} is neither a path nor one of the verbs ${verbs.join(', ')}${reads}`));
  }
  return { verb: 'create', paths: words };
}

/** What becomes of one request; those after it find what it stored. */
function follow({ request: requestIn, old }: Asked, { arrival }: Caller, { state, unread }: ReadCluster, writing: Writing): Followed {
  const request = requestIn(writing.store);
  const target = targetOf(request, writing);
  if ('type' in target && old !== undefined) writing.store.put(target, target.namespace, target.name, old);
  else if ('type' in target) {
    const [own] = named(state, target.group, target.kind, target.namespace, target.name);
    bringToLife(target, own?.object as JsonObject | undefined, writing);
  }
  const stored = 'type' in target ? writing.store.get(target, target.namespace, target.name) : undefined;
  const trace = suppose(request, writing, arrival);
  const known = { ...trace, unknown: [...unread, ...trace.unknown] };
  return { request, trace: withoutSecretValues(known, request, stored) };
}
