// Fix packages of a scan: findings weighed, grouped, measured and sized. Ten thousand findings become at most sixty pieces of work that
// somebody can own, each with what it is worth and what it takes.

import { type Control, severities } from '../../controls/control.ts';
import type { ScanResult } from '../../controls/result.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { changesOf, type Locate } from './commands.ts';
import { type Experience, effortOf } from './effort.ts';
import { grouped, mostPackages, weightOf } from './group.ts';
import { latentShare, measured } from './measure.ts';
import { templateOrigin } from './origin.ts';
import { type CodeOwner, ownerOfObject } from './owner.ts';
import type { FixPackage, Group, Quadrant, Weighed } from './package.ts';
import { riskModel } from './risk.ts';
import { themeOf, themes } from './themes.ts';

export interface PackageOptions {
  /** The controls of the scan. */
  readonly controls: readonly Control[];
  readonly now: number;
  readonly locate: Locate;
  readonly codeOwners?: readonly CodeOwner[];
  readonly most?: number;
  readonly experience?: Experience;
}

export interface PackageSet {
  readonly packages: readonly FixPackage[];
  readonly findings: number;
  /** Points of risk: what attackers get, and weaknesses by themselves. */
  readonly risk: {
    readonly total: number;
    readonly attack: number;
    readonly weaknesses: number;
    /** Left when every package is done. */
    readonly after: number;
  };
  /** How many packages the engine was run for. */
  readonly measured: number;
  /** Risk of each open finding by its place in the scan. */
  readonly weighed: readonly Weighed[];
}

/** Groups what is open in a scan; findings that are waived or not known are left out. */
export function fixPackages(snapshot: Snapshot, scan: ScanResult, options: PackageOptions): PackageSet {
  const open = scan.findings.filter(({ verdict }) => verdict === 'fail');
  const judged = new Set(scan.controls.filter(({ byVerdict }) => byVerdict.pass + byVerdict.fail > 0).map(({ control }) => control));
  const model = riskModel(snapshot, open, judged);
  const homes = new Map<Resource | undefined, Pick<Weighed, 'origin' | 'owner'>>();
  const homeOf = (resource: Resource | undefined) => {
    let home = homes.get(resource);
    if (home === undefined) {
      home = { origin: templateOrigin(snapshot, resource), owner: ownerOfObject(snapshot, resource, options.codeOwners) };
      homes.set(resource, home);
    }
    return home;
  };
  const weighed = open.map(
    (finding): Weighed => ({ finding, risk: model.of(finding), theme: themeOf(finding.control), ...homeOf(model.resourceOf(finding)) }),
  );
  const groups = grouped(weighed, options.most ?? mostPackages);
  const controls = new Map(options.controls.map((control) => [control.id, control]));
  const { values, remedies, attack } = measured(snapshot, groups, controls, options.now);
  const packages = groups.flatMap((group): FixPackage[] => {
    const [value, remedy, [worst]] = [values.get(group.id), remedies.get(group.id), group.members];
    if (value === undefined || remedy === undefined || worst === undefined) return [];
    const effort = effortOf(group, remedy, ({ finding }) => model.resourceOf(finding), options.experience);
    const { changes, all } = changesOf(remedy, options.locate);
    const subjects = group.members.map(({ finding }) => finding.subject);
    return [
      {
        id: group.id,
        title: titleOf(group),
        theme: group.theme,
        owner: group.owner,
        origin: group.origin,
        severity: severities.find((severity) => group.members.some(({ finding }) => finding.severity === severity)) ?? 'low',
        acceptance: [...new Set(group.members.map(({ finding }) => finding.control))].sort(),
        namespaces: [...new Set(subjects.map(({ namespace }) => namespace))].filter((name) => name !== '').sort(),
        findings: group.members.map(({ finding }) => finding),
        roots: new Set(group.members.map(({ finding }) => finding.root)).size,
        objects: new Set(subjects.map(({ kind, namespace, name }) => `${kind}/${namespace}/${name}`)).size,
        worst,
        value,
        effort,
        quadrant: 'defer',
        changes,
        moreChanges: all - changes.length,
      },
    ];
  });
  const weaknesses = groups.reduce((sum, group) => sum + weightOf(group) * latentShare, 0);
  const total = attack.before + weaknesses;
  return {
    packages: quadrants(packages),
    findings: open.length,
    risk: { total: round(total), attack: round(attack.before), weaknesses: round(weaknesses), after: round(attack.after) },
    measured: packages.filter(({ value: { basis } }) => basis === 'measured').length,
    weighed,
  };
}

/** High value: the packages that together make nine tenths of what can be gained, and those with a finding that is serious by itself. */
export const highShare = 0.9;
export const seriousRisk = 60;
/** Low effort: a day and a half. */
export const effortLine = 1.5;

function quadrants(packages: readonly FixPackage[]): FixPackage[] {
  const all = packages.reduce((sum, { value }) => sum + value.points, 0);
  let before = 0;
  return packages
    .toSorted((a, b) => b.value.points - a.value.points || (a.id < b.id ? -1 : 1))
    .map((one) => {
      const high = (one.value.points > 0 && before < highShare * all) || one.worst.risk.score >= seriousRisk;
      before += one.value.points;
      return { ...one, quadrant: quadrantOf(high, one.effort.p50) };
    });
}

/** The quadrant of a scorecard. `quadrantOf(true, 1)` is `'quick win'`. */
export function quadrantOf(highValue: boolean, days: number): Quadrant {
  return days <= effortLine ? (highValue ? 'quick win' : 'fill-in') : highValue ? 'major project' : 'defer';
}

function titleOf({ members, theme, origin, owner }: Group): string {
  const controls = new Set(members.map(({ finding }) => finding.control));
  const objects = new Set(
    members.map(({ finding: { subject } }) => `${subject.kind} ${subject.namespace === '' ? '' : `${subject.namespace}/`}${subject.name}`),
  );
  const [object] = objects;
  const place =
    objects.size === 1 && object !== undefined
      ? object.trim() === 'Cluster'
        ? 'the cluster'
        : object
      : origin.kind === 'several'
        ? `${objects.size} objects of ${owner.name}`
        : `${objects.size} objects of ${origin.name}`;
  return `${controls.size === 1 ? (members[0]?.finding.title ?? '') : themes[theme].title}: ${place}`;
}

function round(points: number): number {
  return Math.round(points * 100) / 100;
}
