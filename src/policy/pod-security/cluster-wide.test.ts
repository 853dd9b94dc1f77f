import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../lib/json.ts';
import { type AdmissionRequest, admissionRequest } from '../admission-request.ts';
import { clusterWidePodSecurity } from './cluster-wide.ts';

const container = { name: 'app', image: 'app:1', securityContext: { privileged: true } };
const podOf = (more: object = {}, labels: object = {}): Json => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', labels: labels as Json },
  spec: { containers: [{ ...container, ...more }] },
});
const templateOf = (more: object = {}): Json => ({
  apiVersion: 'v1',
  kind: 'PodTemplate',
  metadata: { name: 'web' },
  template: { spec: { containers: [{ ...container, ...more }] } },
});

function asked(object: Json, oldObject: Json, resource: string, subResource = ''): AdmissionRequest {
  return admissionRequest(
    {
      operation: oldObject === null ? 'CREATE' : 'UPDATE',
      kind: { group: '', version: 'v1', kind: resource === 'pods' ? 'Pod' : 'PodTemplate' },
      resource: { group: '', version: 'v1', resource },
      subResource,
      name: 'web',
      namespace: 'shop',
      object,
      oldObject,
      userInfo: {},
      dryRun: false,
    },
    {},
  );
}

const rows: readonly (readonly [says: string, request: AdmissionRequest, enforcement: readonly string[]])[] = [
  ['a pod is refused', asked(podOf(), null, 'pods'), ['deny']],
  ['a pod that gets a label is left alone', asked(podOf({}, { tier: 'web' }), podOf(), 'pods'), []],
  ['a pod whose resources are resized is left alone', asked(podOf({ resources: {} }), podOf(), 'pods', 'resize'), []],
  ['a pod that gets another image is judged again', asked(podOf({ image: 'app:2' }), podOf(), 'pods'), ['deny']],
  ['the status of a pod is left alone', asked(podOf({ image: 'app:2' }), podOf(), 'pods', 'status'), []],
  ['a template is warned about', asked(templateOf(), null, 'podtemplates'), ['warn']],
  ['a template that changes is warned about', asked(templateOf(), templateOf({ image: 'app:0' }), 'podtemplates'), ['warn']],
];

for (const [says, request, enforcement] of rows)
  test(says, () => {
    const { outcomes } = clusterWidePodSecurity('baseline', 'Fail').evaluate(request);
    assert.deepEqual(
      outcomes.flatMap((one) => ('enforcement' in one ? one.enforcement : [])),
      enforcement,
    );
  });
