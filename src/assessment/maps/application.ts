// Applications: who comes in by which entry, through which Service, to which workload, and which Services workloads name in their settings.
// A dependency is a Service named in the environment or arguments of a container by its DNS name; other ways of finding one do not show.

import { asString, field } from '../../lib/json.ts';
import { entriesOf } from '../../network/entries.ts';
import { defaultReading, network } from '../../network/network.ts';
import { isOpenOutside, servicesOf } from '../../network/services.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import { ownerOf } from '../../snapshot/owners.ts';
import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import { running } from '../words.ts';
import { type MapPicture, Sketch } from './map.ts';
import { idOf, labelOf } from './words.ts';

export function applicationMap(snapshot: Snapshot): MapPicture {
  const sketch = new Sketch();
  const net = network(snapshot, defaultReading);
  const workload = (resource: Resource) => {
    const top = ownerOf(snapshot, resource) ?? resource;
    return sketch.thing(idOf(top), 'workload', labelOf(top), { notes: [top.kind] });
  };
  const service = (resource: Resource) =>
    sketch.thing(idOf(resource), 'service', labelOf(resource), {
      notes: [`Service ${asString(field(resource.object.spec, 'type')) ?? 'ClusterIP'}`],
    });
  for (const one of servicesOf(net)) {
    const id = service(one.resource);
    if (isOpenOutside(one)) sketch.line(sketch.thing('internet', 'internet', 'outside', { bad: true }), id, one.type);
    for (const { resource } of one.endpoints) sketch.line(id, workload(resource));
  }
  for (const entry of entriesOf(net)) {
    const id = sketch.thing(idOf(entry.resource), 'entry', labelOf(entry.resource), { notes: [entry.resource.kind] });
    sketch.line(sketch.thing('internet', 'internet', 'outside', { bad: true }), id);
    sketch.line(id, service(entry.service.resource));
  }
  const names = new Map(ofKind(snapshot, '', 'Service').map((one) => [`${one.name}.${one.namespace}`, one]));
  for (const resource of running(snapshot)) {
    const id = workload(resource);
    for (const named of namedServices(resource, names)) sketch.line(id, service(named), 'calls');
  }
  return sketch.picture();
}

const mostWords = 64 * 1024;

function namedServices(resource: Resource, names: ReadonlyMap<string, Resource>): readonly Resource[] {
  const texts = resource.pods.flatMap(({ containers }) =>
    containers.flatMap(({ env, args }) => [...env.map(({ spec }) => asString(field(spec, 'value')) ?? ''), ...args]),
  );
  const words = texts
    .join(' ')
    .slice(0, mostWords)
    .split(/[^a-z0-9.-]+/);
  const found = new Set<Resource>();
  for (const word of words) {
    const [name = '', namespace = resource.namespace] = word.split('.');
    const service = names.get(`${name}.${namespace}`) ?? (word.includes('.') ? undefined : names.get(`${word}.${resource.namespace}`));
    if (service !== undefined && service.name.length > 1) found.add(service);
  }
  return [...found];
}
