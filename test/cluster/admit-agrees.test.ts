// One engine, one verdict: the examples of the catalogue's controls are sent by way of the real API server to the webhook, and what the client
// is told there is what `scan` finds in the same objects, and what `policy eval` says by the policies that `policy emit` makes of the controls.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { run as evaluate } from '../../src/cli/policy/eval.ts';
import { run as scan } from '../../src/cli/scan/run.ts';
import { controlPolicy, controlsOfOneObject } from '../../src/controls/admission.ts';
import { emitPolicies, isEmittable, policyName } from '../../src/controls/emit/emit.ts';
import { catalogue } from '../../src/controls/index.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { admit } from '../../src/server/admit/admit.ts';
import { commandInput } from '../console.ts';
import { folder } from '../folder.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { realCluster } from './cluster.ts';

const group = 'admissionregistration.k8s.io/v1';
const paths: Readonly<Record<string, string>> = {
  'v1 Pod': '/api/v1/namespaces/NAMESPACE/pods',
  'apps/v1 Deployment': '/apis/apps/v1/namespaces/NAMESPACE/deployments',
  'apps/v1 DaemonSet': '/apis/apps/v1/namespaces/NAMESPACE/daemonsets',
  'batch/v1 CronJob': '/apis/batch/v1/namespaces/NAMESPACE/cronjobs',
};
const most = 200;

/** Those that are on by default. Components of the control plane are compared with one another, so that a scan of many says more. */
const serious = controlsOfOneObject(catalogue).filter(
  ({ id, severity, enabled }) => (severity === 'critical' || severity === 'high') && enabled !== false && !id.startsWith('control-plane/'),
);

/** Objects of the examples, each under a name of its own. */
function examples(namespace: string): readonly KubeObject[] {
  const all = serious.flatMap(({ examples: { pass, fail } }) => [...fail(), ...pass()].flat());
  const different = [...new Map(all.map((object) => [JSON.stringify(object), object])).values()];
  return different
    .filter(({ apiVersion, kind }) => Object.hasOwn(paths, `${apiVersion} ${kind}`))
    .slice(0, most)
    .map((object, index) => ({ ...object, metadata: { ...object.metadata, name: `o-${index}`, namespace } }));
}

test('the webhook, scan and policy eval say the same of what the API server stores', async (t) => {
  const cluster = await realCluster(t);
  if (cluster === undefined) return;
  const namespace = await cluster.namespace('agrees');
  const root = folder(t, {});
  const { certificate: ca } = makeAuthority(root, 'webhook-ca');
  makeCertificate(root, { file: 'tls', subject: '/CN=webhook', names: 'IP:127.0.0.1' });
  const started = await admit({
    host: '127.0.0.1',
    port: 0,
    certFile: join(root, 'tls.crt'),
    keyFile: join(root, 'tls.key'),
    clientNames: [],
    policies: {
      paths: [],
      lastKnownGood: undefined,
      builtIn: [
        controlPolicy({ controls: serious, enforcement: { critical: ['warn'], high: ['warn'], medium: [], low: [] }, now: Date.now }),
      ],
      minor: 36,
    },
    excluded: new Set(),
    breakGlassKeys: [],
    longest: 5_000,
    interval: 3_600_000,
    record: () => {},
    tell: () => {},
  });
  assert.ok(started.ok);
  t.after(() => started.value.stop(0));
  const name = `agrees-${namespace}`;
  const answer = await cluster.api('POST', `/apis/${group}/validatingwebhookconfigurations`, {
    apiVersion: group,
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: 'validate.cofferdam.dev',
        clientConfig: { url: `https://127.0.0.1:${started.value.port}/validate`, caBundle: Buffer.from(ca).toString('base64') },
        rules: [
          { apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE'], resources: ['pods', 'deployments', 'daemonsets', 'cronjobs'] },
        ],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        failurePolicy: 'Fail',
        sideEffects: 'None',
        timeoutSeconds: 10,
        admissionReviewVersions: ['v1'],
      },
    ],
  });
  assert.equal(answer.status, 201, answer.text);
  t.after(() => cluster.api('DELETE', `/apis/${group}/validatingwebhookconfigurations/${name}`));

  const create = (object: KubeObject) =>
    cluster.api('POST', `${paths[`${object.apiVersion} ${object.kind}`]?.replace('NAMESPACE', namespace)}?dryRun=All`, object);
  const candidates = examples(namespace);
  const probe: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'probe', namespace },
    spec: { hostPID: true, containers: [{ name: 'c', image: 'i', securityContext: { privileged: true } }] },
  };
  for (let tries = 0; (await create(probe)).warnings.length === 0; tries++) {
    assert.ok(tries < 100, 'the webhook is never asked');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }

  const ids = new Set(serious.map(({ id }) => id));
  const atTheDoor = new Map<string, string>();
  mkdirSync(join(root, 'objects'));
  for (const object of candidates) {
    const { status, body, warnings } = await create(object);
    if (status !== 201) continue;
    const stored = body as KubeObject;
    const key = `${stored.kind} ${stored.metadata?.name}`;
    atTheDoor.set(key, sorted(warnings.map((text) => text.slice(0, text.indexOf(':'))).filter((id) => ids.has(id))));
    writeFileSync(
      join(root, 'objects', `${stored.kind}-${stored.metadata?.name}.json`),
      JSON.stringify({ ...stored, apiVersion: object.apiVersion }),
    );
  }
  assert.ok(atTheDoor.size >= 40, `only ${atTheDoor.size} examples were taken`);

  const scanned = commandInput([join(root, 'objects')], { output: ['json'], failOn: 'never' }, Date.now());
  await scan(scanned.input);
  const findings: readonly {
    readonly control: string;
    readonly verdict: string;
    readonly subject: { readonly kind: string; readonly name: string };
  }[] = JSON.parse(scanned.told.out).findings;
  const inScan = byObject(
    findings.filter(({ control, verdict }) => verdict === 'fail' && ids.has(control)).map(({ control, subject }) => [subject, control]),
  );
  assert.deepEqual(differences(atTheDoor, inScan), []);

  const emitted = serious.filter(isEmittable);
  const { objects } = emitPolicies(emitted, { actions: ['Warn'], exceptNamespaces: [] });
  writeFileSync(join(root, 'policies.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  const evaluated = commandInput([join(root, 'objects')], { output: ['json'], policy: [join(root, 'policies.json')] });
  await evaluate(evaluated.input);
  const results: readonly {
    readonly policy: string;
    readonly result: string;
    readonly subject: { readonly kind: string; readonly name: string };
  }[] = JSON.parse(evaluated.told.out).results;
  const byPolicy = byObject(results.filter(({ result }) => result !== 'pass').map(({ policy, subject }) => [subject, policy]));
  const names = new Map(emitted.map((control) => [control.id, policyName(control)]));
  const asPolicies = new Map(
    [...atTheDoor].map(([key, list]) => [key, sorted(list.split(' ').flatMap((id) => names.get(id) ?? []))] as const),
  );
  assert.deepEqual(differences(asPolicies, byPolicy), []);
  t.diagnostic(`${atTheDoor.size} objects, ${serious.length} controls, ${emitted.length} of them as policies`);
});

function sorted(list: readonly string[]): string {
  return [...new Set(list)].sort().join(' ');
}

function byObject(
  pairs: readonly (readonly [subject: { readonly kind: string; readonly name: string }, said: string])[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string[]>();
  for (const [{ kind, name }, said] of pairs) found.set(`${kind} ${name}`, [...(found.get(`${kind} ${name}`) ?? []), said]);
  return new Map([...found].map(([key, list]) => [key, sorted(list)]));
}

function differences(expected: ReadonlyMap<string, string>, actual: ReadonlyMap<string, string>): readonly string[] {
  return [...expected].flatMap(([key, list]) => {
    const other = actual.get(key) ?? '';
    return other === list ? [] : [`${key}: at the door ${list || 'nothing'}, here ${other || 'nothing'}`];
  });
}
