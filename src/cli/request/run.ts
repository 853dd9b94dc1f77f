// `cofferdam request`: one request through all stages. Nothing is sent to any server and nothing is stored.

import { randomInt, randomUUID } from 'node:crypto';
import { asObject, type JsonObject } from '../../lib/json.ts';
import { problem } from '../../lib/problem.ts';
import { orderedPlugins } from '../../request/admission/run.ts';
import { apiServer, defaultPlugins } from '../../request/server.ts';
import { storeOf } from '../../request/snapshot-state.ts';
import { traceWrite } from '../../request/trace.ts';
import type { CommandInput, Flags } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { list, verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { readRequest, readState, verbs } from './input.ts';
import { type Told, table } from './table.ts';

export async function run(input: CommandInput): Promise<number> {
  const { flags, words, console, now } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'wide', 'json']);
  const [first = '', ...rest] = words;
  const isVerb = verbs.includes(first);
  const { state, release } = await readState(input, isVerb ? rest : words);
  const request = readRequest(input, isVerb ? first : 'create', state, release);
  const { store, assumed } = storeOf(state, release, namespacesIn(request.path));
  const serving = {
    server: apiServer(release, { plugins: pluginsOf(flags) }),
    state: store,
    store,
    access: () => state,
    circumstances: { now: new Date(now).toISOString().replace(/\.[0-9]+Z$/, 'Z'), uid: () => randomUUID(), suffix },
  };
  const trace = traceWrite(request, serving);
  const told: Told = { request, trace: withoutSecrets(trace), assumed, release: release.minor, live: state.facts.live };
  write(targets, console, (format, toTerminal) =>
    format === 'json' ? json(told) : table(told, { wide: format === 'wide', color: toTerminal && console.color }),
  );
  return trace.allowed ? exit.clean : exit.findings;
}

const letters = 'bcdfghjklmnpqrstvwxz2456789';

function suffix(length: number): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
}

function namespacesIn(path: string): readonly string[] {
  const match = /\/namespaces\/([^/]+)\//.exec(path);
  return match?.[1] === undefined ? [] : [match[1]];
}

function pluginsOf(flags: Flags): ReadonlySet<string> {
  const known = new Set([...orderedPlugins.map(({ name }) => name), ...defaultPlugins]);
  const enabled = list(flags, 'enableAdmissionPlugins');
  const disabled = list(flags, 'disableAdmissionPlugins');
  const odd = [...enabled, ...disabled].find((name) => !known.has(name));
  if (odd !== undefined)
    throw new Stop(problem('usage/bad-flag', `${odd} is no admission plugin known here: ${[...known].sort().join(', ')}`));
  return new Set([...defaultPlugins, 'NodeRestriction', ...enabled].filter((name) => !disabled.includes(name)));
}

/** Values of Secrets are not printed. */
function withoutSecrets(trace: ReturnType<typeof traceWrite>): ReturnType<typeof traceWrite> {
  const { object } = trace.answer;
  if (object?.kind !== 'Secret' || object.data === undefined) return trace;
  const hidden = /^\/(?:data|stringData)(?:\/|$)/;
  const stages = trace.stages.map((stage) =>
    stage.changes === undefined
      ? stage
      : { ...stage, changes: stage.changes.map((change) => (hidden.test(change.path) ? { op: change.op, path: change.path } : change)) },
  );
  const metadata = withoutApplied(asObject(object.metadata));
  const data = Object.fromEntries(Object.keys(asObject(object.data)).map((key) => [key, '(not shown)']));
  return { ...trace, stages, answer: { ...trace.answer, object: { ...object, metadata, data } } };
}

/** What `kubectl apply` wrote down holds the values, too. */
function withoutApplied(metadata: JsonObject): JsonObject {
  const annotations = asObject(metadata.annotations);
  const key = 'kubectl.kubernetes.io/last-applied-configuration';
  return Object.hasOwn(annotations, key) ? { ...metadata, annotations: { ...annotations, [key]: '(not shown)' } } : metadata;
}

function json({ request, trace, assumed, release }: Told): string {
  const { answer, stages, allowed, auditAnnotations, next } = trace;
  const { method, path, user } = request;
  const result = {
    apiVersion: 'cofferdam.dev/v1',
    kind: 'RequestTrace',
    request: { method, path, user: user.name, groups: user.groups },
    kubernetesVersion: release,
    stages,
    allowed,
    unknown: trace.unknown,
    code: answer.code,
    ...(answer.refusal === undefined ? {} : { status: answer.refusal }),
    ...(answer.object === undefined ? {} : { object: answer.object }),
    warnings: answer.warnings,
    auditAnnotations,
    next,
    assumed,
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}
