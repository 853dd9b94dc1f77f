import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixPackages } from '../../assessment/packages/packages.ts';
import { makePlan } from '../../assessment/plan/make.ts';
import { pathsIn, usualThreat } from '../../attack/index.ts';
import { catalogue } from '../../controls/index.ts';
import { scan } from '../../controls/scan.ts';
import type { KubeObject } from '../../kube/object.ts';
import { resource, type Snapshot, snapshot } from '../../snapshot/snapshot.ts';
import { scriptHash } from '../html/script.ts';
import { assessmentPage } from './page.ts';

const now = Date.UTC(2026, 10, 1);
const locate = () => undefined;

function pageOf(state: Snapshot, of = 'test', start?: string): string {
  const controls = catalogue.filter(({ enabled }) => enabled !== false);
  const result = scan(state, { controls, now, locate });
  const set = fixPackages(state, result, { controls, now, locate });
  const found = pathsIn(state, usualThreat);
  const paths = found.ok ? found.value.paths : [];
  return [
    ...assessmentPage({
      plan: makePlan(state, set, start === undefined ? {} : { start }),
      set,
      scan: result,
      catalogue,
      paths,
      locate,
      of,
      version: '0',
    }),
  ].join('');
}

const evil = '</style><img src=x onerror=alert(1)>';
const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: evil, namespace: evil, labels: { team: evil, app: 'x' } },
  spec: { containers: [{ name: evil, image: evil, securityContext: { privileged: true }, ports: [{ containerPort: 80, hostPort: 80 }] }] },
};

test('nothing of an object becomes markup', () => {
  const certificate = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: `"${evil}`, namespace: evil },
    status: { notAfter: '2026-11-20T00:00:00Z' },
  };
  const resources = [pod, certificate, { ...certificate, status: { notAfter: evil } }].map((one) => resource(one, { kind: 'memory' }));
  const page = pageOf(snapshot({ resources }), evil, '2026-11-01');
  assert.doesNotMatch(page, /<img|onerror=alert\(1\)>/);
  assert.match(page, /&#60;\/style&#62;/);
});

test('the page fetches nothing and runs one script, named by its hash', () => {
  const page = pageOf(snapshot({ resources: [resource(pod, { kind: 'memory' })] }));
  assert.ok(page.includes(`default-src 'none'; style-src 'unsafe-inline'; script-src '${scriptHash}'`));
  assert.equal(page.split('<script').length, 2);
  assert.doesNotMatch(page, /(?:src|href)="(?!#)|url\((?!#)|@import/);
});

test('every link leads to something on the page, and no id stands twice', () => {
  const page = pageOf(snapshot({ resources: [resource({ ...pod, metadata: { name: 'p', namespace: 'shop' } }, { kind: 'memory' })] }));
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
  assert.equal(new Set(ids).size, ids.length);
  for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(target), `#${target}`);
});

test('an empty cluster has a report that says so', () => {
  const page = pageOf(snapshot({ resources: [] }));
  assert.match(page, /No way of attack was found/);
  assert.doesNotMatch(page, /NaN|undefined|Infinity/);
});

test('the same input gives the same bytes, without words of programs for what is not there', () => {
  const state = snapshot({ resources: [resource({ ...pod, metadata: { name: 'p', namespace: 'shop' } }, { kind: 'memory' })] });
  const page = pageOf(state);
  assert.equal(page, pageOf(state));
  assert.doesNotMatch(page, /NaN|undefined|\[object/);
});
