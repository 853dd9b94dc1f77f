// Disaster recovery: what goes when a node, a zone or the cluster goes, and how it comes back.
// The checks in the order in which they are told; each file of `disaster-recovery/` holds a family.

import type { Check } from '../check.ts';
import { comingBack } from './disaster-recovery/coming-back.ts';
import { loss } from './disaster-recovery/loss.ts';
import { spread } from './disaster-recovery/spread.ts';
import { copies, places } from './disaster-recovery/state.ts';

export const disasterRecovery: readonly Check[] = [...spread, ...places, ...comingBack, ...loss, ...copies];
