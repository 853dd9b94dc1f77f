// Storage: workload → claim → volume → class, with the zone a volume lies in and the backup that covers it. Used for recovery too, where
// zones and nodes come first.

import type { Snapshot } from '../../snapshot/snapshot.ts';
import { backupOf, type Claim, claimsOf, claimsOfWorkload, volumeOf } from '../backups.ts';
import { placement } from '../lose/placed.ts';
import { count, running } from '../words.ts';
import { type MapPicture, Sketch } from './map.ts';
import { idOf, labelOf } from './words.ts';

export function storageMap(snapshot: Snapshot): MapPicture {
  const sketch = new Sketch();
  for (const resource of running(snapshot))
    for (const claim of claimsOfWorkload(snapshot, resource))
      sketch.line(
        sketch.thing(idOf(resource), 'workload', labelOf(resource), { notes: [resource.kind] }),
        drawClaim(sketch, snapshot, claim),
      );
  for (const claim of claimsOf(snapshot)) {
    const id = drawClaim(sketch, snapshot, claim);
    const volume = volumeOf(snapshot, claim);
    const storageClass = sketch.thing(`class/${claim.storageClass ?? ''}`, 'class', claim.storageClass ?? 'default class', {
      notes: ['StorageClass'],
    });
    if (volume === undefined) sketch.line(id, storageClass);
    else {
      const where = [...volume.zones.map((zone) => `zone ${zone}`), ...volume.nodes.map((node) => `node ${node}`)];
      const volumeId = sketch.thing(`volume/${volume.resource.name}`, 'volume', volume.resource.name, {
        notes: where.length === 0 ? ['reached from anywhere'] : where,
      });
      sketch.line(id, volumeId);
      sketch.line(volumeId, storageClass);
    }
  }
  return sketch.picture();
}

export function recoveryMap(snapshot: Snapshot): MapPicture {
  const sketch = new Sketch();
  const { byWorkload, zones } = placement(snapshot);
  for (const resource of running(snapshot)) {
    const pods = byWorkload.get(resource) ?? [];
    const domains = Map.groupBy(pods, ({ node }) => zones.get(node) ?? node);
    const single = domains.size === 1;
    const id = sketch.thing(idOf(resource), 'workload', labelOf(resource), {
      notes: [resource.kind, ...(pods.length === 0 ? [] : [`${count(pods.length, 'pod')} in ${count(domains.size, 'failure domain')}`])],
      bad: single,
    });
    for (const [domain, own] of domains)
      sketch.line(
        sketch.thing(`domain/${domain}`, 'zone', domain, { notes: [zones.has(own[0]?.node ?? '') ? 'zone' : 'node'] }),
        id,
        count(own.length, 'pod'),
      );
    for (const claim of claimsOfWorkload(snapshot, resource)) {
      const claimId = drawClaim(sketch, snapshot, claim);
      sketch.line(id, claimId);
      const backup = backupOf(snapshot, claim);
      if (backup !== undefined) sketch.line(claimId, sketch.thing(`backup/${backup}`, 'backup', backup));
    }
  }
  return sketch.picture();
}

function drawClaim(sketch: Sketch, snapshot: Snapshot, claim: Claim): string {
  const backup = backupOf(snapshot, claim);
  return sketch.thing(`claim/${claim.namespace}/${claim.name}`, 'claim', `${claim.namespace}/${claim.name}`, {
    notes: [claim.modes.join(', ') || 'claim', backup ?? 'no backup seen'],
    bad: backup === undefined,
  });
}
