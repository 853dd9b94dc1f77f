// PodSecurityConfiguration (pod-security.admission.config.k8s.io/v1): the levels of namespaces that say nothing, and who is exempt.

import { asString, field, type Json, strings } from '../../lib/json.ts';
import { levels } from './check.ts';
import { defaultPolicy, type LevelVersion, type PodSecurityPolicy } from './labels.ts';

export interface PodSecurityConfiguration {
  readonly defaults: PodSecurityPolicy;
  readonly exemptions: {
    readonly usernames: readonly string[];
    readonly namespaces: readonly string[];
    readonly runtimeClasses: readonly string[];
  };
  /** The minor of Kubernetes 1 that `latest` means; the newest known where absent. */
  readonly minor?: number;
}

/** What an API server does that was given none. */
export const defaultConfiguration: PodSecurityConfiguration = {
  defaults: defaultPolicy,
  exemptions: { usernames: [], namespaces: [], runtimeClasses: [] },
};

/** Reads a configuration; what is not there is the default. A level that is none counts as privileged: the API server would not start. */
export function readConfiguration(value: Json | undefined, minor?: number): PodSecurityConfiguration {
  const defaults = field(value, 'defaults');
  const exemptions = field(value, 'exemptions');
  const mode = (name: string): LevelVersion => ({
    level: levels.find((level) => level === field(defaults, name)) ?? 'privileged',
    version: asString(field(defaults, `${name}-version`)) ?? 'latest',
  });
  return {
    defaults: { enforce: mode('enforce'), audit: mode('audit'), warn: mode('warn') },
    exemptions: {
      usernames: strings(field(exemptions, 'usernames')),
      namespaces: strings(field(exemptions, 'namespaces')),
      runtimeClasses: strings(field(exemptions, 'runtimeClasses')),
    },
    ...(minor !== undefined && { minor }),
  };
}
