// The minor version of Kubernetes 1 whose CEL a command uses.

import { newestMinor, oldestMinor } from '../../languages/cel/kubernetes.ts';
import { problem } from '../../lib/problem.ts';
import { Stop } from '../exit.ts';

/** The newest known one where none is asked for; one that is not known is a usage error. */
export function minorOf(version: string | undefined): number {
  if (version === undefined) return newestMinor;
  const minor = Number(version.split('.')[1]);
  if (minor < oldestMinor || minor > newestMinor)
    throw new Stop(problem('usage/bad-flag', `--kubernetes-version ${version}: CEL is known for 1.${oldestMinor} to 1.${newestMinor}`));
  return minor;
}
