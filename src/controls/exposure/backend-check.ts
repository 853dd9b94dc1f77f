// Judges a reference to a Service: the Service must be there, and have the port.

import { asList, dig, field, textOf } from '../../lib/json.ts';
import { find } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { fail, type Outcome } from '../control.ts';
import type { Backend } from './backends.ts';

/** A failure where the backend's Service, or its port, is missing. */
export function missingBackend(snapshot: Snapshot, { namespace, service, port, path, portPath }: Backend): readonly Outcome[] {
  const target = find(snapshot, '', 'Service', namespace, service);
  if (target === undefined) return [fail(path, 'no-service', `there is no Service "${service}" in namespace "${namespace}"`)];
  const ports = asList(dig(target.object, 'spec', 'ports'));
  if (port === undefined || ports.length === 0) return [];
  const known = ports.some(
    (entry) => field(entry, 'name') === port || field(entry, 'port') === port || textOf(field(entry, 'port')) === port,
  );
  return known
    ? []
    : [
        fail(portPath, 'no-port', `Service "${service}" has no port ${port}`, {
          evidence: [{ resource: target, path: '/spec/ports', note: 'its ports' }],
        }),
      ];
}
