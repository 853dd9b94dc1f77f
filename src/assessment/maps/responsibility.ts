// Who answers: owner → namespace → its findings. Owners are the labels and annotations of namespaces; nobody where there is none.

import type { ScanResult } from '../../controls/result.ts';
import { dig, stringMap } from '../../lib/json.ts';
import { find } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { count, running } from '../words.ts';
import { type MapPicture, Sketch } from './map.ts';

export function responsibilityMap(snapshot: Snapshot, scan: ScanResult): MapPicture {
  const sketch = new Sketch();
  const findings = Map.groupBy(
    scan.findings.filter(({ verdict }) => verdict === 'fail'),
    ({ subject }) => subject.namespace,
  );
  for (const [namespace, own] of Map.groupBy(running(snapshot), (one) => one.namespace)) {
    const object = find(snapshot, '', 'Namespace', '', namespace)?.object;
    const words = { ...stringMap(dig(object, 'metadata', 'annotations')), ...stringMap(dig(object, 'metadata', 'labels')) };
    const [, owner] = Object.entries(words).find(([key]) => /(?:^|[./-])(?:owner|team|contact)$/.test(key)) ?? [];
    const open = findings.get(namespace) ?? [];
    const id = sketch.thing(`namespace/${namespace}`, 'namespace', namespace, { notes: [count(own.length, 'workload')] });
    sketch.line(sketch.thing(`owner/${owner ?? ''}`, 'person', owner ?? 'nobody named', { bad: owner === undefined }), id);
    for (const severity of ['critical', 'high', 'medium', 'low'] as const) {
      const number = open.filter((one) => one.severity === severity).length;
      if (number > 0)
        sketch.line(
          id,
          sketch.thing(`findings/${namespace}/${severity}`, 'findings', `${number} ${severity}`, {
            bad: severity === 'critical' || severity === 'high',
          }),
        );
    }
  }
  return sketch.picture();
}
