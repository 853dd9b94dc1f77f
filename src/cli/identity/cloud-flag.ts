// The flag that names exports of a cloud; commands declare it without loading what reads them.

import type { Flag } from '../command.ts';

export const cloudFlag: Flag = {
  flags: '--cloud <file>',
  description: 'what aws eks, az aks or gcloud container print about the cluster, as JSON or YAML',
  repeatable: true,
};
