// Scopes of custom kinds: a custom resource whose definition in the same input says `scope: Cluster` has no namespace, whatever is written.
// Only definitions of groups that occur are looked at, and those by their lines; one is read whole only where its lines are not plain.

import { isNamespaced } from '../kube/scope.ts';
import { asString, dig } from '../lib/json.ts';
import { type Resource, resource } from '../snapshot/snapshot.ts';

const definitions = 'CustomResourceDefinition';

/** The resources with the effective namespaces that the definitions among them give. `textOf` gives the text of a definition's document. */
export function scoped(resources: readonly Resource[], textOf: (definition: Resource) => string | undefined): readonly Resource[] {
  const groups = new Set<string>();
  for (const { group, kind } of resources) if (isNamespaced(group, kind) === undefined) groups.add(group);
  if (groups.size === 0) return resources;
  const cluster = new Set<string>();
  const seen = new Set<string>();
  for (const definition of resources) {
    if (definition.kind !== definitions || definition.group !== 'apiextensions.k8s.io' || seen.has(definition.name)) continue;
    const group = definition.name.slice(definition.name.indexOf('.') + 1);
    if (!groups.has(group)) continue;
    seen.add(definition.name);
    const { kind, scope } = fromLines(textOf(definition)) ?? fromObject(definition);
    if (scope === 'Cluster' && kind !== undefined) cluster.add(`${group}/${kind}`);
  }
  if (cluster.size === 0) return resources;
  return resources.map((item) =>
    item.namespace !== '' && cluster.has(`${item.group}/${item.kind}`) ? resource(item.object, item.origin, '', false) : item,
  );
}

interface Defined {
  readonly kind: string | undefined;
  readonly scope: string | undefined;
}

/** The two fields where they are written as controller-gen writes them: in block style, indented by two. */
function fromLines(text: string | undefined): Defined | undefined {
  if (text === undefined) return undefined;
  const scopes = [...text.matchAll(/^ {2}scope:[ ]*["']?([A-Za-z]+)["']?[ \t]*\r?$/gm)];
  const names = /^ {2}names:[ \t]*\r?\n((?: {4,}[^\r\n]*\r?\n)*)/m.exec(text)?.[1];
  const kind = names === undefined ? undefined : /^ {4}kind:[ ]*["']?([A-Za-z0-9]+)["']?[ \t]*\r?$/m.exec(names)?.[1];
  const scope = scopes[0]?.[1];
  return kind === undefined || scope === undefined || scopes.length !== 1 ? undefined : { kind, scope };
}

function fromObject(definition: Resource): Defined {
  return { kind: asString(dig(definition.object, 'spec', 'names', 'kind')), scope: asString(dig(definition.object, 'spec', 'scope')) };
}
