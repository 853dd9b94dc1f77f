// What an attacker can hold: a position or a power, one vertex each. Hubs (all pods of a namespace, every token of it) stand between those
// who get a power and what it reaches, so that a right over ten thousand pods is one arc and not ten thousand.
// `role`, `right` and `step` are how a power comes about; they are no positions and are left out of what people read.

export type VertexKind =
  | 'internet'
  | 'registry'
  | 'user'
  | 'group'
  | 'service-account'
  | 'container'
  | 'workload'
  | 'network'
  | 'node'
  | 'node-files'
  | 'control-plane'
  | 'cluster-admin'
  | 'namespace-admin'
  | 'etcd'
  | 'cloud'
  | 'secret'
  | 'secrets'
  | 'pods'
  | 'tokens'
  | 'principals'
  | 'effect'
  | 'role'
  | 'right'
  | 'step';

export interface Vertex {
  readonly kind: VertexKind;
  /** For hubs: the namespace they are about, empty for the whole cluster. */
  readonly namespace: string;
  readonly name: string;
}

/** The key of a vertex: `service-account:shop/web`. */
export function vertexId({ kind, namespace, name }: Vertex): string {
  return `${kind}:${namespace}/${name}`;
}

/** True for what is shown to people. */
export function isPosition({ kind }: Vertex): boolean {
  return kind !== 'role' && kind !== 'right' && kind !== 'step';
}

const where = (namespace: string) => (namespace === '' ? 'the cluster' : `namespace ${namespace}`);

/** `Deployment web/app` is the container app of the Deployment web; without a kind it is a pod's. */
function containerText(namespace: string, name: string): string {
  const [, kind = '', workload = '', container = ''] = /^(?:(\S+) )?([^/]*)\/?(.*)$/.exec(name) ?? [];
  return `container ${container} of ${kind === '' ? 'pod' : kind} ${namespace}/${workload}`;
}

const texts: Readonly<Record<VertexKind, (namespace: string, name: string) => string>> = {
  internet: () => 'the internet',
  registry: (_, name) => `whoever may push to ${name}`,
  user: (_, name) => `User ${name}`,
  group: (_, name) => `Group ${name}`,
  'service-account': (namespace, name) => `ServiceAccount ${namespace}/${name}`,
  container: containerText,
  workload: (namespace, name) => `${namespace}/${name}`,
  network: () => 'the pod network',
  node: (_, name) => (name === '' ? 'a node (root)' : name === '*' ? 'any node he likes (root)' : `node ${name} (root)`),
  'node-files': (_, name) => (name === '' ? 'files of a node' : `files of node ${name}`),
  'control-plane': () => 'a control-plane node (root)',
  'cluster-admin': () => 'cluster-admin',
  'namespace-admin': (namespace) => (namespace === '' ? 'admin of every namespace' : `admin of namespace ${namespace}`),
  etcd: () => 'etcd',
  cloud: (_, name) => name,
  secret: (namespace, name) => `Secret ${namespace}/${name}`,
  secrets: (namespace) => `every Secret of ${where(namespace)}`,
  pods: (namespace) => `code in any pod of ${where(namespace)}`,
  tokens: (namespace) => `the token of any ServiceAccount of ${where(namespace)}`,
  principals: () => 'any user or service account',
  effect: (namespace, name) => `${name}${namespace === '' ? '' : ` in namespace ${namespace}`}`,
  role: (namespace, name) => `${name}${namespace === '' ? '' : ` in ${namespace}`}`,
  right: (namespace, name) => `${name} in ${where(namespace)}`,
  step: (_, name) => name,
};

/** A vertex in words. `vertexText({ kind: 'secrets', namespace: 'shop', name: '' })` is `'every Secret of namespace shop'`. */
export function vertexText({ kind, namespace, name }: Vertex): string {
  return texts[kind](namespace, name);
}
