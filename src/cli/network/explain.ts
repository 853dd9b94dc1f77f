// `cofferdam network explain FROM TO`: both directions of one connection, policy by policy and rule by rule, with their places. With --port
// the exit status is the answer: 0 yes, 1 no or not known.

import type { Cidr } from '../../lib/cidr.ts';
import { paint } from '../../lib/display.ts';
import { problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import { enforcement } from '../../network/enforcement.ts';
import { internetCuts } from '../../network/internet.ts';
import { defaultReading, fromOwnNode, type Network, network } from '../../network/network.ts';
import { blockNamed, type NamedParty, partyNamed } from '../../network/parties.ts';
import type { Policy } from '../../network/policy.ts';
import { allPorts, noPorts, type PortSet, portText } from '../../network/port-set.ts';
import { type Decision, type Trace, traceBetween } from '../../network/trace.ts';
import { undecidedBy } from '../../network/unevaluated.ts';
import { placeText } from '../../report/words.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim, word } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { objectJson, objectText, portsJson, rulesJson } from './answers.ts';
import { notEvaluated, wantedPort } from './connectivity.ts';
import { located, type NetworkInput, readInput, tell } from './input.ts';

/** One way that the question can be read: all pods and parts of both ends that policies treat alike. */
interface Answer {
  readonly traces: readonly Trace[];
  readonly allowed: PortSet;
  readonly pairs: number;
}

export async function run(input: CommandInput): Promise<number> {
  const { words, flags, console } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const [fromName = '', toName = '', ...paths] = words;
  const wanted = wantedPort(word(flags, 'port'));
  const read = await readInput(input, paths);
  const cuts = [...internetCuts, ...[fromName, toName].flatMap((name) => blockNamed(name) ?? [])];
  const net = network(read.snapshot, defaultReading, cuts);
  tell(input, located(net.complaints, read.locate));
  const [from, to] = [named(net, fromName), named(net, toName)];
  const asked = wanted === undefined ? allPorts : net.ports.of([{ protocol: wanted.protocol, first: wanted.port, last: wanted.port }]);
  const answers = answersOf(net, from, to);
  const undecided = undecidedBy(net, [from, to]);
  const allowed = answers.reduce((sum, answer) => net.ports.union(sum, answer.allowed), noPorts);
  const open = net.ports.intersection(allowed, asked);
  const same = new Set(answers.map((answer) => net.ports.intersection(answer.allowed, asked))).size === 1;
  const narrowed = answers.some((answer) => isNarrowed(net, answer, open));
  const whole = open === asked && same && !narrowed;
  const verdict = undecided.length > 0 ? 'unknown' : open === noPorts ? 'denied' : whole ? 'allowed' : 'partly';
  const notes = notesOf(net, from, to, read, cuts);
  write(targets, console, (format, toTerminal) => {
    if (format !== 'json') {
      const color = toTerminal && console.color;
      return table({ net, from, to, asked, answers, verdict, open, notes, read, color });
    }
    const rules = rulesJson(read.locate);
    const result = {
      apiVersion: 'cofferdam.dev/v1',
      kind: 'ConnectionExplanation',
      from: from.text,
      to: to.text,
      ...(wanted === undefined ? {} : { port: wanted }),
      verdict,
      ports: portsJson(net.ports, open),
      answers: answers.map((answer) => ({
        pairs: answer.pairs,
        ports: portsJson(net.ports, net.ports.intersection(answer.allowed, asked)),
        decisions: answer.traces.flatMap(({ direction, decisions }) =>
          decisions
            .filter((decision) => net.ports.intersection(decision.ports, asked) !== noPorts)
            .map((decision) => ({
              direction,
              effect: decision.effect,
              ports: portsJson(net.ports, net.ports.intersection(decision.ports, asked)),
              rule: rules.number(direction, decision) ?? null,
            })),
        ),
      })),
      rules: rules.entries,
      notes,
      enforcement: enforcement(read.snapshot, deciding(answers)),
      notEvaluated: undecided.map(objectJson),
    };
    return `${JSON.stringify(result, null, 2)}\n`;
  });
  return wanted === undefined || verdict === 'allowed' ? exit.clean : exit.findings;
}

/** The policies that have a say. */
function deciding(answers: readonly Answer[]): readonly Policy[] {
  return [...new Set(answers.flatMap(({ traces }) => traces.flatMap(({ decisions }) => decisions.flatMap(({ policy }) => policy ?? []))))];
}

function named(net: Network, name: string): NamedParty {
  const found = partyNamed(net, name);
  if (!found.ok) throw new Stop(found.problem);
  if (found.value.places.length === 0) throw new Stop(problem('network/unknown-peer', `"${name}" names no address`));
  return found.value;
}

function answersOf(net: Network, from: NamedParty, to: NamedParty): readonly Answer[] {
  const byKey = new Map<string, Answer>();
  for (const source of from.places)
    for (const destination of to.places) {
      const traces = traceBetween(net, source, destination);
      const key = traces.map(({ decisions }) => decisions.map(decisionKey).join()).join('|');
      const known = byKey.get(key);
      const allowed = net.ports.intersection(traces[0].allowed, traces[1].allowed);
      byKey.set(key, { traces, allowed, pairs: (known?.pairs ?? 0) + 1 });
    }
  return [...byKey.values()];
}

/** True where some rule asks for more than is evaluated about what is open. */
function isNarrowed(net: Network, { traces }: Answer, open: PortSet): boolean {
  return traces.some(({ decisions }) =>
    decisions.some(({ rule, ports }) => rule?.restricted !== undefined && net.ports.intersection(ports, open) !== noPorts),
  );
}

function decisionKey({ effect, policy, rule, ports }: Decision): string {
  const resource = policy?.resource;
  return `${effect} ${resource?.kind}/${resource?.namespace}/${resource?.name} ${rule?.path} ${ports}`;
}

/** What changes the answer and is no policy. */
function notesOf(net: Network, from: NamedParty, to: NamedParty, { snapshot }: NetworkInput, cuts: readonly Cidr[]): readonly string[] {
  const notes: string[] = [];
  const hosts = [...from.endpoints, ...to.endpoints].filter(({ hostNetwork }) => hostNetwork);
  if (hosts.length > 0)
    notes.push("a pod on its host's network counts as its node: no policy selects it, and no selector of a rule matches it");
  if (from.endpoints.some((source) => to.endpoints.some((destination) => fromOwnNode(source, destination))))
    notes.push("both run on one node: traffic from a pod's own node is let in whatever its policies say");
  if (from.endpoints.length > 0 && from.endpoints.every((endpoint) => to.endpoints.includes(endpoint)))
    notes.push('a pod always reaches itself; what is said here is about one pod of the workload and another');
  const ends = [...from.places, ...to.places];
  if (ends.some((place) => (net.places.pods[place]?.parts.length ?? 0) > 0)) {
    const other = network(snapshot, { ...net.reading, blocksMatchPods: false }, cuts);
    const [source, destination] = [partyNamed(other, from.text), partyNamed(other, to.text)];
    const texts = (of: Network, a: readonly number[], b: readonly number[]) =>
      new Set(a.flatMap((x) => b.map((y) => portText(of.ports, of.allowed(x, y)))));
    if (source.ok && destination.ok) {
      const [here, there] = [texts(net, from.places, to.places), texts(other, source.value.places, destination.value.places)];
      if ([...here].sort().join() !== [...there].sort().join())
        notes.push(`depends on the network plug-in: where ipBlock does not match pods' addresses (Cilium), ${[...there].join(' or ')}`);
    }
  }
  return notes;
}

interface View {
  readonly net: Network;
  readonly from: NamedParty;
  readonly to: NamedParty;
  readonly asked: PortSet;
  readonly answers: readonly Answer[];
  readonly verdict: string;
  readonly open: PortSet;
  readonly notes: readonly string[];
  readonly read: NetworkInput;
  readonly color: boolean;
}

function table({ net, from, to, asked, answers, verdict, open, notes, read, color }: View): string {
  const tone = verdict === 'allowed' ? 'green' : verdict === 'denied' ? 'red' : 'yellow';
  const detail = verdict === 'partly' || (verdict === 'allowed' && asked === allPorts) ? `: ${portText(net.ports, open)}` : '';
  const lines = [`${printable(from.text)} → ${printable(to.text)}  ${paint(verdict, tone, color)}${detail}`];
  answers.forEach((answer, index) => {
    if (answers.length > 1)
      lines.push(
        '',
        paint(
          `case ${index + 1} of ${answers.length} (pods and addresses that policies tell apart): ${portText(net.ports, net.ports.intersection(answer.allowed, asked))}`,
          'bold',
          color,
        ),
      );
    for (const { direction, decisions } of answer.traces) {
      if ((direction === 'egress' ? from : to).endpoints.length === 0) continue;
      lines.push(`  ${direction} ${direction === 'egress' ? `of ${printable(from.text)}` : `of ${printable(to.text)}`}`);
      for (const decision of decisions) {
        const ports = net.ports.intersection(decision.ports, asked);
        if (ports !== noPorts) lines.push(`    ${sentence(decision, portText(net.ports, ports), read)}`);
      }
    }
  });
  for (const note of notes) lines.push(`  note: ${note}`);
  return `${[...lines, ...notEvaluated(undecidedBy(net, [from, to]), color)].join('\n')}\n`;
}

const verbs: Readonly<Record<Decision['effect'], string>> = {
  allow: 'allows',
  deny: 'denies',
  pass: 'passes on',
  'may-deny': 'may deny, depending on what is not evaluated,',
  isolates: 'isolates, no rule allows',
  default: '',
};

function sentence({ effect, policy, rule }: Decision, ports: string, { locate }: NetworkInput): string {
  const more = rule?.restricted === undefined ? '' : ` [restricted: ${rule.restricted}]`;
  if (policy === undefined) return `no policy decides: allowed  ${ports}`;
  const place = placeText(locate(policy.resource, rule?.path ?? '/spec'));
  const which = rule === undefined ? '' : ` ${rule.name === undefined ? rule.path : `"${rule.name}" (${rule.path})`}`;
  return printable(
    `${objectText(policy.resource)}${which}${policy.tier.name === 'default' ? '' : ` in ${policy.tier.name}`} ${verbs[effect]}  ${ports}${more}${place === '' ? '' : `  ${place}`}`,
  );
}
