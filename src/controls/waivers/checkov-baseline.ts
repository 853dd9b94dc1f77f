// Checkov's baseline (`.checkov.baseline`, 3.3): findings that were there when it was written, by resource and check; the file is not compared.
// Checkov calls an object `Kind.namespace.name` and also judges the pods of a template as `Pod.namespace.name…`; a namespace that is not
// written is `default` to it, whatever the kind.

import { asList, asString, field, type Json, strings } from '../../lib/json.ts';
import type { Resource } from '../../snapshot/snapshot.ts';
import type { WaiverFile } from './file.ts';
import { controlIds } from './resolve.ts';
import type { Waiver } from './waiver.ts';

/** Makes waivers of a baseline that was read as JSON. */
export function checkovBaseline(value: Json, file: string): WaiverFile {
  const waivers = asList(field(value, 'failed_checks'))
    .flatMap((item) => asList(field(item, 'findings')))
    .flatMap((finding) => {
      const resource = asString(field(finding, 'resource')) ?? '';
      return strings(field(finding, 'check_ids')).flatMap((name) => waiverOf(resource, name, file));
    });
  return { waivers, problems: [] };
}

function waiverOf(id: string, name: string, file: string): readonly Waiver[] {
  const controls = controlIds(name);
  if (controls.size === 0) return [];
  return [
    {
      family: 'Checkov',
      controls,
      name,
      reason: 'known when the baseline was written',
      by: `${file}, ${id}`,
      source: { file, line: 1, column: 1 },
      means: (resource) => isCalled(id, resource),
    },
  ];
}

function isCalled(id: string, { kind, namespace, name, pods }: Resource): boolean {
  const rest = `.${namespace === '' ? 'default' : namespace}.${name}`;
  return id === kind + rest || (pods.length > 0 && (id === `Pod${rest}` || id.startsWith(`Pod${rest}.`)));
}
