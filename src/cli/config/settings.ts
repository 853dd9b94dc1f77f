// Every setting of `cofferdam.yaml` as one table: file key, environment variable, flag, type. The JSON schema, `config view` and the
// generated reference are made from it. Flags win over the environment, the environment over the file.

import type { Json } from '../../lib/json.ts';

export type SettingType = 'string' | 'boolean' | 'strings' | 'map' | 'list';

export interface Setting {
  /** Key in the file. */
  readonly key: string;
  readonly type: SettingType;
  readonly description: string;
  /** Environment variable; undefined for settings too rich for one. */
  readonly variable?: string;
  /** Name of the flag among parsed flags, camel-cased. */
  readonly flag?: string;
  readonly choices?: readonly string[];
  readonly default?: Json;
}

export const settings: readonly Setting[] = [
  {
    key: 'kubernetesVersion',
    type: 'string',
    variable: 'COFFERDAM_KUBERNETES_VERSION',
    flag: 'kubernetesVersion',
    description: 'whose semantics apply, such as 1.34',
  },
  {
    key: 'failOn',
    type: 'string',
    variable: 'COFFERDAM_FAIL_ON',
    flag: 'failOn',
    choices: ['critical', 'high', 'medium', 'low', 'never'],
    description: 'exit 1 from this severity on',
  },
  {
    key: 'baseline',
    type: 'string',
    variable: 'COFFERDAM_BASELINE',
    flag: 'failOnNew',
    description: 'an earlier result in JSON; only findings that are not in it count',
  },
  {
    key: 'allControls',
    type: 'boolean',
    variable: 'COFFERDAM_ALL_CONTROLS',
    flag: 'allControls',
    default: false,
    description: 'run the controls that are off by default too',
  },
  {
    key: 'onlyControls',
    type: 'strings',
    variable: 'COFFERDAM_CONTROLS',
    flag: 'control',
    description: 'only these controls, by any of their names',
  },
  { key: 'skipControls', type: 'strings', variable: 'COFFERDAM_SKIP_CONTROLS', flag: 'skipControl', description: 'all controls but these' },
  {
    key: 'frameworks',
    type: 'strings',
    variable: 'COFFERDAM_FRAMEWORKS',
    flag: 'framework',
    description: 'only controls that these frameworks ask for',
  },
  { key: 'controls', type: 'map', description: 'per control, by any of its names: enabled, severity, parameters' },
  { key: 'waivers', type: 'list', description: 'findings accepted for a reason, with owner and expiry' },
  {
    key: 'waiverFiles',
    type: 'strings',
    flag: 'waivers',
    variable: 'COFFERDAM_WAIVERS',
    description: 'files with waivers: ours, .trivyignore, .checkov.baseline, kubescape exceptions',
  },
  {
    key: 'kubescapeInputs',
    type: 'string',
    variable: 'COFFERDAM_KUBESCAPE_INPUTS',
    description: "a kubescape configuration in JSON whose control inputs fill our controls' parameters; ours win",
  },
  {
    key: 'attackFrom',
    type: 'strings',
    variable: 'COFFERDAM_ATTACK_FROM',
    flag: 'from',
    description: 'where attackers start, for paths, fixes and what-if: internet, pods, user/NAME, …',
  },
  {
    key: 'attackTo',
    type: 'strings',
    variable: 'COFFERDAM_ATTACK_TO',
    flag: 'to',
    description: 'what must not be theirs: cluster-admin, secrets, label:KEY=VALUE, …',
  },
];
