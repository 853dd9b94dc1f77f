import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding } from '../../controls/result.ts';
import type { Json } from '../../lib/json.ts';
import { resource, type Snapshot, snapshot } from '../../snapshot/snapshot.ts';
import type { FixPackage, Weighed } from '../packages/package.ts';
import type { PackageSet } from '../packages/packages.ts';
import type { Theme } from '../packages/themes.ts';
import { dateOf, daysBetween, laterBy } from './dates.ts';
import { makePlan, topRisks } from './make.ts';
import { previousPlan } from './previous.ts';

const empty = snapshot({ resources: [] });

function finding(id: string, control: string, namespace: string): Finding {
  const subject = { apiVersion: 'v1', kind: 'Pod', namespace, name: id };
  return {
    id,
    control,
    title: control,
    severity: 'high',
    verdict: 'fail',
    subject,
    path: '',
    reason: 'r',
    detail: 'd',
    evidence: [],
    root: id,
  };
}

interface Made {
  readonly theme?: Theme;
  readonly controls?: readonly string[];
  readonly owner?: string;
  readonly points?: number;
  readonly days?: number;
  readonly namespace?: string;
}

function made(
  id: string,
  { theme = 'hardening', controls = ['workload/privileged'], owner = 'shop', points = 10, days = 1, namespace = 'shop' }: Made = {},
): FixPackage {
  const findings = controls.map((control, index) => finding(`${id}-${index}`, control, namespace));
  const factor = { value: 0.5, why: 'whoever is there gets to a node' };
  const risk = { score: 50, likelihood: 0.5, exposure: factor, exploit: factor, impact: factor, compensation: factor };
  const origin = { kind: 'file', name: 'a.yaml' } as const;
  const by = { name: owner, by: 'label team' };
  const [first] = findings;
  if (first === undefined) throw new Error('a package has findings');
  const worst: Weighed = { finding: first, risk, theme, origin, owner: by };
  return {
    id,
    title: id,
    theme,
    owner: by,
    origin,
    severity: 'high',
    acceptance: controls,
    namespaces: [namespace],
    findings,
    roots: 1,
    objects: 1,
    worst,
    value: { points, basis: 'measured', low: points, high: points, why: 'test' },
    effort: { p50: days, p80: days * 2, terms: [], factor: 1, why: 'test' },
    quadrant: 'defer',
    changes: [],
    moreChanges: 0,
  };
}

function set(...packages: readonly FixPackage[]): PackageSet {
  const total = packages.reduce((sum, { value }) => sum + value.points, 5);
  return {
    packages,
    findings: packages.length,
    risk: { total, attack: total, weaknesses: 0, after: 5 },
    measured: packages.length,
    weighed: [],
  };
}

const live = (
  kubernetesVersion: string,
  ...objects: readonly { apiVersion: string; kind: string; metadata: { name: string; namespace?: string } }[]
): Snapshot =>
  snapshot({
    resources: objects.map((one) => resource(one, { kind: 'memory' })),
    facts: { kubernetesVersion, versionKnown: true, live: true },
  });

describe('what comes first', () => {
  const cases: readonly (readonly [what: string, one: FixPackage, first: readonly string[]])[] = [
    ['a plug-in that enforces before policies that deny', made('deny', { theme: 'segmentation' }), ['prepare-network-plugin']],
    [
      'warnings before refusals',
      made('refuse', { theme: 'admission', controls: ['namespace/pod-security-baseline'] }),
      ['prepare-pod-security-warnings'],
    ],
    [
      'a backup before a StatefulSet is made anew',
      made('state', { theme: 'reliability', controls: ['reliability/statefulset-service'] }),
      ['prepare-backup'],
    ],
    ['signing before verifying', made('verify', { theme: 'images', controls: ['supply-chain/image-signature'] }), ['prepare-signing']],
    ['another way to sign in before the last one goes', made('masters', { controls: ['identity/masters-bound'] }), ['prepare-sign-in']],
    ['nothing where nothing is in the way', made('plain'), []],
  ];
  for (const [what, one, first] of cases)
    test(what, () => {
      const { items } = makePlan(empty, set(one));
      const item = items.find(({ id }) => id === one.id);
      assert.deepEqual(item?.needs, first);
      for (const id of first) {
        const before = items.find((other) => other.id === id);
        assert.ok((before?.to ?? 99) < (item?.from ?? 0), `${id} ends in ${before?.to}, ${one.id} begins in ${item?.from}`);
      }
    });

  test('workloads meet a level before their namespace enforces it', () => {
    const harden = made('isolate', { theme: 'isolation', days: 12 });
    const elsewhere = made('other', { theme: 'isolation', namespace: 'else' });
    const enforce = made('enforce', { theme: 'admission', controls: ['namespace/pod-security-baseline'], points: 500 });
    const needs = makePlan(empty, set(harden, elsewhere, enforce)).items.find(({ id }) => id === 'enforce')?.needs;
    assert.deepEqual(needs, ['prepare-pod-security-warnings', 'isolate']);
  });
});

describe('dates', () => {
  test('of the calendar only', () => {
    assert.equal(dateOf('2026-02-30'), undefined);
    assert.equal(dateOf('soon'), undefined);
    assert.equal(laterBy('2026-12-31', 1), '2027-01-01');
    assert.equal(daysBetween('2026-01-01', '2026-01-15'), 14);
  });

  test('stand in a plan that has a first day', () => {
    const [item] = makePlan(empty, set(made('a')), { start: '2026-11-23' }).items;
    assert.deepEqual([item?.begins, item?.due], ['2026-11-23', '2026-12-06']);
    assert.equal(makePlan(empty, set(made('a'))).items[0]?.due, undefined);
  });

  test('the end of support of a release is work with a deadline', () => {
    const { items } = makePlan(live('1.35'), set(made('a')), { start: '2026-11-23' });
    const upgrade = items.find(({ id }) => id === 'deadline-kubernetes');
    assert.deepEqual(upgrade?.deadline?.date, '2027-02-28');
    assert.ok((upgrade?.to ?? 99) <= (upgrade?.deadline?.sprint ?? 0) + 1);
  });

  test('a certificate that was not renewed in time is work; one that will be is none', () => {
    const certificate = (name: string, notAfter: string, renewalTime: string) => ({
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name, namespace: 'shop' },
      status: { notAfter, renewalTime },
    });
    const state = live(
      '1.37',
      certificate('stuck', '2026-12-10T00:00:00Z', '2026-11-10T00:00:00Z'),
      certificate('fine', '2026-12-10T00:00:00Z', '2026-12-01T00:00:00Z'),
    );
    const ids = makePlan(state, set(made('a')), { start: '2026-11-23' }).items.map(({ id }) => id);
    assert.ok(ids.includes('deadline-certificate-shop-stuck'));
    assert.ok(!ids.includes('deadline-certificate-shop-fine'));
  });

  test('a deadline that cannot be kept is named', () => {
    const served = made('api', { controls: ['hygiene/api-version-served'], days: 40 });
    assert.deepEqual(makePlan(empty, set(served)).late, ['api']);
  });
});

describe('the curve', () => {
  const plan = makePlan(empty, set(...Array.from({ length: 20 }, (_, index) => made(`p${index}`, { points: index + 1, days: 2 }))));
  test('falls and never rises, and slow work is never ahead', () => {
    for (const [index, point] of plan.curve.entries()) {
      const next = plan.curve[index + 1];
      assert.ok(point.p80 >= point.p50);
      if (next !== undefined) assert.ok(next.p50 <= point.p50 && next.p80 <= point.p80);
    }
  });
  test('begins at today and ends at what no package takes away', () => {
    assert.equal(plan.curve[0]?.p50, plan.summary.risk.now);
    assert.equal(plan.summary.risk.afterYear.p50, 5);
  });
});

describe('a plan made before', () => {
  const first = makePlan(empty, set(made('a', { points: 1 }), made('b', { points: 90, days: 5 }), made('c', { points: 5 })));
  const edited = JSON.parse(JSON.stringify(first)) as { items: { id: string; status: string; spent?: number }[] };
  for (const item of edited.items) if (item.id === 'a') Object.assign(item, { status: 'started', spent: 0.5 });
  const previous = previousPlan(edited as unknown as Json);
  const judged = new Set(['workload/privileged']);

  test('what has begun comes first, with the days that are left', () => {
    const next = makePlan(empty, set(made('a', { points: 1 }), made('b', { points: 90, days: 5 })), {
      ...(previous === undefined ? {} : { previous }),
      judged,
    });
    const item = next.items.find(({ id }) => id === 'a');
    assert.deepEqual([item?.status, item?.spent, item?.from], ['started', 0.5, 1]);
    assert.deepEqual(next.since?.kept, ['a', 'b']);
  });

  test('what is gone passes, and is closed after three assessments', () => {
    let plan = first;
    for (let pass = 1; pass <= 3; pass++) {
      const last = previousPlan(JSON.parse(JSON.stringify(plan)) as Json);
      plan = makePlan(empty, set(made('a'), made('b')), { ...(last === undefined ? {} : { previous: last }), judged });
      const item = plan.since?.passing.find(({ id }) => id === 'c');
      assert.deepEqual([item?.passes, item?.closed], [pass, pass === 3]);
    }
  });

  test('what nothing judged does not pass, and what comes back is reopened', () => {
    const unjudged = makePlan(empty, set(made('a')), { ...(previous === undefined ? {} : { previous }), judged: new Set() });
    assert.deepEqual(unjudged.since?.passing, []);
    const gone = makePlan(empty, set(made('a')), { ...(previous === undefined ? {} : { previous }), judged });
    const last = previousPlan(JSON.parse(JSON.stringify(gone)) as Json);
    const back = makePlan(empty, set(made('a'), made('c')), { ...(last === undefined ? {} : { previous: last }), judged });
    assert.deepEqual(back.since?.reopened, ['c']);
  });

  test('anything else is no plan', () => {
    for (const value of [null, [], 'x', { kind: 'Assessment' }]) assert.equal(previousPlan(value), undefined);
  });
});

test('the risks of the first page are of different objects', () => {
  const plan = makePlan(empty, set(made('a'), made('b')));
  assert.equal(topRisks(plan).length, 2);
});

test('five hundred packages are planned within two seconds', () => {
  const packages = Array.from({ length: 500 }, (_, index) =>
    made(`p${index}`, {
      points: (index * 37) % 211,
      days: 0.3 + (index % 17) / 3,
      owner: `team-${index % 12}`,
      theme: index % 5 === 0 ? 'segmentation' : 'hardening',
    }),
  );
  const before = performance.now();
  const plan = makePlan(empty, set(...packages), { otherwise: 10 });
  const took = performance.now() - before;
  assert.ok(took < 2000, `${took} ms`);
  assert.ok(plan.items.filter(({ from }) => from !== undefined).length > 200);
});
