// CI/CD: is what runs what was reviewed, built once, checked, and put there by a machine? Files of the repository and objects of the cluster.
// The checks in the order in which they are told; each file of `ci-cd/` holds a family.

import type { Check } from '../check.ts';
import { delivery } from './ci-cd/delivery.ts';
import { entry } from './ci-cd/entry.ts';
import { pipelines } from './ci-cd/pipelines.ts';
import { releases } from './ci-cd/releases.ts';
import { repository } from './ci-cd/repository.ts';

export const ciCd: readonly Check[] = [...pipelines, ...repository, ...delivery, ...entry, ...releases];
