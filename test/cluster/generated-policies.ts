// Admission policies made out of pieces, for servers to be compared by: conditions, variables, parameters that are there or not, messages,
// annotations, mutations of both kinds, what fails and what costs too much. Equal seeds give equal policies. Each policy selects the objects of
// its own label, so that many stand side by side.

import type { Json, JsonObject } from '../../src/lib/json.ts';

export interface Generated {
  /** The value of the label `policy` that its objects have. */
  readonly label: string;
  readonly kind: 'Validating' | 'Mutating';
  readonly policy: JsonObject;
  readonly bindings: readonly JsonObject[];
}

/** Choices by a seed. */
export interface Dice {
  readonly below: (limit: number) => number;
  readonly one: <T>(of: readonly T[]) => T;
  readonly chance: (percent: number) => boolean;
  readonly some: <T>(of: readonly T[], most: number) => readonly T[];
}

export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  const one = <T>(of: readonly T[]): T => of[below(of.length)] as T;
  return {
    below,
    one,
    chance: (percent) => below(100) < percent,
    some: (of, most) => Array.from({ length: below(most + 1) }, () => one(of)),
  };
}

const long = (depth: number): string =>
  depth === 0 ? 'true' : `[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20].all(x${depth}, ${long(depth - 1)})`;

/** True, false, failing, and dear. */
const tests: readonly string[] = [
  'true',
  'false',
  'has(object.metadata.labels)',
  "object != null && object.metadata.name.startsWith('a')",
  "request.operation == 'CREATE'",
  "request.operation != 'DELETE'",
  "request.kind.kind == 'ConfigMap'",
  'oldObject == null || object == null || oldObject.metadata.name == object.metadata.name',
  "object.data.size == '1'",
  "has(object.data) && object.data.exists(k, k == 'size')",
  "object.metadata.labels['none'] == 'x'",
  "object.metadata.labels.exists_one(k, k == 'policy')",
  'size(object.metadata.?labels.orValue({})) > 1',
  'namespaceObject.metadata.name == request.namespace',
  "namespaceObject.metadata.labels['kubernetes.io/metadata.name'] != ''",
  "authorizer.group('').resource('pods').namespace('default').check('get').allowed()",
  "authorizer.requestResource.check('delete').reason() == ''",
  "request.userInfo.groups.exists(g, g == 'system:masters')",
  '1 / (size(object.metadata.name) - size(object.metadata.name)) == 1',
  'int(object.data.size) < 5',
  "object.data.size.matches('^[0-9]+$')",
  'object.spec.replicas <= 3',
  "object.spec.template.spec.containers.all(c, c.image.contains(':'))",
  'dyn(object).spec.size > 2',
  "quantity('1Gi').isGreaterThan(quantity('500Mi'))",
  "url('https://a.b/c').getHost() == 'a.b'",
  "isIP('1.2.3.4') && ip('1.2.3.4').family() == 4",
  "semver('1.2.3').major() == 1",
  'format.dns1123Label().validate(object.metadata.name) == optional.none()',
  "object.metadata.name.split('-').size() > 1",
  "[1, 2, 3].sum() == 6 && ['b', 'a'].isSorted()",
  'request.dryRun == false',
  'has(request.options)',
  "request.requestKind.version == 'v1'",
  long(3),
  long(6),
];

/** The same where parameters and variables may be used. */
const withParams: readonly string[] = [
  "params.data.max == '3'",
  'int(params.data.max) > 1',
  'params != null && has(params.data)',
  'params == null',
  'params.metadata.name != object.metadata.name',
  "params.metadata.labels['set'] == 'a'",
];
const variables: readonly (readonly [name: string, expression: string])[] = [
  ['labels', 'object.metadata.?labels.orValue({})'],
  ['name', 'object.metadata.name'],
  ['broken', 'object.metadata.annotations["none"]'],
  ['operation', "request.operation + '!'"],
  ['long', long(4)],
  ['number', '1 + 2'],
  ['list', "['a', 'b'].map(x, x + 'c')"],
  ['map', "{'a': 1}"],
];
const ofVariables: readonly string[] = [
  "variables.labels['policy'] != ''",
  'variables.name.size() < 4',
  "variables.broken == 'x'",
  "variables.operation == 'CREATE!' || variables.broken == 'x'",
  'variables.long && variables.long',
  'variables.number == 3',
  "variables.list.exists(x, x == 'ac')",
  'variables.map.a == 1',
];
const messages: readonly string[] = [
  "'the name is ' + object.metadata.name",
  "''",
  "'  '",
  "'line\\nbreak'",
  "object.metadata.annotations['none']",
  "string(size(object.metadata.name)) + ' characters'",
  "'x'.replace('x', 'y') + request.operation",
  "['a','b'].join('/')",
];
const annotations: readonly string[] = ["'seen'", 'object.metadata.name', 'null', "object.metadata.annotations['none']", "''"];
const operations: readonly Json[] = [['CREATE'], ['UPDATE'], ['CREATE', 'UPDATE'], ['*'], ['DELETE'], ['CREATE', 'DELETE', 'UPDATE']];

const applied: readonly string[] = [
  "Object{metadata: Object.metadata{labels: {'by': 'policy'}}}",
  "Object{metadata: Object.metadata{annotations: {'name': object.metadata.name}}}",
  "Object{metadata: Object.metadata{labels: {'count': string(int(object.metadata.?labels['count'].orValue('0')) + 1)}}}",
  "has(object.data) ? Object{metadata: Object.metadata{labels: {'data': 'yes'}}} : Object{}",
  'Object{}',
  "Object{metadata: Object.metadata{finalizers: ['a.example/b']}}",
  "Object{metadata: Object.metadata{name: 'other'}}",
  "Object{metadata: Object.metadata{labels: {'a b': 'c'}}}",
  "Object{metadata: Object.metadata{annotations: {'x': object.metadata.annotations['none']}}}",
];
const ofKind: Readonly<Record<string, readonly string[]>> = {
  configmaps: ["Object{data: {'added': 'yes'}}", "Object{data: {'size': object.data.size + '0'}}", 'Object{immutable: true}'],
  deployments: [
    'Object{spec: Object.spec{replicas: object.spec.replicas + 1}}',
    "Object{spec: Object.spec{template: Object.spec.template{metadata: Object.spec.template.metadata{labels: {'t': 'u'}}}}}",
    "Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{containers: [Object.spec.template.spec.containers.item{name: 'c', image: 'other:2'}]}}}}",
  ],
  widgets: ['Object{spec: Object.spec{size: 7}}', "Object{spec: Object.spec{color: 'red'}}", 'Object{spec: Object.spec{size: -1}}'],
};
const patches: readonly string[] = [
  "[JSONPatch{op: 'add', path: '/metadata/labels/patched', value: 'yes'}]",
  "[JSONPatch{op: 'add', path: '/metadata/annotations', value: {'p': 'q'}}]",
  "[JSONPatch{op: 'remove', path: '/metadata/labels/none'}]",
  "[JSONPatch{op: 'test', path: '/metadata/labels/policy', value: 'x'}, JSONPatch{op: 'add', path: '/metadata/labels/tested', value: 'x'}]",
  "[JSONPatch{op: 'replace', path: '/metadata/labels/' + jsonpatch.escapeKey('a/b'), value: 'c'}]",
  "[JSONPatch{op: 'copy', from: '/metadata/labels/policy', path: '/metadata/labels/copied'}]",
  "[JSONPatch{op: 'move', from: '/metadata/labels/policy', path: '/metadata/labels/moved'}]",
  "object.metadata.name.startsWith('a') ? [JSONPatch{op: 'add', path: '/metadata/labels/a', value: 'a'}] : []",
  "[JSONPatch{op: 'add', path: '/metadata/labels/number', value: 1}]",
  "[JSONPatch{op: 'add', path: '/spec/unknown', value: {'a': 1}}]",
  "[JSONPatch{op: 'add', path: '/metadata/labels', value: Object.metadata{labels: {'z': 'z'}}.labels}]",
  "[JSONPatch{op: 'replace', path: '/kind', value: 'Secret'}]",
  '[]',
  "[JSONPatch{op: 'zap', path: '/x'}]",
  `[JSONPatch{op: 'add', path: '/metadata/labels/long', value: string(${long(3)})}]`,
];

const api = 'admissionregistration.k8s.io/v1';

/** The resources that policies are about, with the groups they are in. */
export const resources: Readonly<Record<string, string>> = { configmaps: '', deployments: 'apps', widgets: 'policies.example' };

export function generatedPolicy(seed: number, namespace: string, only?: 'Validating' | 'Mutating'): Generated {
  const roll = dice(seed);
  const label = `p${seed}`;
  const kind = only ?? roll.one(['Validating', 'Mutating'] as const);
  const about = roll.one(Object.keys(resources));
  const usesParams = roll.chance(40);
  const known = roll.some(variables, 3).filter(([name], index, all) => all.findIndex(([other]) => other === name) === index);
  const usable = ofVariables.filter((expression) =>
    [...expression.matchAll(/variables\.([a-z]+)/g)].every(([, name]) => known.some(([own]) => own === name)),
  );
  const test = () => roll.one([...tests, ...usable, ...usable, ...(usesParams ? [...withParams, ...withParams] : [])]);
  const conditions = roll.chance(50)
    ? roll.some(
        tests.filter((each) => each !== long(6)),
        3,
      )
    : [];
  const spec: Record<string, Json> = {
    matchConstraints: {
      resourceRules: [
        {
          apiGroups: [resources[about] ?? ''],
          apiVersions: ['v1'],
          operations: kind === 'Mutating' ? ['CREATE', 'UPDATE'] : roll.one(operations),
          resources: [about],
        },
      ],
      objectSelector: { matchLabels: { policy: label } },
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    },
    ...(roll.chance(50) ? { failurePolicy: roll.one(['Fail', 'Ignore']) } : {}),
    ...(usesParams ? { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } } : {}),
    ...(conditions.length === 0 ? {} : { matchConditions: conditions.map((expression, index) => ({ name: `m${index}`, expression })) }),
    ...(known.length === 0 ? {} : { variables: known.map(([name, expression]) => ({ name, expression })) }),
  };
  if (kind === 'Validating') {
    const validations = Array.from({ length: 1 + roll.below(3) }, () => ({
      expression: test(),
      ...(roll.chance(40) ? { message: roll.one(['no', 'because of the name']) } : {}),
      ...(roll.chance(40) ? { messageExpression: roll.one(messages) } : {}),
      ...(roll.chance(40) ? { reason: roll.one(['Invalid', 'Forbidden', 'Unauthorized', 'RequestEntityTooLarge']) } : {}),
    }));
    spec.validations = validations;
    const audited = roll.chance(40) ? [...new Set(roll.some(annotations, 2))] : [];
    if (audited.length > 0) spec.auditAnnotations = audited.map((valueExpression, index) => ({ key: `k${index}`, valueExpression }));
  } else {
    spec.reinvocationPolicy = roll.one(['Never', 'IfNeeded']);
    spec.mutations = Array.from({ length: 1 + roll.below(3) }, (): Json => {
      if (roll.chance(50)) return { patchType: 'JSONPatch', jsonPatch: { expression: roll.one(patches) } };
      return { patchType: 'ApplyConfiguration', applyConfiguration: { expression: roll.one([...applied, ...(ofKind[about] ?? [])]) } };
    });
  }
  const isTwo = roll.chance(20);
  const chosen = (index: number): Json =>
    index === 0 ? { matchLabels: { extra: 'yes' } } : { matchExpressions: [{ key: 'extra', operator: 'DoesNotExist' }] };
  const binding = (index: number): JsonObject => ({
    apiVersion: api,
    kind: `${kind}AdmissionPolicyBinding`,
    metadata: { name: `${label}-${index}` },
    spec: {
      policyName: label,
      ...(kind === 'Validating'
        ? { validationActions: roll.one([['Deny'], ['Warn'], ['Audit'], ['Deny', 'Audit'], ['Warn', 'Audit']]) }
        : {}),
      ...(usesParams ? { paramRef: paramRef(roll, namespace) } : {}),
      // Two bindings never apply to one object: the real server takes them in the order of a map.
      ...(isTwo || roll.chance(15) ? { matchResources: { objectSelector: chosen(index) } } : {}),
    },
  });
  return {
    label,
    kind,
    policy: { apiVersion: api, kind: `${kind}AdmissionPolicy`, metadata: { name: label }, spec },
    bindings: Array.from({ length: isTwo ? 2 : 1 }, (_, index) => binding(index)),
  };
}

function paramRef(roll: Dice, namespace: string): JsonObject {
  const which: JsonObject = roll.chance(50)
    ? { name: roll.one(['p1', 'p2', 'none']) }
    : {
        selector: roll.one<Json>([
          { matchLabels: { set: 'a' } },
          { matchLabels: { set: 'b' } },
          { matchLabels: { set: 'none' } },
          { matchExpressions: [{ key: 'set', operator: 'Exists' }] },
          {
            matchExpressions: [
              { key: 'set', operator: 'NotIn', values: ['a'] },
              { key: 'set', operator: 'Exists' },
            ],
          },
        ]),
      };
  return { ...which, ...(roll.chance(70) ? { namespace } : {}), parameterNotFoundAction: roll.one(['Allow', 'Deny']) };
}

/** A policy of each kind, by which one sees that policies are heeded: widgets of the label `probe` are coloured, those of `denied` refused. */
export function probes(namespace: string): readonly { readonly path: string; readonly body: JsonObject }[] {
  const metadata = { name: 'probe' };
  const matching = (label: string): JsonObject => ({
    resourceRules: [{ apiGroups: ['policies.example'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['widgets'] }],
    objectSelector: { matchLabels: { policy: label } },
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
  });
  const mutation = { patchType: 'ApplyConfiguration', applyConfiguration: { expression: "Object{spec: Object.spec{color: 'known'}}" } };
  const specs: readonly (readonly [path: string, kind: string, spec: JsonObject])[] = [
    [
      'mutatingadmissionpolicies',
      'MutatingAdmissionPolicy',
      { matchConstraints: matching('probe'), reinvocationPolicy: 'Never', mutations: [mutation] },
    ],
    ['mutatingadmissionpolicybindings', 'MutatingAdmissionPolicyBinding', { policyName: 'probe' }],
    [
      'validatingadmissionpolicies',
      'ValidatingAdmissionPolicy',
      { matchConstraints: matching('denied'), validations: [{ expression: 'false' }] },
    ],
    ['validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding', { policyName: 'probe', validationActions: ['Deny'] }],
  ];
  return specs.map(([path, kind, spec]) => ({ path, body: { apiVersion: api, kind, metadata, spec } }));
}

/** Objects that the policies read their parameters from. */
export const parameters: readonly JsonObject[] = [
  { metadata: { name: 'p1', labels: { set: 'a' } }, data: { max: '3' } },
  { metadata: { name: 'p2', labels: { set: 'a' } }, data: { max: 'many' } },
  { metadata: { name: 'p3', labels: { set: 'b' } } },
].map((object) => ({ apiVersion: 'v1', kind: 'ConfigMap', ...object }));

/** An object that a policy is about. */
export function subject(resource: string, name: string, label: string, more: JsonObject): JsonObject {
  const metadata = { name, labels: { policy: label, 'a/b': 'x', ...more } };
  switch (resource) {
    case 'configmaps':
      return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { size: '1', other: 'x' } };
    case 'deployments':
      return {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata,
        spec: {
          replicas: 2,
          selector: { matchLabels: { a: 'b' } },
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } },
        },
      };
    default:
      return { apiVersion: 'policies.example/v1', kind: 'Widget', metadata, spec: { size: 3 } };
  }
}

/** The custom kind among them. */
export const widgets: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.policies.example' },
  spec: {
    group: 'policies.example',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget', singular: 'widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { size: { type: 'integer', minimum: 0 }, color: { type: 'string' } } } },
          },
        },
      },
    ],
  },
};
