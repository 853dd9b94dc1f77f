// Controls of tidiness: what the API server would refuse, what misleads a reader, what is left over.

import type { Control } from '../control.ts';
import { apiVersionDeprecated } from './api-version-deprecated.ts';
import { apiVersionServed } from './api-version-served.ts';
import { claimTemplateAnnotations } from './claim-template-annotations.ts';
import { containerPorts } from './container-ports.ts';
import { duplicateEnv } from './duplicate-env.ts';
import { duplicateObjects } from './duplicate-objects.ts';
import { instanceLabel } from './instance-label.ts';
import { labelValues } from './label-values.ts';
import { namedPorts } from './named-ports.ts';
import { recommendedLabels } from './recommended-labels.ts';
import { rejectedByServer } from './rejected-by-server.ts';
import { requiredAnnotations } from './required-annotations.ts';
import { requiredLabels } from './required-labels.ts';
import { schemaValid } from './schema-valid.ts';
import { sortedKeys } from './sorted-keys.ts';
import { unusedObjects } from './unused-objects.ts';
import { workloadLabels } from './workload-labels.ts';

export const hygiene: readonly Control[] = [
  schemaValid,
  rejectedByServer,
  apiVersionServed,
  apiVersionDeprecated,
  duplicateEnv,
  duplicateObjects,
  labelValues,
  containerPorts,
  recommendedLabels,
  workloadLabels,
  requiredLabels,
  requiredAnnotations,
  instanceLabel,
  claimTemplateAnnotations,
  unusedObjects,
  namedPorts,
  sortedKeys,
];
