// What a kustomization names: the resources and bases it pulls in, and the files that only mean something through it (patches,
// generators, configuration). Fields of kustomize.config.k8s.io/v1beta1 Kustomization and v1alpha1 Component (kustomize 5.7).
// Nothing is built here; this tells which folders to render and which files are no manifests by themselves.

import { posix } from 'node:path';
import { readDocument } from '../kube/yaml/parse.ts';
import { splitDocuments } from '../kube/yaml/split.ts';
import { asList, asString, dig, field, isObject, type Json, strings } from '../lib/json.ts';
import { isKustomization } from './walk.ts';

export interface Kustomization {
  /** Path of the kustomization file. */
  readonly file: string;
  readonly folder: string;
  readonly component: boolean;
  /** Paths of files and folders whose objects it takes in. */
  readonly takes: readonly string[];
  /** Paths of patches, generators' inputs, configuration: files that are no objects by themselves. */
  readonly fragments: readonly string[];
  /** Resources that are fetched from the network. */
  readonly remote: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
  readonly namespace: string | undefined;
  /** Names of generated ConfigMaps and Secrets, with the pointer of their generator. */
  readonly generated: readonly { readonly kind: string; readonly name: string; readonly pointer: string }[];
}

/** Reads a kustomization file; undefined where the text is something else, such as a Kustomization of Flux. */
export function readKustomization(file: string, text: string): Kustomization | undefined {
  const [range] = splitDocuments(text);
  const value = range === undefined ? undefined : readDocument(text.slice(range.start, range.end)).value;
  if (!isObject(value)) return undefined;
  const apiVersion = asString(value.apiVersion);
  if (apiVersion !== undefined && !apiVersion.startsWith('kustomize.config.k8s.io/')) return undefined;
  const kind = asString(value.kind) ?? 'Kustomization';
  if (kind !== 'Kustomization' && kind !== 'Component') return undefined;
  const folder = posix.dirname(file);
  const local = (names: readonly string[]) => names.filter(isLocal).map((name) => posix.join(folder, name));
  const takes = [...strings(value.resources), ...strings(value.bases), ...strings(value.components)];
  const fragments = fragmentsOf(value);
  return {
    file,
    folder,
    component: kind === 'Component',
    takes: local(takes),
    fragments: local(fragments),
    remote: [...takes.filter((name) => !isLocal(name)), ...fragments.filter(isRemote)],
    prefix: asString(value.namePrefix) ?? '',
    suffix: asString(value.nameSuffix) ?? '',
    namespace: asString(value.namespace),
    generated: [...generators(value, 'configMapGenerator', 'ConfigMap'), ...generators(value, 'secretGenerator', 'Secret')],
  };
}

function fragmentsOf(value: Json): readonly string[] {
  const paths = (key: string) => asList(field(value, key)).flatMap((item) => asString(field(item, 'path')) ?? []);
  const inputs = ['configMapGenerator', 'secretGenerator'].flatMap((key) =>
    asList(field(value, key)).flatMap((item) => [
      ...strings(field(item, 'files')).map((name) => name.slice(name.indexOf('=') + 1)),
      ...strings(field(item, 'envs')),
      ...strings([field(item, 'env')]),
    ]),
  );
  return [
    ...paths('patches'),
    ...paths('patchesJson6902'),
    ...paths('replacements'),
    ...['patchesStrategicMerge', 'configurations', 'transformers', 'generators', 'validators', 'crds'].flatMap((key) =>
      strings(field(value, key)),
    ),
    ...strings([dig(value, 'openapi', 'path')]),
    ...asList(field(value, 'helmCharts')).flatMap((item) => asString(field(item, 'valuesFile')) ?? []),
    ...inputs,
  ];
}

function generators(value: Json, key: string, kind: string): Kustomization['generated'] {
  return asList(field(value, key)).flatMap((item, index) => {
    const name = asString(field(item, 'name'));
    return name === undefined ? [] : [{ kind, name, pointer: `/${key}/${index}` }];
  });
}

/** Inline patches hold newlines; what else is no path within the folder is left to the renderer, unless it is remote. */
function isLocal(name: string): boolean {
  return !name.includes('\n') && !isRemote(name) && !posix.isAbsolute(name);
}

/**
 * True for what a renderer would fetch: URLs, go-getter's `git::…`, `git@host:…`, repositories, `github.com/owner/name//path?ref=…`. Go
 * programs reach the loopback whatever proxy is set, so such a kustomization is not rendered at all.
 */
function isRemote(name: string): boolean {
  return (
    !name.includes('\n') &&
    /:\/\/|^[a-z0-9+.-]+::|^[\w.-]+@[\w.-]+:|^(?:www\.)?(?:github|gitlab)\.com[/:]|\.git(?:$|[/?])|[?&](?:ref|version)=/i.test(name)
  );
}

/** The kustomizations under a scan, as a graph. */
export interface Kustomizations {
  /** By folder. */
  readonly all: ReadonlyMap<string, Kustomization>;
  /** Those that no other one takes in: what is deployed. */
  readonly outermost: readonly Kustomization[];
  /** Files that are no objects by themselves. */
  readonly fragments: ReadonlySet<string>;
}

/** Puts kustomizations into a graph. `read` gives the text of a kustomization file of a folder outside the scan, if it has one. */
export function kustomizationGraph(found: readonly Kustomization[], read: (folder: string) => Kustomization | undefined): Kustomizations {
  const all = new Map(found.map((item) => [item.folder, item]));
  const fragments = new Set<string>();
  const taken = new Set<string>();
  const queue = [...found];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
    for (const path of item.fragments) fragments.add(path);
    for (const path of item.takes) {
      if (isKustomization(path) || path === item.folder) continue;
      const inner = all.get(path) ?? read(path);
      if (inner === undefined) continue;
      taken.add(path);
      if (all.has(path)) continue;
      all.set(path, inner);
      queue.push(inner);
    }
  }
  return { all, outermost: outermostOf(found, taken, all), fragments };
}

/** Those not taken in, and one of every ring that would otherwise be left out. */
function outermostOf(
  found: readonly Kustomization[],
  taken: ReadonlySet<string>,
  all: ReadonlyMap<string, Kustomization>,
): readonly Kustomization[] {
  const covered = new Set<string>();
  const outermost: Kustomization[] = [];
  const candidates = found.filter((item) => !item.component);
  for (const item of [...candidates.filter((one) => !taken.has(one.folder)), ...candidates]) {
    if (covered.has(item.folder)) continue;
    outermost.push(item);
    for (const inner of closure(item, all)) covered.add(inner.folder);
  }
  return outermost;
}

/** A kustomization and every one it takes in, itself first. */
export function closure(start: Kustomization, all: ReadonlyMap<string, Kustomization>): readonly Kustomization[] {
  const seen = new Set([start]);
  for (const item of seen) {
    for (const path of item.takes) {
      const inner = all.get(path);
      if (inner !== undefined) seen.add(inner);
    }
  }
  return [...seen];
}
