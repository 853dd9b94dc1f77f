import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json } from '../../lib/json.ts';
import { goDump } from './dump.ts';
import { podTemplateHash, revisionHash, revisionName, templatePatch } from './hash.ts';
import releases from './releases.json' with { type: 'json' };

const podSpec = {
  containers: [
    {
      name: 'web',
      image: 'registry.example/web:1',
      imagePullPolicy: 'IfNotPresent',
      resources: {},
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
    },
  ],
  dnsPolicy: 'ClusterFirst',
  restartPolicy: 'Always',
  schedulerName: 'default-scheduler',
  securityContext: {},
  terminationGracePeriodSeconds: 30,
};
const template = (app: string) => ({ metadata: { labels: { app } }, spec: podSpec });

test('hashes are those that kube-controller-manager 1.36.3 gave', () => {
  assert.equal(podTemplateHash(template('web')), '657c9d4c5');
  assert.equal(podTemplateHash(template('ds')), '7d9dd5fd84');
  assert.equal(revisionName('db', revisionHash(templatePatch({ spec: { template: template('db') } }))), 'db-7db6966c96');
});

/** Hashes that Go gave with the structs of each release (k8s.io/api and k8s.io/utils/dump of it), of stored templates. */
for (const [index, { template: stored, hashes }] of releases.entries())
  for (const [minor, hash] of Object.entries(hashes))
    test(`the hash of template ${index + 1} in ${minor}`, () => assert.equal(podTemplateHash(stored as Json, undefined, minor), hash));

test('of releases whose structs are not known no hash is known', () =>
  assert.equal(podTemplateHash(template('web'), undefined, '1.31'), undefined));

test('another count of collisions is another hash', () => {
  const hashes = [undefined, 0, 1, 256].map((collisions) => podTemplateHash(template('web'), collisions));
  assert.equal(new Set(hashes).size, 4);
});

describe('a dump shows', () => {
  for (const [what, type, value, dump] of [
    ['what is not there', 'v1.HTTPHeader', {}, '(v1.HTTPHeader){Name:(string) Value:(string)}'],
    ['pointers by what they point to', '*int64', 30, '(*int64)30'],
    ['pointers that point nowhere', '*int64', null, '(*int64)<nil>'],
    ['lists without the types of their items', '[]v1.Capability', ['A', 'B'], '([]v1.Capability)[A B]'],
    ['empty lists as none', '[]string', [], '([]string)<nil>'],
    [
      'keys of maps in the order of their bytes',
      'map[string]string',
      { '\uffee': '2', '😀': '3', a: '1' },
      '(map[string]string)map[a:1 \uffee:2 😀:3]',
    ],
    ['ports by number', 'intstr.IntOrString', 80, '(intstr.IntOrString){Type:(intstr.Type)0 IntVal:(int32)80 StrVal:(string)}'],
    ['ports by name', 'intstr.IntOrString', 'web', '(intstr.IntOrString){Type:(intstr.Type)1 IntVal:(int32)0 StrVal:(string)web}'],
    [
      'amounts whose text is kept',
      'v1.ResourceList',
      { cpu: '100m' },
      '(v1.ResourceList)map[cpu:{i:(resource.int64Amount){value:(int64)100 scale:(resource.Scale)-3} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)100m Format:(resource.Format)DecimalSI}]',
    ],
    [
      'amounts of more than 64 bits',
      'resource.Quantity',
      '1Pi',
      '(resource.Quantity){i:(resource.int64Amount){value:(int64)0 scale:(resource.Scale)0} d:(resource.infDecAmount){Dec:(*inf.Dec){unscaled:(big.Int){neg:(bool)false abs:(big.nat)[2882303761517117440 61035]} scale:(inf.Scale)9}} s:(string) Format:(resource.Format)BinarySI}',
    ],
  ] as const)
    test(what, () => assert.equal(goDump(type, value), dump));
});

describe('nothing is said of', () => {
  for (const [what, value] of [
    ['templates that bear a time', { ...template('a'), metadata: { creationTimestamp: '2026-01-01T00:00:00Z' } }],
    ['templates with managed fields', { ...template('a'), metadata: { managedFields: [{ manager: 'a' }] } }],
    ['a list where an object should be', { metadata: [], spec: podSpec }],
    ['a number that no program can hold', { metadata: {}, spec: { ...podSpec, activeDeadlineSeconds: 2 ** 60 } }],
  ] as const)
    test(what, () => assert.equal(podTemplateHash(value), undefined));
});
