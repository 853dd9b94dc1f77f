// Every format over one hostile result: names that are markup, formulas and escape sequences come out as text, and the same input gives the
// same bytes.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { container, deployment } from '../controls/examples.ts';
import { catalogue } from '../controls/index.ts';
import type { ScanResult } from '../controls/result.ts';
import { scan } from '../controls/scan.ts';
import { loadSchemas } from '../kube/schema/load.ts';
import { problem } from '../lib/problem.ts';
import { newestKnownVersion, resource, snapshot } from '../snapshot/snapshot.ts';
import { cell } from './csv.ts';
import { script, scriptHash } from './html/script.ts';
import { findFormat, formats } from './index.ts';
import { jsonPieces } from './json.ts';

const view = { color: false, width: undefined, version: '0.0.0' };
const payload = '##[add-mask]a[x](https://evil.example)</script><img src=x onerror=alert(1)>"\'`|=1+1\u001b[31m\u202e\n';

function hostile(): ScanResult {
  const object = deployment({
    metadata: { name: payload, namespace: payload },
    pod: { containers: [container({ name: payload, securityContext: { privileged: true } })] },
  });
  const state = snapshot({
    resources: [resource(object, { kind: 'file', file: `${payload}.yaml`, document: 0, documentEnd: 0, pointer: '' })],
    problems: [problem('yaml/syntax', payload, { file: payload, line: 1, column: 1 })],
    coverage: [{ source: payload, state: 'partial', detail: payload }],
  });
  return scan(state, {
    controls: catalogue,
    now: 0,
    locate: (found) => ({ file: found.origin.kind === 'file' ? found.origin.file : '', line: 3, column: 5, endLine: 3, endColumn: 9 }),
  });
}

// Some controls say more where the schemas are there; they are, whatever other tests run beside these.
await loadSchemas(newestKnownVersion);
const result = hostile();

function render(name: string, of: ScanResult = result): string {
  return textOf(findFormat(name)?.render(of, catalogue, view) ?? assert.fail(`no format ${name}`));
}

function textOf(rendered: string | Iterable<string>): string {
  return typeof rendered === 'string' ? rendered : [...rendered].join('');
}

test('the hostile object is found', () => {
  assert.ok(result.findings.length > 0);
});

for (const { name } of formats) {
  test(`${name}: the same input gives the same bytes, and no escape sequence`, () => {
    const text = render(name);
    assert.equal(text, render(name, hostile()));
    assert.ok(!text.includes('\u001b'), 'an escape character reached the output');
  });
}

describe('html', () => {
  test('holds no markup from the input', () => {
    const text = render('html');
    assert.ok(!text.includes('<img'));
    assert.equal(text.split('<script>').length, 2);
    assert.equal(text.split('</script>').length, 2);
  });
  test('its content security policy names its script', () => {
    assert.equal(scriptHash, `sha256-${createHash('sha256').update(script).digest('base64')}`);
  });
  test('says so when there is nothing to report', () => {
    assert.match(render('html', { ...result, findings: [] }), /Nothing to report/);
  });
});

describe('csv', () => {
  for (const [text, expected] of [
    ['=1+1', "'=1+1"],
    ['@sum', "'@sum"],
    ['-2', "'-2"],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['plain', 'plain'],
  ] as const)
    test(`${text} is written ${expected}`, () => assert.equal(cell(text), expected));
});

describe('sarif', () => {
  const log = JSON.parse(render('sarif'));
  const run = log.runs[0];
  const placed = run.results.filter((item: { locations: readonly object[] }) =>
    item.locations.some((place) => 'physicalLocation' in place),
  );
  test('every result names a rule and a fingerprint, and those of files a region', () => {
    assert.equal(placed.length, result.findings.filter((finding) => finding.source !== undefined).length);
    assert.equal(run.results.length, result.findings.length);
    for (const item of run.results) {
      assert.equal(run.tool.driver.rules[item.ruleIndex].id, item.ruleId);
      assert.ok(item.partialFingerprints.primaryLocationLineHash.length > 10);
    }
    for (const item of placed) assert.equal(item.locations[0].physicalLocation.region.startLine, 3);
  });
  test('no name becomes a link or steers a terminal', () => {
    const texts: readonly string[] = [
      ...run.results.map((item: { message: { text: string } }) => item.message.text),
      ...run.invocations[0].toolExecutionNotifications.map((item: { message: { text: string } }) => item.message.text),
    ];
    assert.ok(texts.some((text) => text.includes('evil.example')));
    for (const text of texts) assert.doesNotMatch(text, /[^\\]\]\(|[\u0000-\u001f\u202e]/);
  });
  test('places are valid URIs', () => {
    for (const item of placed) assert.doesNotThrow(() => new URL(item.locations[0].physicalLocation.artifactLocation.uri, 'file:///'));
  });
});

test('junit is well-formed: every opened element is closed', () => {
  const open: string[] = [];
  for (const [, closing, name = '', attributes = ''] of render('junit').matchAll(/<(\/?)([a-z]+)((?:\s+[a-z]+="[^"<]*")*)\s*\/?>/g)) {
    if (closing === '/') assert.equal(open.pop(), name);
    else if (!attributes.endsWith('/') && !render('junit').includes(`<${name}${attributes}/>`)) open.push(name);
  }
  assert.deepEqual(open, []);
});

test('json is the result itself', () => {
  assert.equal(render('json'), `${JSON.stringify(result, null, 2)}\n`);
  assert.equal([...jsonPieces({})].join(''), '{}\n');
});

test('the table cuts lines to the terminal and says how many findings it leaves out', () => {
  const findings = Array.from({ length: 9 }, (_, index) => ({
    ...(result.findings[0] ?? assert.fail()),
    severity: 'high' as const,
    root: String(index),
  }));
  const text = textOf(findFormat('table')?.render({ ...result, findings }, catalogue, { ...view, width: 80 }) ?? '');
  assert.match(text, /4 more/);
});

for (const width of [24, 60, 80, 200])
  test(`in a terminal of ${width} columns no row is longer, and what was found is said`, () => {
    const findings = result.findings.slice(0, 1).map((finding) => ({
      ...finding,
      subject: { ...finding.subject, namespace: 'shop', name: 'storefront' },
      source: { file: 'deploy/overlays/production/shop/storefront.yaml', line: 120, column: 15 },
      detail: 'volume "docker" is a socket',
    }));
    const lines = textOf(findFormat('table')?.render({ ...result, findings }, catalogue, { ...view, width }) ?? '').split('\n');
    const rows = lines.filter((line) => line.startsWith('  '));
    assert.ok(rows.length > 0);
    for (const row of rows) assert.ok(row.length <= width, row);
    assert.match(rows.join(''), /volume "docker"/);
  });

test('no name becomes a command of the runner', () => {
  const lines = render('github').trimEnd().split('\n');
  assert.ok(lines.some((line) => line.includes('add-mask')));
  for (const line of lines) assert.match(line, /^::(?:error|warning|notice) (?!.*##\[)/);
});
