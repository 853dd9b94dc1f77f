// Containers that die again and again, or never start: reasons and restart counts of the pod's status (core/v1). How a container died last is
// named where it says: killed for its memory is a limit to raise, not a bug to hunt.

import { asList, asNumber, asString, dig, field, type JsonObject } from '../../lib/json.ts';
import { control, fail, objects } from '../control.ts';
import { cluster } from '../examples.ts';
import { ownedPod } from './examples.ts';
import { byStatus } from './status.ts';

const stuck = new Set([
  'CrashLoopBackOff',
  'ImagePullBackOff',
  'ErrImagePull',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

const lists = ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'] as const;

export const crashLooping = control({
  id: 'reliability/crash-looping',
  aliases: ['POP-202', 'POP-203', 'POP-205'],
  severity: 'medium',
  title: 'Containers start and stay up',
  why: 'The workload does not do its work, and restarts hide it behind a green number of pods.',
  fix: 'Read the last log with `kubectl logs --previous`; correct the command, the image or the limit that the reason names.',
  frameworks: [],
  parameters: { restarts: 20 },
  on: objects('/Pod'),
  check: ({ resource }, { parameters }) =>
    byStatus(resource, (status) =>
      lists.flatMap((list) =>
        asList(status[list]).flatMap((item, index) => {
          const name = asString(field(item, 'name')) ?? '';
          const said = complaint(item as JsonObject, asNumber(parameters.restarts) ?? 20);
          return said === undefined
            ? []
            : [fail(`/status/${list}/${index}`, said.reason, `container "${name}" ${said.text}`, { container: name })];
        }),
      ),
    ),
  examples: {
    pass: () => [cluster(ownedPod({ phase: 'Running', containerStatuses: [state({ running: {} }, 1)] }))],
    fail: () => [
      cluster(ownedPod({ phase: 'Running', containerStatuses: [state({ waiting: { reason: 'CrashLoopBackOff' } }, 7)] })),
      cluster(ownedPod({ phase: 'Running', containerStatuses: [state({ running: {} }, 120)] })),
    ],
  },
});

function complaint(item: JsonObject, limit: number): { readonly reason: string; readonly text: string } | undefined {
  const waiting = asString(dig(item, 'state', 'waiting', 'reason')) ?? '';
  const last = asString(dig(item, 'lastState', 'terminated', 'reason'));
  const death = last === undefined ? '' : `; it last ended with ${last}`;
  if (stuck.has(waiting)) return { reason: waiting, text: `waits: ${waiting}${death}` };
  const restarts = asNumber(field(item, 'restartCount')) ?? 0;
  return restarts >= limit ? { reason: 'restarts', text: `was restarted ${restarts} times${death}` } : undefined;
}

function state(state: JsonObject, restartCount: number) {
  return { name: 'app', ready: true, restartCount, state };
}
