// Pod Security Standards, baseline, "HostProcess": no Windows container runs as a process of the node. Unchanged since 1.0.

import type { Pod } from '../../../kube/pod/types.ts';
import { field, type JsonObject } from '../../../lib/json.ts';
import type { Offence, PodSecurityCheck } from '../check.ts';
import { setters } from '../wording.ts';

export const windowsHostProcess: PodSecurityCheck = {
  id: 'windowsHostProcess',
  level: 'baseline',
  versions: [{ since: 0, check: windowsHostProcess_1_0 }],
};

function windowsHostProcess_1_0(pod: Pod): Offence | undefined {
  const ofPod = isHostProcess(pod.securityContext);
  const bad = pod.containers.filter((container) => isHostProcess(container.securityContext));
  if (!ofPod && bad.length === 0) return undefined;
  const who = setters(
    ofPod,
    bad.map(({ name }) => name),
  );
  const place = '/securityContext/windowsOptions/hostProcess';
  return {
    reason: 'hostProcess',
    detail: `${who} must not set securityContext.windowsOptions.hostProcess=true`,
    paths: [...(ofPod ? [pod.at(place)] : []), ...bad.map((container) => container.at(place))],
  };
}

function isHostProcess(securityContext: JsonObject): boolean {
  return field(securityContext.windowsOptions, 'hostProcess') === true;
}
