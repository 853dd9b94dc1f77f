// What we write validates against the published schemas, where those lie beside the project: SARIF 2.1.0 and PolicyReport v1alpha2.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { catalogue } from '../src/controls/index.ts';
import { scan } from '../src/controls/scan.ts';
import { violationsOf } from '../src/kube/schema/custom.ts';
import { customKind } from '../src/kube/schema/structural.ts';
import { parseYaml } from '../src/kube/yaml/parse.ts';
import type { Json } from '../src/lib/json.ts';
import { findFormat } from '../src/report/index.ts';
import { snapshot } from '../src/snapshot/snapshot.ts';
import { load } from '../src/sources/load.ts';
import { positions } from '../src/sources/positions.ts';

const schemas = join(import.meta.dirname, '..', '..', 'shared', 'data', 'schemas');
const skip = existsSync(schemas) ? false : 'the published schemas are not beside this checkout';

async function rendered(format: string): Promise<string> {
  const loaded = await load([join(import.meta.dirname, '..', 'examples', 'shop')], { render: 'never' });
  const result = scan(snapshot(loaded), { controls: catalogue, now: 0, locate: positions(loaded.texts) });
  const text = findFormat(format)?.render(result, catalogue, { color: false, width: undefined, version: '0.1.0' }) ?? '';
  return typeof text === 'string' ? text : [...text].join('');
}

test('SARIF', { skip }, async () => {
  // The schema is written in draft-04; what it uses of that draft means the same in draft-07 but for the name of its own id.
  const { $schema: _draft, id: _id, ...schema } = JSON.parse(readFileSync(join(schemas, 'sarif-2.1.0.schema.json'), 'utf8'));
  const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
  validate(JSON.parse(await rendered('sarif')));
  assert.deepEqual(validate.errors ?? [], []);
});

test('PolicyReport', { skip }, async () => {
  const { documents } = parseYaml(await rendered('policyreport'), 'report.yaml');
  assert.ok(documents.length > 0);
  for (const [kind, file] of [
    ['PolicyReport', 'policyreports.wgpolicyk8s.io.crd.yaml'],
    ['ClusterPolicyReport', 'clusterpolicyreports.wgpolicyk8s.io.crd.yaml'],
  ]) {
    const definition = parseYaml(readFileSync(join(schemas, file ?? ''), 'utf8'), file ?? '').documents[0]?.value;
    const version = customKind(definition ?? null)?.versions.find(({ name }) => name === 'v1alpha2');
    assert.ok(version?.schema !== undefined, file);
    for (const { value } of documents) if (isKind(value, kind)) assert.deepEqual(violationsOf(value as Json, version.schema), []);
  }
});

function isKind(value: Json | undefined, kind: string | undefined): boolean {
  return typeof value === 'object' && value !== null && Reflect.get(value, 'kind') === kind;
}
