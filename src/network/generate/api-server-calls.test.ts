// What the API server calls stays open in a plan, whoever makes it call, and what cannot be kept open is told.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubeObject } from '../../kube/object.ts';
import { dig, type Json } from '../../lib/json.ts';
import { resource, snapshot } from '../../snapshot/snapshot.ts';
import { observer } from '../flows/observe.ts';
import { network } from '../network.ts';
import { type Plan, type PlanOptions, plan } from './plan.ts';

type Fields = Readonly<Record<string, unknown>>;
const object = (apiVersion: string, kind: string, metadata: Fields, rest: Fields = {}) =>
  ({ apiVersion, kind, metadata, ...rest }) as unknown as KubeObject;
const hook = (spec: Fields = {}) =>
  object(
    'apps/v1',
    'Deployment',
    { name: 'hook', namespace: 'shop' },
    {
      spec: {
        selector: { matchLabels: { app: 'hook' } },
        template: {
          metadata: { labels: { app: 'hook' } },
          spec: { ...spec, containers: [{ name: 'c', ports: [{ name: 'tls', containerPort: 9443 }] }] },
        },
      },
    },
  );
const service = (port: Fields = { port: 443, targetPort: 'tls' }) =>
  object('v1', 'Service', { name: 'hook', namespace: 'shop' }, { spec: { selector: { app: 'hook' }, ports: [port] } });
const reference = { namespace: 'shop', name: 'hook' };
const validating = (own: unknown = reference) =>
  object(
    'admissionregistration.k8s.io/v1',
    'ValidatingWebhookConfiguration',
    { name: 'v' },
    { webhooks: [{ clientConfig: { service: own } }] },
  );
const mutating = object(
  'admissionregistration.k8s.io/v1',
  'MutatingWebhookConfiguration',
  { name: 'm' },
  { webhooks: [{ clientConfig: { service: { ...reference, port: 443 } } }] },
);
const crd = (conversion: Fields) => object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { name: 'c' }, { spec: { conversion } });
const converting = crd({ strategy: 'Webhook', webhook: { clientConfig: { service: reference } } });
const convertingBefore = crd({ strategy: 'Webhook', webhookClientConfig: { service: reference } });
const extension = object('apiregistration.k8s.io/v1', 'APIService', { name: 'a' }, { spec: { service: reference } });

function planned(objects: readonly KubeObject[], options: Partial<PlanOptions> = {}): Plan {
  const net = network(snapshot({ resources: objects.map((one) => resource(one, { kind: 'memory' })) }));
  return plan(net, observer(net).result(), [], { dialect: 'kubernetes', namespaces: [], dns: false, replace: false, ...options });
}

const ingressOf = (made: Plan): Json | undefined =>
  dig(made.policies.find(({ name }) => name === 'cofferdam-hook')?.object, 'spec', 'ingress') as Json | undefined;
const open = [{ ports: [{ protocol: 'TCP', port: 'tls' }] }];

describe('kept open', () => {
  const rows: readonly (readonly [sentence: string, objects: readonly KubeObject[]])[] = [
    ['a validating webhook', [validating()]],
    ['a mutating webhook', [mutating]],
    ['a conversion webhook', [converting]],
    ['a conversion webhook as v1beta1 wrote it', [convertingBefore]],
    ['an extension API server', [extension]],
    ['one port that all of them call, once', [validating(), mutating, converting, extension]],
  ];
  for (const [sentence, objects] of rows)
    test(sentence, () => {
      const made = planned([hook(), service(), ...objects]);
      assert.deepEqual(ingressOf(made), open);
      assert.equal(made.calls.length, objects.length);
      assert.ok(made.calls.every(({ unknown }) => unknown === undefined));
    });
  test('under Cilium as any entity, for nodes are in no block', () =>
    assert.deepEqual(ingressOf(planned([hook(), service(), validating()], { dialect: 'cilium' })), [
      { fromEntities: ['all'], toPorts: [{ ports: [{ port: '9443', protocol: 'TCP' }] }] },
    ]));
  test('at the port of the pod, not of the Service', () =>
    assert.deepEqual(ingressOf(planned([hook(), service({ port: 443, targetPort: 8443 }), validating()])), [
      { ports: [{ protocol: 'TCP', port: 8443 }] },
    ]));
});

describe('not kept open', () => {
  const rows: readonly (readonly [sentence: string, objects: readonly KubeObject[], unknown: readonly (string | undefined)[]])[] = [
    ['without a call nothing is', [service()], []],
    ['a Service that is not there', [validating()], ['the Service is not in the input']],
    ['a port that the Service has not', [service(), validating({ ...reference, port: 8443 })], ['the Service has no such port']],
    ['a port by UDP', [service({ port: 443, protocol: 'UDP' }), validating()], ['the Service has no such port']],
    [
      'a name that no pod gives a port',
      [service({ port: 443, targetPort: 'web' }), validating()],
      ['no pod names the port that the Service leads to'],
    ],
    ['another namespace is not in the plan', [service(), validating({ ...reference, namespace: 'other' })], []],
    ['a conversion that calls nobody', [service(), crd({ strategy: 'None', webhook: { clientConfig: { service: reference } } })], []],
    ['odd shapes', [service(), validating('hook'), validating({ ...reference, port: 'tls' }), validating({ name: ['hook'] })], []],
  ];
  for (const [sentence, objects, unknown] of rows)
    test(sentence, () => {
      const made = planned([hook(), ...objects]);
      assert.deepEqual(ingressOf(made), []);
      assert.deepEqual(
        made.calls.map((call) => call.unknown),
        unknown,
      );
    });
  test('a pod on its host’s network needs no rule', () => {
    const made = planned([hook({ hostNetwork: true }), service(), validating()], { namespaces: ['shop'] });
    assert.equal(ingressOf(made), undefined);
  });
});
