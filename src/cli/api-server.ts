// The API server that a snapshot's cluster would have, for commands that ask it something: what it has stored, what it makes by itself, who may
// do what there, and what had to be assumed.

import { createHash } from 'node:crypto';
import type { KubeObject } from '../kube/object.ts';
import { loadFieldNumbers } from '../kube/protobuf/layout.ts';
import { safeLetters } from '../kube/safe-letters.ts';
import { knownReleases, loadSchemas } from '../kube/schema/load.ts';
import type { Release } from '../kube/schema/release.ts';
import { field } from '../lib/json.ts';
import { problem } from '../lib/problem.ts';
import { rfc3339 } from '../lib/rfc3339.ts';
import type { PluginConfiguration } from '../request/admission/configuration.ts';
import { bootstrapObjects } from '../request/read/published.ts';
import { semanticsNote } from '../request/semantics.ts';
import { apiServer, usualPlugins } from '../request/server.ts';
import { serviceRangesOf } from '../request/services/ranges.ts';
import { storeOf } from '../request/store/of-snapshot.ts';
import type { Circumstances } from '../request/store/state.ts';
import type { Change, Store } from '../request/store/store.ts';
import type { Writing } from '../request/write/update.ts';
import { identityOf } from '../snapshot/lookup.ts';
import { type Resource, resource, type Snapshot, snapshot } from '../snapshot/snapshot.ts';
import { checkSignature } from '../sources/signatures.ts';
import { Stop } from './exit.ts';
import { type Features, featuresTold } from './features.ts';

export interface ApiServerOptions {
  readonly release: Release;
  readonly plugins?: ReadonlySet<string>;
  /** What `--admission-control-config-file` says. */
  readonly configuration?: PluginConfiguration | undefined;
  /** What `--feature-gates` and `--runtime-config` say. */
  readonly features?: Features;
  /** Objects that will be sent. */
  readonly asked: readonly KubeObject[];
  /** Namespaces that requests name. */
  readonly namespaces: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface ApiServer {
  readonly writing: Writing;
  /** What was taken for granted, as sentences. */
  readonly assumed: readonly string[];
}

const rbacGroup = 'rbac.authorization.k8s.io';

/** The schemas of a version, or the end of the command. */
export async function releaseOf(version: string): Promise<Release> {
  const release = await loadSchemas(version);
  if (release !== undefined) return release;
  const [oldest = '', newest = ''] = [knownReleases.at(-1), knownReleases[0]];
  throw new Stop(
    problem('usage/bad-flag', `Kubernetes ${version}: the schemas of ${oldest} to ${newest} are known here, not of this release`),
  );
}

/** Starts the server over a snapshot. */
export async function apiServerOver(state: Snapshot, options: ApiServerOptions): Promise<ApiServer> {
  const { release, plugins = usualPlugins, configuration, features, asked, namespaces, now } = options;
  const note = semanticsNote(release.minor);
  const circumstances = steady(now);
  const born = state.facts.live ? [] : await bootstrapped(state, circumstances);
  const whole = born.length === 0 ? state : snapshot({ ...state, resources: [...state.resources, ...born] });
  const { ranges, known } = serviceRangesOf(state, asked);
  const { store, assumed } = storeOf(whole, release, namespaces);
  const namesAddress = asked.some(({ kind }) => kind === 'Service');
  return {
    writing: {
      server: apiServer(release, {
        plugins,
        serviceClusterIpRanges: ranges,
        serviceRangesKnown: known,
        ...(configuration === undefined ? {} : { configuration }),
        ...features,
      }),
      state: store,
      store,
      access: following(whole, store),
      managersUnknown: lacksManagers(state),
      isPartial: !state.facts.live,
      circumstances,
      checkSignature,
      fieldNumbers: await loadFieldNumbers(),
    },
    assumed: [
      ...(note === undefined ? [] : [note]),
      ...(features === undefined ? [] : featuresTold(features)),
      ...assumed,
      ...(born.length === 0 ? [] : ['the roles and bindings that every API server makes for itself are taken as there']),
      ...(known || !namesAddress
        ? []
        : [
            `the range of Services is not among the objects; ${ranges.join(', ')} is assumed, and an address that is given is taken as free`,
          ]),
    ],
  };
}

/** Whether objects of a cluster were read without their managed fields, which nearly every object that a server stores has. */
export function lacksManagers({ facts, resources }: Pick<Snapshot, 'resources'> & { readonly facts?: Snapshot['facts'] }): boolean {
  return (
    facts?.live === true && resources.length > 0 && !resources.some(({ object }) => field(object.metadata, 'managedFields') !== undefined)
  );
}

/** Roles and bindings of a new server that the input does not bring. */
async function bootstrapped(state: Snapshot, { now, uid }: Circumstances): Promise<readonly Resource[]> {
  const given = new Set(state.resources.filter(({ group }) => group === rbacGroup).map(identityOf));
  return (await bootstrapObjects(now, uid))
    .filter(({ apiVersion }) => String(apiVersion).startsWith(`${rbacGroup}/`))
    .map((object) => resource(object as unknown as KubeObject, { kind: 'memory' }))
    .filter((one) => !given.has(identityOf(one)));
}

/** The snapshot as writes have made it: what a request creates counts for the rights of the next. */
function following(state: Snapshot, store: Store): () => Snapshot {
  let current = state;
  let pending: Change[] = [];
  store.subscribe((change) => void pending.push(change));
  return () => {
    // Rights rest on roles and bindings; those of nodes on other objects too, which come along.
    if (!pending.some(({ resource: { group } }) => group === rbacGroup)) return current;
    const gone = new Set<string>();
    const made = new Map<string, Resource>();
    for (const { before, after } of pending) {
      const object = after ?? before;
      if (object === undefined) continue;
      const one = resource(object as unknown as KubeObject, { kind: 'memory' });
      const key = identityOf(one);
      gone.add(key);
      if (after === undefined) made.delete(key);
      else made.set(key, one);
    }
    pending = [];
    current = snapshot({ ...current, resources: [...current.resources.filter((one) => !gone.has(identityOf(one))), ...made.values()] });
    return current;
  };
}

/** UIDs and random names that come out the same each time, so that the same input gives the same answer. */
function steady(now: number): Circumstances {
  let made = 0;
  const bytes = () => createHash('sha256').update(`cofferdam ${made++}`).digest();
  return {
    now: rfc3339(now),
    uid: () => {
      const hex = bytes().toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    },
    suffix: (length) => safeLetters(bytes().subarray(0, length)),
  };
}
