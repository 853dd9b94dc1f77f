// `cofferdam simulate`: paths to a running API server, until SIGTERM or SIGINT.

import { setFlagsFromString } from 'node:v8';
import { type KubeObject, nameOf } from '../../kube/object.ts';
import { textOf } from '../../lib/json.ts';
import { problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import { counted, problemText } from '../../report/words.ts';
import { provedRelease, semanticsNote } from '../../request/semantics.ts';
import { simulate } from '../../server/simulate/simulate.ts';
import { load } from '../../sources/load.ts';
import { readAdmission } from '../admission.ts';
import { lacksManagers, releaseOf } from '../api-server.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { featuresTold, readFeatures } from '../features.ts';
import { kubernetesVersion, word } from '../flags.ts';

export async function run({ words, flags, console }: CommandInput): Promise<number> {
  // Most of what a request makes is gone when it is answered: a larger young generation than other commands have saves a part of the time.
  setFlagsFromString('--semi-space-growth-factor=4');
  const [host, port] = hostAndPort(word(flags, 'listen') ?? '127.0.0.1:6443');
  const namespace = word(flags, 'namespace') ?? 'default';
  const loaded = words.length === 0 ? { resources: [], problems: [] } : await load(words, { defaultNamespace: namespace });
  const { resources, problems } = loaded;
  for (const item of problems)
    if (item.level !== 'note' || flags.verbose === true) console.err(`${item.level ?? 'error'}: ${problemText(item)}\n`);
  if (words.length > 0 && resources.length === 0) {
    console.err('cofferdam: nothing to serve: no Kubernetes object was read\n');
    return exit.usage;
  }
  const objects = resources.map(({ object, namespace: own }) =>
    own === '' ? object : { ...object, metadata: { ...object.metadata, namespace: own } },
  );
  const kubeconfig = word(flags, 'kubeconfigOut') ?? 'simulated.kubeconfig';
  const version =
    kubernetesVersion(flags) ?? ('facts' in loaded && loaded.facts?.versionKnown === true ? loaded.facts.kubernetesVersion : undefined);
  const features = readFeatures(flags, await releaseOf(version ?? provedRelease));
  const note = semanticsNote(version ?? provedRelease);
  const { plugins, configuration, eventLimits, makeCall, told } = readAdmission(flags, Date.now);
  for (const line of [...(note === undefined ? [] : [note]), ...featuresTold(features), ...told])
    console.err(`cofferdam: ${printable(line)}\n`);
  if ('facts' in loaded && lacksManagers(loaded))
    console.err('cofferdam: the snapshot was read without managed fields: an apply is answered as if nobody had applied before\n');
  const save = word(flags, 'save');
  const auditLog = word(flags, 'auditLog');
  const started = await simulate({
    objects,
    host,
    port,
    kubeconfig,
    play: flags.play === true,
    ...(version === undefined ? {} : { kubernetesVersion: version }),
    ...(save === undefined ? {} : { save }),
    ...(auditLog === undefined ? {} : { auditLog }),
    plugins,
    features,
    configuration,
    eventLimits,
    makeCall,
    tell: (message) => console.err(`cofferdam: ${printable(message)}\n`),
  });
  if (!started.ok) throw new Stop(started.problem);
  const server = started.value;
  if (server.isTakenUp && words.length > 0)
    console.err(`cofferdam: the state of ${save} is taken up again; ${words.join(' ')} is not looked at\n`);
  for (const object of server.world.unknown.slice(0, 20))
    console.err(
      `cofferdam: not served: ${printable(textOf(object.apiVersion))} ${printable(textOf(object.kind))}, a kind that neither Kubernetes ${version ?? provedRelease} nor a definition here knows\n`,
    );
  for (const { object, why } of server.world.refused.slice(0, 100))
    console.err(`cofferdam: ${printable(`refused: ${textOf(object.kind)} ${textOf(nameOf(object as KubeObject))}: ${why}`)}\n`);
  if (!console.quiet) {
    const served = server.isTakenUp ? `the state of ${save}` : counted(resources.length - server.world.refused.length, 'object');
    console.err(
      `cofferdam: ${served} served at ${server.url}; ${flags.play === true ? 'pods run in words alone' : 'nothing is scheduled or run'}\n`,
    );
    console.err(`cofferdam: kubectl --kubeconfig ${kubeconfig} get pods -A\n`);
  }
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
  await server.stop();
  return exit.clean;
}

function hostAndPort(text: string): readonly [host: string, port: number] {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]*)):([0-9]{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw new Stop(problem('usage/bad-flag', `--listen wants HOST:PORT, not ${JSON.stringify(text)}`));
  const host = match[1] ?? match[2] ?? '';
  return [host === '' ? '0.0.0.0' : host, port];
}
