// Conflicts of server-side apply in the words of the API server (k8s.io/apimachinery managedfields 1.36, internal/conflict.go).

import { showPath } from './field-set.ts';
import { type ManagerId, managerOf } from './managed.ts';
import type { Conflict } from './ownership.ts';

export interface ConflictCause {
  readonly reason: 'FieldManagerConflict';
  readonly message: string;
  readonly field: string;
}

/** The causes of the Status. */
export function conflictCauses(conflicts: readonly Conflict[]): readonly ConflictCause[] {
  return conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${managerName(manager)}`,
    field: showPath(path),
  }));
}

/** The message of the Status. */
export function conflictMessage(conflicts: readonly Conflict[]): string {
  const [only] = conflicts;
  if (only !== undefined && conflicts.length === 1)
    return `Apply failed with 1 conflict: conflict with ${managerName(only.manager)}: ${showPath(only.path)}`;
  const lines: string[] = [];
  for (const manager of [...new Set(conflicts.map((conflict) => conflict.manager))].sort()) {
    lines.push(`conflicts with ${managerName(manager)}:`);
    for (const { path } of conflicts.filter((conflict) => conflict.manager === manager)) lines.push(`- ${showPath(path)}`);
  }
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

/** A manager as messages name it: the version only of those that updated. */
function managerName(id: ManagerId): string {
  const { manager, operation, apiVersion, subresource } = managerOf(id);
  const name = `${JSON.stringify(manager)}${subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`}`;
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}
