// What `--feature-gates` and `--runtime-config` say, for a release.

import type { Release } from '../kube/schema/release.ts';
import { readGates } from '../kube/version/feature-gates.ts';
import { problem } from '../lib/problem.ts';
import type { Flags } from './command.ts';
import { Stop } from './exit.ts';
import { list } from './flags.ts';

/** What differs from the defaults of a server. */
export interface Features {
  readonly gates: ReadonlyMap<string, boolean>;
  readonly runtimeConfig: ReadonlyMap<string, boolean>;
}

/** Reads the flags. */
export function readFeatures(flags: Flags, { minor, groups }: Pick<Release, 'minor' | 'groups'>): Features {
  const gates = readGates(list(flags, 'featureGates').join(','), minor);
  if (!gates.ok) throw new Stop(gates.problem);
  const runtimeConfig = new Map(list(flags, 'runtimeConfig').map(readApi));
  for (const name of runtimeConfig.keys()) {
    const [group = '', version] = name.split('/');
    if (!['api', 'v1'].includes(group) && version !== undefined && !groups.has(group))
      throw new Stop(problem('usage/bad-flag', `--runtime-config ${name}: Kubernetes ${minor} has no API group ${group}`));
  }
  return { gates: gates.value, runtimeConfig };
}

/** True where any of the flags is given. */
export function givesFeatures(flags: Flags): boolean {
  return list(flags, 'featureGates').length + list(flags, 'runtimeConfig').length > 0;
}

/** What is not as the release has it, as a sentence; nothing where all is. */
export function featuresTold({ gates, runtimeConfig }: Features): readonly string[] {
  const said = (map: ReadonlyMap<string, boolean>) => [...map].map(([name, on]) => `${name}=${on}`).join(', ');
  return [
    ...(gates.size === 0 ? [] : [`feature gates: ${said(gates)}`]),
    ...(runtimeConfig.size === 0 ? [] : [`API versions: ${said(runtimeConfig)}`]),
  ];
}

/** `NAME` and `NAME=true` turn on, `NAME=false` turns off. */
function readApi(text: string): readonly [string, boolean] {
  const [name = '', value = 'true', ...more] = text.split('=');
  const whole = /^api\/(?:all|ga|beta|alpha)$/.test(name);
  const version = /^(?:v1|[a-z0-9.-]+\/v[0-9]+(?:(?:alpha|beta)[0-9]+)?)(?:\/[a-z]+)?$/.test(name);
  if ((!whole && !version) || !['true', 'false', ''].includes(value) || more.length > 0)
    throw new Stop(
      problem('usage/bad-flag', `--runtime-config ${text}: write it as GROUP/VERSION=true, GROUP/VERSION/RESOURCE=false or api/all=true`),
    );
  return [name, value !== 'false'];
}
