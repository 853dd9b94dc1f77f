import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSchemas } from '../../kube/schema/load.ts';
import { asList, dig, field } from '../../lib/json.ts';
import { apiServer } from '../server.ts';
import { loadPublished } from './published.ts';
import { publishedFor } from './published-for.ts';

async function served(minor: string) {
  const release = await loadSchemas(minor);
  if (release === undefined) throw new Error(`no data of ${minor}`);
  const published = publishedFor(await loadPublished(), apiServer(release));
  const versions = published.groups.flatMap((group) =>
    asList(field(group, 'versions')).map((each) => `${String(dig(group, 'metadata', 'name'))}/${String(field(each, 'version'))}`),
  );
  return { published, versions };
}

const rows: readonly (readonly [what: string, minor: string, version: string, is: boolean])[] = [
  ['1.36 has flow control in a stable version', '1.36', 'flowcontrol.apiserver.k8s.io/v1', true],
  ['1.25 has autoscaling/v2', '1.25', 'autoscaling/v2', true],
  ['1.25 had flow control in beta, which was on', '1.25', 'flowcontrol.apiserver.k8s.io/v1beta2', true],
  ['1.25 had flow control in no stable version', '1.25', 'flowcontrol.apiserver.k8s.io/v1', false],
  ['1.34 has no beta of flow control any more', '1.34', 'flowcontrol.apiserver.k8s.io/v1beta3', false],
  ['1.33 has devices in beta, which is off', '1.33', 'resource.k8s.io/v1beta1', false],
  ['1.34 has devices', '1.34', 'resource.k8s.io/v1', true],
];
for (const [what, minor, version, is] of rows)
  test(what, async () => {
    const { published, versions } = await served(minor);
    assert.equal(versions.includes(version), is);
    assert.equal(published.paths.includes(`/apis/${version}`), is);
    assert.equal(published.version.minor, minor.split('.')[1]);
  });

test('1.36 is served as it was asked of a real server', async () => {
  const { published } = await served('1.36');
  assert.equal(published, await loadPublished());
});

test('resources of a version that is no more have the columns of the one that is', async () => {
  const { published } = await served('1.25');
  const names = published.columns.get('flowcontrol.apiserver.k8s.io/v1beta2/flowschemas')?.map(({ name }) => name);
  assert.ok(names?.includes('PriorityLevel'));
});
