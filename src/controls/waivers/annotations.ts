// Waivers written on the object itself, in our own annotation and in those of six other tools, so that nobody has to annotate twice:
// kubescape 4 (`kubescape.io/skip-controls`), kube-linter 0.8 (`ignore-check.kube-linter.io/…`), Polaris 10 (`polaris.fairwinds.com/…-exempt`),
// kube-score 1.20 (`kube-score/ignore`), Checkov 3 (`checkov.io/skip…`); kubeaudit's labels are in `kubeaudit.ts`.
// Annotations of a workload and of its pod template count alike.

import type { KubeObject } from '../../kube/object.ts';
import { asObject } from '../../lib/json.ts';
import { pointer } from '../../lib/json-pointer.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import { kubeauditWaivers } from './kubeaudit.ts';
import { controlIds } from './resolve.ts';
import { type Family, objectName, readExpiry, reasonUntil, type Waiver } from './waiver.ts';

export interface Found {
  readonly waivers: readonly Waiver[];
  readonly problems: readonly Problem[];
}

/** Prefix of our annotation; the control's slash is written as a dot, since a name holds one slash only. */
export const ownPrefix = 'cofferdam.dev/waive.';

/** The waivers that stand on an object. */
export function annotationWaivers(resource: Resource): Found {
  if (bare.has(resource.object)) return nothing;
  const waivers: Waiver[] = [];
  const problems: Problem[] = [];
  for (const { annotations, path } of annotationsOf(resource))
    for (const [key, value] of Object.entries(annotations))
      if (typeof value === 'string') readOne(key, value, { annotations, path: path + pointer(key), resource, waivers, problems });
  waivers.push(...kubeauditWaivers(resource));
  if (waivers.length === 0 && problems.length === 0) bare.add(resource.object);
  return { waivers, problems };
}

const nothing: Found = { waivers: [], problems: [] };
/** Objects on which no waiver stands: repositories hold many of them several times. */
const bare = new WeakSet<KubeObject>();

export interface AnnotationMap {
  readonly annotations: Readonly<Record<string, unknown>>;
  /** Pointer of the map in the object. */
  readonly path: string;
}

/** The annotations of an object and of the pod templates in it. */
export function annotationsOf({ object, pods }: Resource): readonly AnnotationMap[] {
  const maps = [{ annotations: asObject(asObject(object.metadata).annotations), path: '/metadata/annotations' }];
  for (const pod of pods)
    if (pod.metadataPath !== '/metadata')
      maps.push({ annotations: asObject(pod.metadata.annotations), path: `${pod.metadataPath}/annotations` });
  return maps;
}

interface Reading extends AnnotationMap {
  readonly resource: Resource;
  readonly waivers: Waiver[];
  readonly problems: Problem[];
}

function readOne(key: string, value: string, { annotations, path, resource, waivers, problems }: Reading): void {
  const by = `annotation ${key} of ${objectName(resource)}`;
  const add = (family: Family, name: string, more: Pick<Waiver, 'reason' | 'expiry'>, always = false) => {
    const controls = always ? 'all' : controlIds(name);
    if (controls === 'all' || controls.size > 0) waivers.push({ family, controls, name, ...more, by, resource, path });
    else
      problems.push(
        problem('waiver/unused', `${by}: there is no control "${name}"`, undefined, key.startsWith(ownPrefix) ? 'warning' : 'note'),
      );
  };
  const given = { reason: textOf(value) };
  if (key.startsWith(ownPrefix)) {
    const { reason, expiry, invalid } = reasonUntil(value);
    if (invalid !== undefined || reason === '')
      problems.push(
        problem(
          'waiver/invalid',
          `${by}: ${invalid === undefined ? 'it gives no reason' : `"${invalid}" is no day`}`,
          undefined,
          'warning',
        ),
      );
    else add('cofferdam', ownName(key.slice(ownPrefix.length)), { reason, expiry });
  } else if (key === 'kubescape.io/skip-controls') {
    const written = annotations['kubescape.io/skip-expiry'];
    const expiry = typeof written === 'string' && written !== '' ? readExpiry(written) : undefined;
    if (expiry === undefined && written !== undefined && written !== '')
      problems.push(problem('waiver/invalid', `${by}: "${JSON.stringify(written)}" is no day`, undefined, 'warning'));
    else for (const name of commaList(value)) add('kubescape', name, { reason: textOf(annotations['kubescape.io/skip-reason']), expiry });
  } else if (key === 'kube-linter.io/ignore-all') add('kube-linter', 'every check', given, true);
  else if (key.startsWith('ignore-check.kube-linter.io/')) add('kube-linter', key.slice('ignore-check.kube-linter.io/'.length), given);
  else if (key === 'polaris.fairwinds.com/exempt') {
    if (isTrue(value)) add('Polaris', 'every check', { reason: undefined }, true);
  } else if (key.startsWith('polaris.fairwinds.com/') && key.endsWith('-exempt')) {
    if (isTrue(value)) add('Polaris', key.slice('polaris.fairwinds.com/'.length, -'-exempt'.length), { reason: undefined });
  } else if (key === 'kube-score/ignore') {
    for (const name of commaList(value)) add('kube-score', name, { reason: undefined });
  } else if (/^checkov\.io\/skip[0-9]*$/.test(key)) {
    const equals = value.indexOf('=');
    add('Checkov', (equals < 0 ? value : value.slice(0, equals)).trim(), {
      reason: equals < 0 ? undefined : textOf(value.slice(equals + 1)),
    });
  }
}

/** `workload.privileged` is `workload/privileged`; names of other tools stand as they are. */
function ownName(text: string): string {
  const slashed = text.replace('.', '/');
  return controlIds(slashed).size === 0 && controlIds(text).size > 0 ? text : slashed;
}

function commaList(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function isTrue(value: string): boolean {
  return value.toLowerCase() === 'true';
}
