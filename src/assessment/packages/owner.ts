// Who repairs an object: the team that its labels or annotations name, else those of its namespace, else CODEOWNERS for the file it is written
// in; where nobody says, the namespace stands for its team, and `platform` for what belongs to the whole cluster.

import { globMatches } from '../../lib/glob.ts';
import { dig, stringMap } from '../../lib/json.ts';
import { find } from '../../snapshot/lookup.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import type { Owner } from './package.ts';

/** Conventions, the plainest first; `app.kubernetes.io/part-of` names an application and no team. */
const keys = [
  'cofferdam.dev/owner',
  'team',
  'owner',
  'squad',
  'app.kubernetes.io/team',
  'app.kubernetes.io/owner',
  'backstage.io/owner',
  'owner-team',
] as const;

const ofPlatform = new Set(['', 'kube-system', 'kube-public', 'kube-node-lease']);

/** One line of CODEOWNERS: the last line that matches a file counts. */
export interface CodeOwner {
  readonly pattern: string;
  readonly owner: string;
}

/** Lines of a CODEOWNERS file; several owners of a line are one team. `codeOwners('/deploy/ @acme/web')[0]?.owner` is `'acme/web'`. */
export function codeOwners(text: string): readonly CodeOwner[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [pattern = '', ...owners] = line
      .replace(/(?:^|\s)#.*$/, '')
      .trim()
      .split(/\s+/);
    const owner = owners.map((name) => name.replace(/^@/, '')).join(' ');
    return pattern === '' || owner === '' ? [] : [{ pattern, owner }];
  });
}

/** The owner of an object; of the cluster itself where there is none. */
export function ownerOfObject(snapshot: Snapshot, resource: Resource | undefined, lines: readonly CodeOwner[] = []): Owner {
  if (resource === undefined) return { name: 'platform', by: 'it belongs to the whole cluster' };
  const own = named(resource);
  if (own !== undefined) return own;
  const namespace = resource.namespace === '' ? undefined : find(snapshot, '', 'Namespace', '', resource.namespace);
  const ofNamespace = namespace === undefined ? undefined : named(namespace);
  if (ofNamespace !== undefined) return ofNamespace;
  const { origin } = resource;
  const line = origin.kind === 'file' ? lines.findLast(({ pattern }) => covers(pattern, origin.file)) : undefined;
  if (line !== undefined) return { name: line.owner, by: `CODEOWNERS ${line.pattern}` };
  const home = resource.kind === 'Namespace' ? resource.name : resource.namespace;
  return ofPlatform.has(home)
    ? { name: 'platform', by: 'it belongs to the whole cluster' }
    : { name: home, by: 'nobody is named: its namespace' };
}

function named({ kind, name, object }: Resource): Owner | undefined {
  for (const field of ['labels', 'annotations']) {
    const map = stringMap(dig(object, 'metadata', field));
    for (const key of keys) {
      const value = map[key]?.trim();
      if (value !== undefined && value !== '')
        return { name: value, by: `${field === 'labels' ? 'label' : 'annotation'} ${key} of ${kind} ${name}` };
    }
  }
  return undefined;
}

/** CODEOWNERS patterns are those of .gitignore: anchored by a slash, else matching at any depth; a folder covers what is in it. */
function covers(pattern: string, file: string): boolean {
  const path = file.replace(/^\.?\//, '');
  const folder = pattern.endsWith('/');
  const body = pattern.replace(/^\//, '').replace(/\/$/, '');
  const anchored = pattern.startsWith('/') || body.includes('/');
  const starts = anchored ? [body] : [body, `**/${body}`];
  return starts.some((start) => (!folder && globMatches(start, path)) || globMatches(`${start}/**`, path));
}
