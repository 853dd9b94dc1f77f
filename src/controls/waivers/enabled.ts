// Controls that are off unless asked for, asked for by one object: kube-score's `kube-score/enable` annotation (1.20) on the object or on its
// pod template. What `kube-score/ignore` names on the same object stays ignored.

import type { Resource, Snapshot } from '../../snapshot/snapshot.ts';
import type { Control } from '../control.ts';
import { annotationsOf } from './annotations.ts';
import { controlIds } from './resolve.ts';

const annotation = 'kube-score/enable';

/** Those of the controls that are `off` which some object asks for, made to look at these objects only. */
export function askedControls(snapshot: Snapshot, off: readonly Control[]): readonly Control[] {
  const asking = new Map<string, Set<Resource>>();
  for (const resource of snapshot.resources) {
    if (resource.kind === 'CustomResourceDefinition') continue;
    for (const { annotations } of annotationsOf(resource)) {
      const value = annotations[annotation];
      if (typeof value !== 'string') continue;
      for (const name of value.split(',')) for (const id of controlIds(name)) asking.set(id, (asking.get(id) ?? new Set()).add(resource));
    }
  }
  return off.flatMap((control) => {
    const objects = asking.get(control.id);
    return objects === undefined ? [] : [onlyFor(control, objects)];
  });
}

function onlyFor(control: Control, objects: ReadonlySet<Resource>): Control {
  return {
    ...control,
    evaluate: (snapshot, context, report) =>
      control.evaluate(snapshot, context, (resource, outcomes) => {
        if (resource !== undefined && objects.has(resource)) report(resource, outcomes);
      }),
  };
}
