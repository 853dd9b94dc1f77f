// `cofferdam network generate`: least-privilege policies from flows and manifests, with the proof that they refuse nothing that was seen. Exit
// status 1 where the replay would refuse a flow, or cannot tell.

import { dump } from 'js-yaml';
import { paint } from '../../lib/display.ts';
import { problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import { type DeclaredEdge, declaredEdges } from '../../network/flows/declared.ts';
import { type Observed, observer } from '../../network/flows/observe.ts';
import { type Plan, plan } from '../../network/generate/plan.ts';
import { network } from '../../network/network.ts';
import { counted } from '../../report/words.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { list, verbatim, word } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { objectText } from './answers.ts';
import { readInput, tell } from './input.ts';
import { edgeJson, edgeText, flowPartyJson, flowProblems, intakeJson, intakeLines, readObserved } from './observed.ts';

export async function run(input: CommandInput): Promise<number> {
  const { words, flags, console } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json', 'yaml']);
  const isStatic = flags.static === true;
  if (verbatim(flags, 'flows').length === 0 && !isStatic)
    throw new Stop(problem('usage/bad-flag', 'from what? Name recorded flows with --flows FILE, or take what manifests say with --static'));
  const read = await readInput(input, words);
  const net = network(read.snapshot);
  const found = await readObserved(input, net);
  const observed = found?.observed ?? observer(net).result();
  const declared = isStatic ? declaredEdges(net) : [];
  const wanted = list(flags, 'for');
  const result = plan(net, observed, declared, {
    dialect: word(flags, 'dialect') === 'cilium' ? 'cilium' : 'kubernetes',
    namespaces: wanted,
    dns: flags.dns !== false,
    replace: flags.replace === true,
  });
  const nowhere = wanted.filter((namespace) => !result.namespaces.includes(namespace));
  if (result.namespaces.length === 0 || nowhere.length > 0)
    throw new Stop(
      problem('input/nothing', `no workload to write policies for${nowhere.length > 0 ? ` in ${nowhere.map(printable).join(', ')}` : ''}`),
    );
  write(targets, console, (format, toTerminal) => {
    if (format === 'yaml') return result.policies.map(({ object }) => dump(object, { lineWidth: -1, noRefs: true })).join('---\n');
    if (format === 'json') return json(result, observed, declared);
    return table(result, found === undefined ? undefined : observed, declared, toTerminal && console.color);
  });
  tell(input, flowProblems(observed, found?.problems ?? []));
  return result.replay.denied.length + result.replay.undecided.length > 0 ? exit.findings : exit.clean;
}

function json(result: Plan, observed: Observed, declared: readonly DeclaredEdge[]): string {
  const { replay, closes } = result;
  return `${JSON.stringify(
    {
      apiVersion: 'cofferdam.dev/v1',
      kind: 'NetworkPlan',
      policies: result.policies.map(({ object }) => object),
      replay: {
        flows: replay.flows,
        edges: replay.edges,
        denied: replay.denied.map(({ edge, before }) => ({ ...edgeJson(edge), deniedBefore: before })),
        undecided: replay.undecided.map(edgeJson),
        restsOnNames: replay.restsOnNames,
      },
      closes: {
        before: closes.before,
        after: closes.after,
        pairs: closes.pairs,
        narrowed: closes.narrowed,
        toInternet: closes.toInternet,
        list: closes.list.map(({ from, to, before, after }) => ({
          from: flowPartyJson({ kind: 'workload', workload: from }),
          to: flowPartyJson({ kind: 'workload', workload: to }),
          before,
          after,
        })),
      },
      apiServerCalls: result.calls.map(({ by, service, to, unknown }) => ({
        from: { kind: by.kind, name: by.name },
        service,
        to: to.map(({ workload, protocol, port }) => ({ ...flowPartyJson({ kind: 'workload', workload }), protocol, port })),
        allowed: unknown === undefined,
        ...(unknown === undefined ? {} : { reason: unknown }),
      })),
      rollOut: result.confidence,
      existing: result.existing.map(({ namespace, name }) => ({ namespace, name })),
      sharedLabels: result.shared.map(({ namespace, workloads, selector }) => ({
        namespace,
        workloads: workloads.map(({ name }) => name),
        selector,
      })),
      dnsAssumed: result.dnsAssumed,
      declared: declared.length,
      intake: intakeJson(observed),
    },
    null,
    2,
  )}\n`;
}

const mostLines = 12;

function table(result: Plan, observed: Observed | undefined, declared: readonly DeclaredEdge[], color: boolean): string {
  const { replay, closes } = result;
  const bold = (text: string) => paint(text, 'bold', color);
  const [denied, open] = [replay.denied.length, replay.undecided.length];
  const proof =
    replay.edges === 0 && open === 0
      ? paint('Replay: no flow was given, so nothing is proved; lay recorded flows beside it with --flows', 'yellow', color)
      : denied === 0
        ? paint(
            `Replay: 0 of ${counted(replay.flows, 'observed flow')} (${counted(replay.edges, 'edge')}) denied${open === 0 ? '' : `; ${counted(open, 'edge')} not decided`}`,
            open === 0 ? 'green' : 'yellow',
            color,
          )
        : paint(`Replay: ${denied} of ${counted(replay.edges, 'edge')} would be denied`, 'red', color);
  return [
    `${counted(result.policies.length, 'policy', 'policies')} for ${counted(result.namespaces.length, 'namespace')}: ${printable(result.namespaces.join(', '))}`,
    proof,
    ...replay.denied
      .slice(0, mostLines)
      .map(({ edge, before }) => `  ${edgeText(edge)}  ${counted(edge.flows, 'flow')}${before ? ', denied as it is' : ''}`),
    ...replay.undecided.slice(0, mostLines).map((edge) => `  not decided: ${edgeText(edge)}, an end at no known address`),
    ...(replay.undecided.some(({ to }) => to.kind === 'api-server')
      ? ['  put the Endpoints or EndpointSlices of default/kubernetes into the input, so that a rule can name the API server']
      : []),
    ...outsideProof(observed).map((line) => paint(`  ${line}`, 'yellow', color)),
    `Closes: ${closes.pairs} of ${counted(closes.before, 'open pair')} of workloads${closes.narrowed === 0 ? '' : `, ${closes.narrowed} more narrowed`}${closes.toInternet === 0 ? '' : `; ${counted(closes.toInternet, 'workload')} no longer to any address outside`}`,
    '',
    bold('Roll out in this order, namespace by namespace'),
    ...result.confidence.flatMap((one, index) => [
      `  ${index + 1}. ${printable(one.namespace)}  ${one.level} confidence, ${counted(one.workloads, 'workload')}`,
      ...(observed === undefined ? [] : gaps(one)),
    ]),
    '  Before each: audit first (Calico: StagedKubernetesNetworkPolicy; Cilium: policy-audit-mode; else record flows for another while and',
    '  run `cofferdam network compare` with the new policies among the manifests), then apply, then look for drops.',
    '',
    ...notes(result, declared, observed !== undefined).map((line) => `note: ${printable(line)}`),
    ...(observed === undefined ? [] : intakeLines(observed)),
    '-o yaml prints the policies',
    '',
  ].join('\n');
}

/** Flows that could not be placed are no part of the proof, and no rule lets them through. */
function outsideProof(observed: Observed | undefined): readonly string[] {
  const { unknown = 0, undirected = 0 } = observed?.counts ?? {};
  return [
    ...(unknown === 0
      ? []
      : [
          `not in the proof, and not allowed: ${counted(unknown, 'flow')} with an end that nobody knows (listed below; --outside names blocks)`,
        ]),
    ...(undirected === 0 ? [] : [`not in the proof: ${counted(undirected, 'flow')} whose beginner is not known`]),
  ];
}

function gaps(one: Plan['confidence'][number]): readonly string[] {
  const names = (list: readonly string[]) => `${list.slice(0, 5).join(', ')}${list.length > 5 ? `, ${list.length - 5} more` : ''}`;
  const quiet = one.silent.filter((name) => !one.schedules.some((schedule) => schedule.name === name));
  const lines = [
    ...(quiet.length === 0 ? [] : [`no flow seen of ${names(quiet)}`]),
    ...one.schedules.map(({ name, schedule }) => `${name} was not seen to run (${schedule === '' ? 'no schedule' : schedule})`),
    ...(one.startsUnseen.length === 0 ? [] : [`not seen to start: ${names(one.startsUnseen)}`]),
    ...(one.restarts === 0 ? [] : [`${counted(one.restarts, 'restart')} of containers`]),
    ...(one.unknown === 0 ? [] : [`${counted(one.unknown, 'flow')} with an end that nobody knows`]),
  ];
  return lines.map((line) => `       ${printable(line)}`);
}

function notes(result: Plan, declared: readonly DeclaredEdge[], seen: boolean): readonly string[] {
  const stay = result.existing.map((one) => objectText(one));
  return [
    ...(seen
      ? []
      : ['manifests do not tell what workloads ask outside the cluster, or of the API server: without flows nothing of that is allowed']),
    ...(declared.length === 0
      ? []
      : [`${counted(declared.length, 'connection')} that manifests declare (Services in settings, ways in) are allowed too`]),
    ...(stay.length === 0
      ? []
      : [
          `${stay.slice(0, 5).join(', ')}${stay.length > 5 ? `, ${stay.length - 5} more` : ''}: policies that are there add up with these, unless you plan with --replace and delete them`,
        ]),
    ...callNotes(result),
    ...result.shared.map(
      ({ namespace, workloads }) =>
        `${workloads.map(({ name }) => name).join(', ')} in ${namespace} have the same labels: one policy stands for all of them`,
    ),
    ...(result.replay.restsOnNames === 0
      ? []
      : [
          `${counted(result.replay.restsOnNames, 'edge')} to what is outside rests on DNS names: whether an address still has its name is not replayed`,
        ]),
    ...(result.dnsAssumed ? ["the cluster's DNS is not in the input; it is taken to be k8s-app=kube-dns in kube-system"] : []),
    'probes of the kubelet come from the pod’s own node, which every plug-in lets in; workloads on their host’s network are selected by no policy',
  ];
}

/** What is open to the API server, and what it calls at a place that no rule could be written for. */
function callNotes({ calls }: Plan): readonly string[] {
  const known = calls.filter(({ unknown }) => unknown === undefined);
  const ports = new Set(
    known.flatMap(({ to }) => to.map(({ workload, protocol, port }) => `${workload.namespace}/${workload.name} ${protocol} ${port}`)),
  );
  const names = [...ports].sort();
  const unanswered = [
    ...Map.groupBy(
      calls.filter(({ unknown }) => unknown !== undefined),
      ({ service }) => `Service ${service.namespace}/${service.name} port ${service.port}`,
    ),
  ];
  return [
    ...(names.length === 0
      ? []
      : [
          `the API server calls ${names.slice(0, mostLines).join(', ')}${names.length > mostLines ? `, ${names.length - mostLines} more` : ''} (webhooks, extension API servers): open to any address, for its own is not known`,
        ]),
    ...unanswered.slice(0, mostLines).map(([who, [first, ...rest]]) => {
      const more = rest.length === 0 ? '' : ` and ${rest.length} more`;
      return `${first?.by.kind ?? ''} ${first?.by.name ?? ''}${more}: the API server calls ${who}, and no rule lets it: ${first?.unknown ?? ''}`;
    }),
    ...(unanswered.length > mostLines
      ? [`${unanswered.length - mostLines} more Services that the API server calls and no rule lets it`]
      : []),
  ];
}
