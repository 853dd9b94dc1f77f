// Where attackers start and what must not be theirs, by the names people give them. Starts: `internet`, `pods` (any pod but those of
// kube-system, which are parts of the cluster, one after the other), `accounts`, `pod/NS/NAME`, `sa/NS/NAME`, `user/NAME`, `group/NAME`, `node/NAME`, `registry/HOST`, `cloud/NAME`.
// Goals: `cluster-admin`, `secrets` or `secrets/NS`, `secret/NS/NAME`, `node` or `node/NAME`, `etcd`, `cloud`, `label:KEY=VALUE`, and any of the above.

import { type Problem, problem } from '../lib/problem.ts';
import { failure, ok, type Result } from '../lib/result.ts';
import type { AttackGraph } from './graph.ts';
import { type Vertex, vertexText } from './vertex.ts';

/** Where an attacker may be at first, where nothing else is said. */
export const usualStarts: readonly string[] = ['internet', 'pods'];

/** What must not be his, where nothing else is said. */
export const usualGoals: readonly string[] = ['cluster-admin', 'secrets', 'node', 'etcd', 'cloud'];

/** Words that stand for a place, with what they mean; for help and for errors. */
export const placeWords =
  'internet, pods, accounts, users, network, cluster-admin, secrets[/NAMESPACE], secret/NAMESPACE/NAME, pod/NAMESPACE/NAME, sa/NAMESPACE/NAME, user/NAME, group/NAME, node[/NAME], registry/HOST, etcd, cloud[/NAME], label:KEY=VALUE';

/** The vertices a word stands for; none where the word is understood and the graph has nothing of the kind. */
export function placed(graph: AttackGraph, word: string): Result<readonly number[], Problem> {
  const all = (holds: (vertex: Vertex, number: number) => boolean) =>
    ok(graph.vertices.flatMap((vertex, number) => (holds(vertex, number) ? [number] : [])));
  const label = /^label:([^=]+)=(.*)$/.exec(word);
  if (label !== null) return all(({ kind }, number) => kind === 'container' && own(graph.labels.get(number), label[1] ?? '') === label[2]);
  const [kind = '', ...rest] = word.split('/');
  const name = rest.join('/');
  switch (kind) {
    case 'internet':
    case 'network':
    case 'etcd':
    case 'cluster-admin':
      return all((vertex) => vertex.kind === kind);
    case 'pods':
      return all((vertex) => vertex.kind === 'container' && (name === '' ? vertex.namespace !== 'kube-system' : vertex.namespace === name));
    case 'accounts':
      return all((vertex) => vertex.kind === 'service-account' && (name === '' || vertex.namespace === name));
    case 'users':
      return all((vertex) => (vertex.kind === 'user' || vertex.kind === 'group') && !vertex.name.startsWith('system:'));
    case 'secrets':
      return all((vertex) => vertex.kind === 'secrets' && vertex.namespace === name);
    case 'node':
      return all(
        (vertex) => (vertex.kind === 'node' && (name === '' || vertex.name === name)) || (name === '' && vertex.kind === 'control-plane'),
      );
    case 'cloud':
      return all((vertex) => vertex.kind === 'cloud' && (name === '' || vertex.name.includes(name)));
    case 'user':
    case 'group':
    case 'registry':
      return found(
        word,
        all((vertex) => vertex.kind === kind && vertex.name === name),
        graph,
        kind,
      );
    case 'secret':
      return found(
        word,
        all((vertex) => vertex.kind === 'secret' && `${vertex.namespace}/${vertex.name}` === name),
        graph,
        kind,
      );
    case 'sa':
    case 'serviceaccount':
      return found(
        word,
        all((vertex) => vertex.kind === 'service-account' && `${vertex.namespace}/${vertex.name}` === name),
        graph,
        'service-account',
      );
    case 'pod':
      return found(
        word,
        all((vertex) => vertex.kind === 'container' && isOfPod(vertex, name)),
        graph,
        'container',
      );
    default:
      return failure(problem('usage/bad-flag', `"${word}" is no place; there are ${placeWords}`));
  }
}

/** `pod/shop/web` is the pod web, the containers of a workload web, or one container `web/app` of it. */
function isOfPod({ namespace, name }: Vertex, wanted: string): boolean {
  const slash = wanted.indexOf('/');
  if (namespace !== wanted.slice(0, slash)) return false;
  const own = name.includes(' ') ? name.slice(name.indexOf(' ') + 1) : name;
  const asked = wanted.slice(slash + 1);
  return own === asked || own.startsWith(`${asked}/`);
}

function found(
  word: string,
  result: Result<readonly number[], Problem>,
  graph: AttackGraph,
  kind: string,
): Result<readonly number[], Problem> {
  if (!result.ok || result.value.length > 0) return result;
  const some = graph.vertices
    .filter((vertex) => vertex.kind === kind)
    .slice(0, 5)
    .map(vertexText);
  const there = some.length === 0 ? 'there is none' : `there are ${some.join(', ')}`;
  return failure(problem('usage/bad-flag', `nothing is known of "${word}"; ${there}`));
}

function own(labels: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
}

/** The vertices of several words, each once. */
export function placedAll(graph: AttackGraph, words: readonly string[]): Result<readonly number[], Problem> {
  const numbers = new Set<number>();
  for (const word of words) {
    const one = placed(graph, word);
    if (!one.ok) return one;
    for (const number of one.value) numbers.add(number);
  }
  return ok([...numbers]);
}
