// Waivers of every family over real findings of real controls: what is waived, by whom, until when, and what is said about the waivers.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isKubeObject, objectsIn } from '../../kube/object.ts';
import { fieldLocator, fieldPosition, parseYaml } from '../../kube/yaml/parse.ts';
import { lineStarts } from '../../lib/text.ts';
import { type Resource, resource, type Snapshot, snapshot } from '../../snapshot/snapshot.ts';
import { catalogue, findControl } from '../index.ts';
import { scan } from '../scan.ts';
import { type Applied, applyWaivers } from './apply.ts';
import { waiverControls } from './controls.ts';
import { askedControls } from './enabled.ts';
import { readWaivers } from './read.ts';
import { readExpiry, type Waiver } from './waiver.ts';

const now = Date.UTC(2026, 10, 1);
const controls = ['workload/privileged', 'workload/host-pid', 'workload/privilege-escalation', 'workload/added-capabilities'].map((id) => {
  const control = findControl(id);
  assert.ok(control !== undefined, id);
  return control;
});

function stateOf(texts: Readonly<Record<string, string>>): Snapshot {
  const resources = Object.entries(texts).flatMap(([file, text]) =>
    parseYaml(text, file).documents.flatMap(({ start, end, value }): readonly Resource[] =>
      isKubeObject(value)
        ? objectsIn(value).items.map(({ object, pointer }) =>
            resource(object, { kind: 'file', file, document: start, documentEnd: end, pointer }),
          )
        : [],
    ),
  );
  return snapshot({ resources });
}

function apply(texts: Readonly<Record<string, string>>, waivers: readonly Waiver[] = [], judged?: ReadonlySet<string>): Applied {
  const state = stateOf(texts);
  const locate = ({ origin }: Resource, path: string) => {
    if (origin.kind !== 'file') return undefined;
    const text = texts[origin.file] ?? '';
    const range = fieldLocator(text.slice(origin.document, origin.documentEnd))?.(origin.pointer + path);
    return range === undefined ? undefined : fieldPosition(origin.file, lineStarts(text), origin.document, range);
  };
  const result = scan(state, { controls, now, locate });
  return applyWaivers(result.findings, state, waivers, {
    now,
    texts: new Map(Object.entries(texts)),
    ...(judged === undefined ? {} : { judged }),
  });
}

/** What became of the findings: `privileged app waived: reason`. */
function outcomes({ findings }: Applied): readonly string[] {
  return findings
    .map(({ control, subject, verdict, waived }) => {
      const who = `${control.replace('workload/', '')} ${subject.container ?? subject.name}`;
      const more =
        waived === undefined
          ? ''
          : `: ${waived.reason}${waived.owner === undefined ? '' : ` (${waived.owner})`}${waived.until === undefined ? '' : ` until ${waived.until}`}`;
      return `${who} ${verdict}${more}`;
    })
    .sort();
}

interface PodParts {
  readonly annotations?: readonly string[];
  readonly labels?: readonly string[];
  readonly name?: string;
}

/** A Deployment with two privileged containers in the host's process namespace; nothing else is judged here. */
function workload({ annotations = [], labels = [], name = 'web' }: PodParts = {}): string {
  const map = (key: string, entries: readonly string[], indent: string) =>
    entries.length === 0 ? '' : `${indent}${key}:\n${entries.map((entry) => `${indent}  ${entry}\n`).join('')}`;
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: shop
${map('annotations', annotations, '  ')}spec:
  template:
    metadata:
      labels:
        app: web
${labels.map((label) => `        ${label}\n`).join('')}    spec:
      hostPID: true
      containers:
      - name: app
        securityContext:
          allowPrivilegeEscalation: false
          privileged: true
      - name: side
        securityContext:
          allowPrivilegeEscalation: false
          privileged: true
`;
}
const open = ['host-pid web fail', 'privileged app fail', 'privileged side fail'];

describe('waivers on the object', () => {
  const rows: readonly (readonly [string, PodParts, readonly string[]])[] = [
    ['none', {}, open],
    [
      'ours',
      { annotations: ['cofferdam.dev/waive.workload.privileged: needs the disk'] },
      ['host-pid web fail', 'privileged app waived: needs the disk', 'privileged side waived: needs the disk'],
    ],
    [
      'ours with a day',
      { annotations: ['cofferdam.dev/waive.workload.host-pid: debugging until 2027-01-31'] },
      ['host-pid web waived: debugging until 2027-01-31', 'privileged app fail', 'privileged side fail'],
    ],
    [
      'ours with a foreign name',
      { annotations: ['cofferdam.dev/waive.KSV-0017: known'] },
      ['host-pid web fail', 'privileged app waived: known', 'privileged side waived: known'],
    ],
    [
      'ours past its day',
      { annotations: ['cofferdam.dev/waive.workload.privileged: x until 2026-10-31'] },
      [...open, 'waivers/expired web fail'].sort(),
    ],
    [
      'ours on its last day',
      { annotations: ['cofferdam.dev/waive.workload.host-pid: x until 2026-11-01'] },
      ['host-pid web waived: x until 2026-11-01', 'privileged app fail', 'privileged side fail'],
    ],
    ['ours without a reason', { annotations: ['cofferdam.dev/waive.workload.privileged: ""'] }, open],
    ['ours with a day that there is not', { annotations: ['cofferdam.dev/waive.workload.privileged: x until 2027-02-30'] }, open],
    [
      'ours about a control that passes',
      { annotations: ['cofferdam.dev/waive.workload.added-capabilities: x'] },
      [...open, 'waivers/unused web fail'].sort(),
    ],
    [
      'kubescape',
      {
        annotations: [
          'kubescape.io/skip-controls: "C-0038, C-0057"',
          'kubescape.io/skip-reason: accepted',
          'kubescape.io/skip-expiry: "2026-12-31T23:59:59Z"',
        ],
      },
      [
        'host-pid web waived: accepted until 2026-12-31T23:59:59Z',
        'privileged app waived: accepted until 2026-12-31T23:59:59Z',
        'privileged side waived: accepted until 2026-12-31T23:59:59Z',
      ],
    ],
    [
      'kubescape past its day',
      { annotations: ['kubescape.io/skip-controls: C-0057', 'kubescape.io/skip-expiry: "2026-01-01T00:00:00Z"'] },
      [...open, 'waivers/expired web fail'].sort(),
    ],
    [
      'kubescape with a day that there is not',
      { annotations: ['kubescape.io/skip-controls: C-0057', 'kubescape.io/skip-expiry: soon'] },
      open,
    ],
    [
      'kube-linter',
      { annotations: ['ignore-check.kube-linter.io/privileged-container: a driver'] },
      ['host-pid web fail', 'privileged app waived: a driver', 'privileged side waived: a driver'],
    ],
    [
      'kube-linter, all',
      { annotations: ['kube-linter.io/ignore-all: legacy'] },
      ['host-pid web waived: legacy', 'privileged app waived: legacy', 'privileged side waived: legacy'],
    ],
    [
      'Polaris',
      { annotations: ['polaris.fairwinds.com/hostPIDSet-exempt: "true"'] },
      ['host-pid web waived: no reason given (Polaris)', 'privileged app fail', 'privileged side fail'],
    ],
    [
      'Polaris, all',
      { annotations: ['polaris.fairwinds.com/exempt: "True"'] },
      open.map((text) => text.replace('fail', 'waived: no reason given (Polaris)')),
    ],
    ['Polaris, not true', { annotations: ['polaris.fairwinds.com/exempt: "no"'] }, open],
    [
      'kube-score',
      { annotations: ['kube-score/ignore: pod-probes, container-security-context-privileged'] },
      ['host-pid web fail', 'privileged app waived: no reason given (kube-score)', 'privileged side waived: no reason given (kube-score)'],
    ],
    [
      'Checkov',
      { annotations: ['checkov.io/skip1: CKV_K8S_16=for tests', 'checkov.io/skip2: CKV_K8S_17'] },
      ['host-pid web waived: no reason given (Checkov)', 'privileged app waived: for tests', 'privileged side waived: for tests'],
    ],
    [
      'kubeaudit, one container',
      { labels: ['container.kubeaudit.io/app.allow-privileged: SomeReason'] },
      ['host-pid web fail', 'privileged app waived: SomeReason', 'privileged side fail'],
    ],
    [
      'kubeaudit, the pod',
      { labels: ['kubeaudit.io/allow-privileged: "true"', 'audit.kubernetes.io/pod.allow-namespace-host-PID: ""'] },
      open.map((text) => text.replace('fail', 'waived: no reason given (kubeaudit)')),
    ],
  ];
  for (const [name, parts, expected] of rows) test(name, () => assert.deepEqual(outcomes(apply({ 'f.yaml': workload(parts) })), expected));

  test('kubeaudit allows one capability and no other', () => {
    const text = workload({ labels: ['container.kubeaudit.io/app.allow-capability-sys-time: clock'] })
      .replace('hostPID: true', 'hostPID: false')
      .replaceAll('privileged: true', 'privileged: false')
      .replace(
        '- name: app\n        securityContext:\n',
        '- name: app\n        securityContext:\n          capabilities: {add: [SYS_TIME, MKNOD]}\n',
      );
    assert.deepEqual(outcomes(apply({ 'f.yaml': text })), ['added-capabilities app fail', 'added-capabilities app waived: clock']);
  });

  test('an annotation on the pod template counts', () => {
    const text = workload().replace(
      '      labels:\n',
      '      annotations:\n        ignore-check.kube-linter.io/host-pid: x\n      labels:\n',
    );
    assert.deepEqual(outcomes(apply({ 'f.yaml': text })), ['host-pid web waived: x', 'privileged app fail', 'privileged side fail']);
  });

  test('an annotation on the owner holds for the pods it makes, and for no other', () => {
    const pod = (name: string, owner: string) => `---
apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: shop
  ownerReferences:
  - {apiVersion: apps/v1, kind: ReplicaSet, name: ${owner}, uid: "1", controller: true}
spec:
  hostPID: true
`;
    const text = `${workload({ annotations: ['cofferdam.dev/waive.workload.host-pid: known'] })}---
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: web-1
  namespace: shop
  ownerReferences:
  - {apiVersion: apps/v1, kind: Deployment, name: web, uid: "2", controller: true}
${pod('web-1-a', 'web-1')}${pod('other', 'other-1')}`;
    const states = outcomes(apply({ 'f.yaml': text })).filter((line) => line.startsWith('host-pid'));
    assert.deepEqual(states, ['host-pid other fail', 'host-pid web waived: known', 'host-pid web-1-a waived: known']);
  });

  test('names that no control carries are told, ours as a warning', () => {
    const { problems } = apply({
      'f.yaml': workload({ annotations: ['cofferdam.dev/waive.workload.nonsense: x', 'kube-score/ignore: nonsense'] }),
    });
    assert.deepEqual(
      problems.map(({ code, level }) => [code, level]),
      [
        ['waiver/unused', 'warning'],
        ['waiver/unused', 'note'],
      ],
    );
  });

  test('a waiver of another tool that covers nothing is noted, not a finding', () => {
    const result = apply({
      'f.yaml': workload({
        annotations: ['kube-score/ignore: container-security-context-privileged', 'ignore-check.kube-linter.io/drop-net-raw-capability: x'],
      }),
    });
    assert.ok(!outcomes(result).some((line) => line.startsWith('waivers/')));
    assert.match(result.problems.map(({ message }) => message).join(), /drop-net-raw-capability.*covers no finding/);
  });

  test('a waiver of a control that was not run is not called unused', () => {
    const text = workload({ annotations: ['cofferdam.dev/waive.workload.added-capabilities: x'] });
    assert.deepEqual(outcomes(apply({ 'f.yaml': text }, [], new Set(['workload/privileged', 'workload/host-pid']))), open);
  });
});

describe('waivers in comments', () => {
  const put = (comment: string, before: string) => workload().replace(before, `${/^\s*/.exec(before)?.[0]}${comment}\n${before}`);
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'above the field',
      put('# cofferdam:ignore workload/host-pid debugging', '      hostPID: true'),
      ['host-pid web waived: debugging', 'privileged app fail', 'privileged side fail'],
    ],
    [
      'on the line of the field',
      workload().replace('hostPID: true', 'hostPID: true # cofferdam:ignore workload/host-pid debugging until 2027-01-31'),
      ['host-pid web waived: debugging until 2027-01-31', 'privileged app fail', 'privileged side fail'],
    ],
    [
      'above a container',
      put('# cofferdam:ignore workload/privileged,workload/privilege-escalation driver', '      - name: app').replace(
        'allowPrivilegeEscalation: false',
        'allowPrivilegeEscalation: true',
      ),
      ['host-pid web fail', 'privilege-escalation app waived: driver', 'privileged app waived: driver', 'privileged side fail'],
    ],
    [
      'above the whole object',
      `# cofferdam:ignore workload/privileged driver\n${workload()}`,
      ['host-pid web fail', 'privileged app waived: driver', 'privileged side waived: driver'],
    ],
    [
      'above the separator of the object',
      `# cofferdam:ignore workload/privileged driver\n---\n${workload()}`,
      ['host-pid web fail', 'privileged app waived: driver', 'privileged side waived: driver'],
    ],
    [
      'with other comments between',
      put('# cofferdam:ignore workload/host-pid debugging\n      # since March', '      hostPID: true'),
      ['host-pid web waived: debugging', 'privileged app fail', 'privileged side fail'],
    ],
    [
      'above a field that has nothing to do with it',
      put('# cofferdam:ignore workload/host-pid x', '      labels:'),
      [...open, 'waivers/unused workload/host-pid fail'].sort(),
    ],
    ['without a reason', put('# cofferdam:ignore workload/host-pid', '      hostPID: true'), open],
    [
      'past its day',
      put('# cofferdam:ignore workload/host-pid x until 2026-01-01', '      hostPID: true'),
      [...open, 'waivers/expired workload/host-pid fail'].sort(),
    ],
    [
      'of Trivy',
      put('#trivy:ignore:KSV-0010', '      hostPID: true'),
      ['host-pid web waived: no reason given (Trivy)', 'privileged app fail', 'privileged side fail'],
    ],
    [
      'of Trivy, older spelling and a day',
      put('# trivy:ignore:AVD-KSV-0010:exp:2027-01-01', '      hostPID: true'),
      ['host-pid web waived: no reason given (Trivy) until 2027-01-01', 'privileged app fail', 'privileged side fail'],
    ],
    [
      'of Trivy, two on one line',
      `#trivy:ignore:KSV-0010 #trivy:ignore:KSV-0017\n${workload()}`,
      open.map((text) => text.replace('fail', 'waived: no reason given (Trivy)')),
    ],
    [
      'of Trivy, past its day',
      put('#trivy:ignore:KSV-0010:exp:2026-11-01', '      hostPID: true'),
      [...open, 'waivers/expired KSV-0010 fail'].sort(),
    ],
    [
      'of Trivy, for all',
      put('#trivy:ignore:*', '      - name: side'),
      ['host-pid web fail', 'privileged app fail', 'privileged side waived: no reason given (Trivy)'],
    ],
    [
      'of Checkov, anywhere in the object',
      put('#checkov:skip=CKV_K8S_17:debug host', '      - name: side'),
      ['host-pid web waived: debug host', 'privileged app fail', 'privileged side fail'],
    ],
    [
      'in a value that only looks like a comment',
      workload({ annotations: ['note: |', '  # cofferdam:ignore workload/host-pid x', '  hostPID: true'] }),
      open,
    ],
    ['after a value in quotes', workload({ annotations: ['note: "# cofferdam:ignore workload/host-pid x"'] }), open],
  ];
  for (const [name, text, expected] of rows) test(name, () => assert.deepEqual(outcomes(apply({ 'f.yaml': text })), expected));

  test('a comment of one document says nothing of the next', () => {
    const text = `${put('# cofferdam:ignore workload/host-pid x', '      hostPID: true')}---\n${workload({ name: 'two' })}`;
    assert.deepEqual(
      outcomes(apply({ 'f.yaml': text })).filter((line) => line.startsWith('host-pid')),
      ['host-pid two fail', 'host-pid web waived: x'],
    );
  });

  test('an item of a list is its own object', () => {
    const item = workload().replace(/^/gm, '  ').replace('  apiVersion', '- apiVersion').trimEnd();
    const second = item.replace('name: web', 'name: two');
    const text = `apiVersion: v1\nkind: List\nitems:\n# cofferdam:ignore workload/host-pid x\n${item}\n${second}\n`;
    assert.deepEqual(
      outcomes(apply({ 'f.yaml': text })).filter((line) => line.startsWith('host-pid')),
      ['host-pid two fail', 'host-pid web waived: x'],
    );
  });
});

describe('waivers of files', () => {
  const own = (subject: string, more = '') => `waivers:\n- control: workload/privileged\n  subject: ${subject}\n  reason: driver\n${more}`;
  const waivedBoth = ['host-pid web fail', 'privileged app waived: driver', 'privileged side waived: driver'];
  const rows: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['ours by kind and name', 'w.yaml', own('{kind: Deployment, name: we*, namespace: shop}'), waivedBoth],
    ['ours by another kind', 'w.yaml', own('{kind: DaemonSet}'), open],
    ['ours by labels of the pods', 'w.yaml', own('{labels: {app: web}}'), waivedBoth],
    ['ours by path', 'w.yaml', own('{path: deploy/**}'), waivedBoth],
    ['ours by another path', 'w.yaml', own('{path: deploy/*.json}'), open],
    [
      'ours by container',
      'w.yaml',
      own('{name: web, container: [side, x]}'),
      ['host-pid web fail', 'privileged app fail', 'privileged side waived: driver'],
    ],
    [
      'ours with owner and day',
      'w.yaml',
      own('{name: web}', '  owner: team\n  expires: 2027-01-31\n'),
      [
        'host-pid web fail',
        'privileged app waived: driver (team) until 2027-01-31',
        'privileged side waived: driver (team) until 2027-01-31',
      ],
    ],
    [
      'ours past its day',
      'w.yaml',
      own('{name: web}', '  expires: 2026-01-31\n'),
      [...open, 'waivers/expired workload/privileged fail'].sort(),
    ],
    [
      'ours that covers nothing on an object that is there',
      'w.yaml',
      own('{name: web}').replace('privileged', 'added-capabilities'),
      [...open, 'waivers/unused workload/added-capabilities fail'].sort(),
    ],
    [
      'ours with several controls',
      'w.yaml',
      own('{name: web}').replace('control: workload/privileged', 'controls: [KSV-0017, C-0038]'),
      open.map((text) => text.replace('fail', 'waived: driver')),
    ],
    [
      '.trivyignore',
      '.trivyignore',
      '# comment\nCVE-2024-1234\nKSV017 exp:2027-01-01\n',
      [
        'host-pid web fail',
        'privileged app waived: no reason given (Trivy) until 2027-01-01',
        'privileged side waived: no reason given (Trivy) until 2027-01-01',
      ],
    ],
    ['.trivyignore past its day', '.trivyignore', 'KSV-0017 exp:2026-01-01\n', [...open, 'waivers/expired KSV-0017 fail'].sort()],
    [
      '.trivyignore.yaml',
      '.trivyignore.yaml',
      'vulnerabilities:\n- id: CVE-2024-1\nmisconfigurations:\n- id: KSV-0017\n  paths: ["deploy/*.yaml"]\n  statement: driver\n- id: KSV-0010\n  paths: ["other/**"]\n',
      waivedBoth,
    ],
    [
      '.checkov.baseline',
      '.checkov.baseline',
      JSON.stringify({
        failed_checks: [{ file: '/x.yaml', findings: [{ resource: 'Deployment.shop.web', check_ids: ['CKV_K8S_16', 'CKV_K8S_999'] }] }],
      }),
      [
        'host-pid web fail',
        'privileged app waived: known when the baseline was written',
        'privileged side waived: known when the baseline was written',
      ],
    ],
    [
      '.checkov.baseline, pods of the template',
      '.checkov.baseline',
      JSON.stringify({ failed_checks: [{ file: '/x.yaml', findings: [{ resource: 'Pod.shop.web.app-web', check_ids: ['CKV_K8S_17'] }] }] }),
      ['host-pid web waived: known when the baseline was written', 'privileged app fail', 'privileged side fail'],
    ],
    [
      'exceptions of kubescape',
      'exceptions.json',
      JSON.stringify([
        {
          name: 'ours',
          policyType: 'postureExceptionPolicy',
          actions: ['alertOnly'],
          reason: 'driver',
          resources: [{ designatorType: 'Attributes', attributes: { kind: '.*', namespace: 'sho[op]', name: 'w.*' } }],
          posturePolicies: [{ controlID: 'c-0057' }],
        },
      ]),
      waivedBoth,
    ],
    [
      'exceptions match the whole value',
      'exceptions.json',
      JSON.stringify([
        {
          name: 'ours',
          policyType: 'postureExceptionPolicy',
          resources: [{ attributes: { name: 'we' } }],
          posturePolicies: [{ controlID: 'C-0057' }],
        },
      ]),
      open,
    ],
  ];
  for (const [name, file, text, expected] of rows)
    test(name, async () => {
      const { waivers, problems } = await readWaivers(text, file);
      assert.deepEqual(problems, []);
      assert.deepEqual(outcomes(apply({ 'a/deploy/f.yaml': workload() }, waivers)), expected);
    });

  test('a waiver whose objects are not in the input is noted', async () => {
    const { waivers } = await readWaivers(own('{name: gone}'), 'w.yaml');
    const result = apply({ 'f.yaml': workload() }, waivers);
    assert.deepEqual(outcomes(result), open);
    assert.deepEqual(
      result.problems.map(({ code, level, source }) => [code, level, source?.line]),
      [['waiver/unused', 'note', 2]],
    );
  });

  const invalid: readonly (readonly [string, string, RegExp])[] = [
    ['a misspelt key', own('{name: web}', '  expire: 2027-01-31\n'), /no "expire" in a waiver/],
    ['a misspelt part of the subject', own('{nam: web}'), /no "nam" in a subject/],
    ['no subject', own('{}'), /names no subject/],
    ['no reason', own('{name: web}').replace('driver', '""'), /gives no reason/],
    ['no control', own('{name: web}').replace('workload/privileged', '[]'), /names no control/],
    ['a control that there is not', own('{name: web}').replace('privileged', 'nonsense'), /no control "workload\/nonsense"/],
    ['a day that there is not', own('{name: web}', '  expires: 2027-13-01\n'), /is no day/],
    ['labels of another shape', own('{labels: [a]}'), /labels is a mapping/],
    ['no mapping', 'waivers: [7]\n', /a waiver is a mapping/],
  ];
  for (const [name, text, message] of invalid)
    test(`${name} is told and waives nothing`, async () => {
      const { waivers, problems } = await readWaivers(text, 'w.yaml');
      assert.deepEqual(waivers, []);
      assert.equal(problems[0]?.code, 'waiver/invalid');
      assert.equal(problems[0]?.source?.line, 1 + Number(name !== 'no mapping'));
      assert.match(problems[0]?.message ?? '', message);
    });

  test('patterns that are none and files of no known kind are told', async () => {
    const broken = JSON.stringify([
      { name: 'x', policyType: 'postureExceptionPolicy', resources: [{ attributes: { name: '(' } }], posturePolicies: [] },
    ]);
    assert.match((await readWaivers(broken, 'e.json')).problems[0]?.message ?? '', /no regular expression/);
    assert.match((await readWaivers('a: b\n', 'x.yaml')).problems[0]?.message ?? '', /no waivers of a kind that is known/);
  });

  test('expressions of users take linear time', async () => {
    const evil = JSON.stringify([
      {
        name: 'x',
        policyType: 'postureExceptionPolicy',
        resources: [{ attributes: { name: '(a+)+b' } }],
        posturePolicies: [{ controlID: 'C-0057' }],
      },
    ]);
    const { waivers } = await readWaivers(evil, 'e.json');
    assert.deepEqual(outcomes(apply({ 'f.yaml': workload({ name: 'a'.repeat(3000) }) }, waivers)).length, 3);
  });
});

describe('days', () => {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['2027-01-31', '2027-02-01T00:00:00.000Z'],
    ['2027-01-31T12:00:00Z', '2027-01-31T12:00:00.000Z'],
    ['2027-01-31T12:00:00+02:00', '2027-01-31T10:00:00.000Z'],
    ['2027-01-31T12:00', '2027-01-31T12:00:00.000Z'],
    ['2027-02-29', undefined],
    ['2027-00-01', undefined],
    ['next year', undefined],
    ['31.01.2027', undefined],
  ];
  for (const [text, ends] of rows)
    test(`${text} ${ends === undefined ? 'is none' : `ends at ${ends}`}`, () => {
      const expiry = readExpiry(text);
      assert.equal(expiry === undefined ? undefined : new Date(expiry.ends).toISOString(), ends);
    });
});

test('the controls about waivers are written like all others and collide with none', () => {
  for (const control of waiverControls) {
    assert.ok(!catalogue.some(({ id, evaluate }) => id === control.id && evaluate !== control.evaluate));
    for (const text of [control.title, control.why, control.fix]) assert.ok(text.length > 10);
  }
});

test('kube-score/enable runs a control that is off for the object that asks for it', () => {
  const off = catalogue.find((control) => control.id === 'workload/privileged');
  assert.ok(off !== undefined);
  const asking = workload({ annotations: ['kube-score/enable: container-security-context-privileged'] });
  const state = stateOf({ 'f.yaml': `${asking}---\n${workload({ name: 'two' })}` });
  const asked = askedControls(state, [off]);
  const { findings } = scan(state, { controls: asked, now, locate: () => undefined });
  assert.deepEqual(
    findings.map(({ subject }) => subject.name),
    ['web', 'web'],
  );
  assert.deepEqual(askedControls(state, []), []);
});
