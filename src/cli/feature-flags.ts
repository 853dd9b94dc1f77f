// Flags that say which features and API versions an API server has on, as kube-apiserver spells them. `request`, `simulate` and `diff --server`
// share them; what they mean is read in `features.ts`, because every command's flags are loaded at every start.

import type { Flag } from './command.ts';

export const featureFlags: readonly Flag[] = [
  {
    flags: '--feature-gates <gates>',
    description: "features of the API server that are on or off against its release's defaults: NAME=true,OTHER=false",
    repeatable: true,
  },
  {
    flags: '--runtime-config <apis>',
    description: 'API versions that are served or not: storage.k8s.io/v1beta1=true, api/all=true',
    repeatable: true,
  },
];
