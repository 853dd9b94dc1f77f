// What Go's decoder says of values of the wrong type, as rows: the value of a pod, and the message.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSchemas } from '../../kube/schema/load.ts';
import type { Json } from '../../lib/json.ts';
import { heldAgainst } from './typed.ts';

const release = await loadSchemas('1.36');
const rows: readonly (readonly [spec: Json, message: string | undefined])[] = [
  [{ containers: {} }, 'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container'],
  [{ restartPolicy: 1 }, 'json: cannot unmarshal number into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy'],
  [
    { volumes: [{ name: 'a', fc: { lun: 'x' } }] },
    'json: cannot unmarshal string into Go struct field FCVolumeSource.spec.volumes.VolumeSource.fc.lun of type int32',
  ],
  [
    { containers: [{ resources: { limits: { cpu: 'lots' } } }] },
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ],
  [{ activeDeadlineSeconds: 2 ** 40 }, undefined],
  [{ terminationGracePeriodSeconds: null }, undefined],
];
for (const [spec, message] of rows)
  test(`${JSON.stringify(spec)}: ${message ?? 'fits'}`, () => {
    const schema = release?.schemaOf('v1', 'Pod');
    assert.ok(schema !== undefined);
    assert.equal(heldAgainst({ apiVersion: 'v1', kind: 'Pod', spec }, schema).error, message);
  });
