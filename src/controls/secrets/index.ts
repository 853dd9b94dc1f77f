// Controls of secrets: credentials where they should not be, how Secrets reach programs, and what lies on disks in clear text.

import type { Control } from '../control.ts';
import { commandArguments } from './arguments.ts';
import { configMap } from './config-map.ts';
import { environment } from './environment.ts';
import { externalStore } from './external-store.ts';
import { missingReference } from './missing-reference.ts';
import { mounts } from './mounts.ts';
import { secretEnvironment, secretVariables } from './variables.ts';
import { volumeEncryption } from './volume-encryption.ts';

export const secrets: readonly Control[] = [
  environment,
  commandArguments,
  configMap,
  secretVariables,
  secretEnvironment,
  missingReference,
  volumeEncryption,
  externalStore,
  ...mounts,
];
