// The catalogue: every control, in the order of reports. Explicit lists, one a domain; nothing registers itself.

import type { Control } from './control.ts';
import { controlPlane } from './control-plane/index.ts';
import { exposure } from './exposure/index.ts';
import { hygiene } from './hygiene/index.ts';
import { identity } from './identity/index.ts';
import { namespace } from './namespace/index.ts';
import { network } from './network/index.ts';
import { reliability } from './reliability/index.ts';
import { resources } from './resources/index.ts';
import { sandbox } from './sandbox/index.ts';
import { secrets } from './secrets/index.ts';
import { supplyChain } from './supply-chain/index.ts';
import { waiverControls } from './waivers/controls.ts';
import { workload } from './workload/index.ts';

export const catalogue: readonly Control[] = [
  ...workload,
  ...network,
  ...identity,
  ...supplyChain,
  ...resources,
  ...reliability,
  ...hygiene,
  ...controlPlane,
  ...namespace,
  ...secrets,
  ...sandbox,
  ...exposure,
];

const byName = new Map<string, Control>();
for (const entry of [...catalogue, ...waiverControls]) for (const name of [entry.id, ...entry.aliases]) byName.set(normalize(name), entry);

/**
 * A control, or one of the two about waivers, by its id or by any of its names elsewhere; older spellings of Trivy's ids (`AVD-KSV-0017`,
 * `KSV017`) are known too.
 */
export function findControl(name: string): Control | undefined {
  return byName.get(normalize(name));
}

/** The controls that carry a name: several of ours may answer one foreign check. */
export function controlsNamed(name: string): readonly Control[] {
  const wanted = normalize(name);
  return [...catalogue, ...waiverControls].filter((entry) => [entry.id, ...entry.aliases].some((alias) => normalize(alias) === wanted));
}

function normalize(name: string): string {
  const lower = name.trim().toLowerCase();
  const trivy = /^(?:avd-)?(ksv|kcv)-?0*([0-9]+)$/.exec(lower);
  return trivy === null ? lower : `${trivy[1]}-${(trivy[2] ?? '').padStart(4, '0')}`;
}

export { type Control, control, type Outcome, type Severity, type Verdict } from './control.ts';
export type { Finding, ScanResult } from './result.ts';
export { type ScanOptions, scan } from './scan.ts';
