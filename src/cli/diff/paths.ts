// The attack paths that a change opens and closes, as a section of the comparison. Two sides, two sets of texts: paths are told without
// places in them.

import { comparePaths, type Threat } from '../../attack/answer.ts';
import type { AttackPath } from '../../attack/path.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { pathJson, pathLines } from '../paths/words.ts';
import type { Change, Changes } from './compared.ts';

const unplaced = Object.assign(() => undefined, { prepare: () => {} });

export interface ComparedPaths extends Changes {
  /** Opened paths of which every hop is known. */
  readonly knownAdded: number;
}

/** The paths of one side only; not compared where a side is a saved result. */
export function comparedPaths(before: Snapshot | undefined, after: Snapshot | undefined, threat: Threat): ComparedPaths {
  if (before === undefined || after === undefined)
    return { added: [], removed: [], notCompared: ['a saved result holds no objects'], knownAdded: 0 };
  const { added, removed } = comparePaths(before, after, threat);
  return { added: added.map(change), removed: removed.map(change), notCompared: [], knownAdded: added.filter(({ known }) => known).length };
}

function change(path: AttackPath): Change {
  return { text: pathLines(path, unplaced, false).join('\n'), json: pathJson(path, unplaced) };
}
