// `cofferdam request`: writes through all stages, one after the other, each over what those before it have stored. Nothing is sent to any
// server, and what they store is forgotten.

import { existsSync } from 'node:fs';
import type { JsonObject } from '../../lib/json.ts';
import { problem } from '../../lib/problem.ts';
import { orderedPlugins } from '../../request/admission/run.ts';
import { bringToLife } from '../../request/born.ts';
import { answerWrite } from '../../request/pipeline.ts';
import { withoutSecretValues } from '../../request/redacted.ts';
import { defaultPlugins } from '../../request/server.ts';
import { targetOf } from '../../request/target.ts';
import { traceWrite } from '../../request/trace.ts';
import type { Writing } from '../../request/update.ts';
import { named } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { apiServerOver, usualPlugins } from '../api-server.ts';
import type { CommandInput, Flags } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { list, verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { type Asked, readAsked, type Verb, verbs } from './asked.ts';
import { type Caller, readCaller } from './caller.ts';
import { json } from './json.ts';
import { readState } from './state.ts';
import { type Followed, type Told, table } from './table.ts';

export async function run(input: CommandInput): Promise<number> {
  const { flags, words, console, now } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'wide', 'json']);
  const { verb, paths } = readWords(words);
  const plugins = pluginsOf(flags);
  const cluster = await readState(input, paths);
  const caller = readCaller(input, cluster.state);
  const asked = readAsked(flags, verb, caller.user, cluster);
  const namespaces = asked.flatMap(({ request: { path } }) => /\/namespaces\/([^/]+)\//.exec(path)?.[1] ?? []);
  const objects = asked.flatMap(({ object }) => object ?? []);
  const { writing, assumed } = await apiServerOver(cluster.state, { release: cluster.release, plugins, asked: objects, namespaces, now });
  const followed = asked.map((one) => follow(one, caller, cluster.state, writing));
  const told: Told = { followed, assumed, release: cluster.release.minor, live: cluster.state.facts.live };
  write(targets, console, (format, toTerminal) =>
    format === 'json' ? json(told) : table(told, { wide: format === 'wide', color: toTerminal && console.color }),
  );
  return followed.every(({ trace }) => trace.allowed) ? exit.clean : exit.findings;
}

/** The verb, where the first word is one; all else is paths. */
function readWords(words: readonly string[]): { readonly verb: Verb; readonly paths: readonly string[] } {
  const [first, ...rest] = words;
  const verb = verbs.find((each) => each === first);
  if (verb !== undefined) return { verb, paths: rest };
  if (first !== undefined && /^[a-z]+$/.test(first) && !existsSync(first)) {
    const reads = ['get', 'list', 'watch'].includes(first) ? '; whether somebody may read is asked with "cofferdam can"' : '';
    throw new Stop(problem('usage/bad-flag', `${first} is neither a path nor one of the verbs ${verbs.join(', ')}${reads}`));
  }
  return { verb: 'create', paths: words };
}

/** What becomes of one request; those after it find what it stored. */
function follow({ request, old }: Asked, { arrival }: Caller, state: Snapshot, writing: Writing): Followed {
  const target = targetOf(request, writing);
  if ('type' in target && old !== undefined) writing.store.put(target, target.namespace, target.name, old);
  else if ('type' in target) {
    const [own] = named(state, target.group, target.kind, target.namespace, target.name);
    bringToLife(target, own?.object as JsonObject | undefined, writing);
  }
  const stored = 'type' in target ? writing.store.get(target, target.namespace, target.name) : undefined;
  const trace = traceWrite(request, writing, arrival);
  if (trace.allowed && trace.user !== undefined) answerWrite({ ...request, user: trace.user }, writing);
  return { request, trace: withoutSecretValues(trace, request, stored) };
}

function pluginsOf(flags: Flags): ReadonlySet<string> {
  const known = new Set([...orderedPlugins.map(({ name }) => name), ...defaultPlugins]);
  const enabled = list(flags, 'enableAdmissionPlugins');
  const disabled = list(flags, 'disableAdmissionPlugins');
  const odd = [...enabled, ...disabled].find((name) => !known.has(name));
  if (odd !== undefined)
    throw new Stop(problem('usage/bad-flag', `${odd} is no admission plugin known here: ${[...known].sort().join(', ')}`));
  return new Set([...usualPlugins, ...enabled].filter((name) => !disabled.includes(name)));
}
