// Dates that will not wait: the end of support of the cluster's release, certificates that end, API versions that the target release does not
// serve. A date in the past is due in the first sprint.

import { supportedUntil } from '../../controls/reliability/releases.ts';
import { minorRelease } from '../../kube/version/version.ts';
import { asString, dig } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { FixPackage } from '../packages/package.ts';
import { dateOf, daysBetween } from './dates.ts';
import { type PlanEntry, sprintDays, sprintsOfYear } from './plan.ts';

export type Deadline = NonNullable<PlanEntry['deadline']>;

/** Work that a date makes, and by when. */
export interface DatedWork {
  readonly id: string;
  readonly title: string;
  readonly owner: string;
  readonly effort: { readonly p50: number; readonly p80: number };
  readonly value: number;
  readonly deadline: Deadline;
  readonly acceptance: readonly string[];
}

/** The last sprint that ends by a date; 0 where it is past or near. */
export function sprintOf(start: string, date: string): number {
  return Math.max(0, Math.floor(daysBetween(start, date) / sprintDays) - 1);
}

/** What dates ask for within the year; nothing without a first day. */
export function datedWork(snapshot: Snapshot, packages: readonly FixPackage[], start: string | undefined): readonly DatedWork[] {
  if (start === undefined) return [];
  const found: DatedWork[] = [];
  const { kubernetesVersion, versionKnown } = snapshot.facts;
  const minor = minorRelease(kubernetesVersion) ?? kubernetesVersion;
  const last = versionKnown && Object.hasOwn(supportedUntil, minor) ? supportedUntil[minor] : undefined;
  if (last !== undefined && !packages.some(({ acceptance }) => acceptance.includes('reliability/kubernetes-eol')))
    found.push({
      id: 'deadline-kubernetes',
      title: `Upgrade Kubernetes ${minor}`,
      owner: 'platform',
      effort: { p50: 5, p80: 10 },
      value: 5,
      deadline: { sprint: sprintOf(start, last), date: last, why: `the last patch of ${minor} comes on ${last}` },
      acceptance: ['reliability/kubernetes-eol'],
    });
  for (const { namespace, name, object } of ofKind(snapshot, 'cert-manager.io', 'Certificate')) {
    const end = asString(dig(object, 'status', 'notAfter'))?.slice(0, 10);
    const renews = asString(dig(object, 'status', 'renewalTime'));
    if (
      end === undefined ||
      dateOf(end) === undefined ||
      daysBetween(start, end) > 30 ||
      (renews !== undefined && renews.slice(0, 10) >= start)
    )
      continue;
    found.push({
      id: `deadline-certificate-${`${namespace}-${name}`.replace(/[^A-Za-z0-9-]/g, '_')}`,
      title: `Renew the certificate ${namespace}/${name}`,
      owner: namespace,
      effort: { p50: 0.5, p80: 1 },
      value: 2,
      deadline: { sprint: sprintOf(start, end), date: end, why: `it ends on ${end} and was not renewed when it should have been` },
      acceptance: ['the certificate ends more than 30 days from now'],
    });
  }
  return found.filter(({ deadline }) => deadline.sprint < sprintsOfYear);
}

/** The deadline of a package, where its findings have one. */
export function deadlineOf({ acceptance }: FixPackage): Deadline | undefined {
  if (acceptance.includes('hygiene/api-version-served'))
    return { sprint: 1, why: 'the target release refuses these objects: they cannot be applied again' };
  if (acceptance.includes('reliability/kubernetes-eol')) return { sprint: 3, why: 'the release in use gets no more security fixes' };
  return undefined;
}
