// `--cloud FILE`: exports of a cloud's command line as evidence, and what they add to answers about rights.

import { readFileSync, statSync } from 'node:fs';
import { besideRbac, cloudIdentities, principalsOf } from '../../identity/cloud/clouds.ts';
import type { CloudIdentities, Inbound } from '../../identity/cloud/identities.ts';
import type { RequestAttributes } from '../../identity/rules.ts';
import type { Subject } from '../../identity/subjects.ts';
import { readDocument } from '../../kube/yaml/parse.ts';
import { problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import type { Flags } from '../command.ts';
import { Stop } from '../exit.ts';
import { verbatim } from '../flags.ts';
import type { Asked } from './input.ts';

const largest = 64 * 1024 * 1024;

/** The exports that the flags name; undefined where none are. */
export function readExports(flags: Flags): readonly unknown[] | undefined {
  const files = verbatim(flags, 'cloud');
  return files.length === 0 ? undefined : files.map(readExport);
}

function readExport(file: string): unknown {
  let text: string;
  try {
    if (statSync(file).size > largest) throw new Stop(problem('input/too-large', `--cloud ${printable(file)} is too large for an export`));
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Stop) throw error;
    throw new Stop(problem('input/unreadable', `--cloud ${printable(file)} cannot be read`));
  }
  const { value, issues } = readDocument(text);
  if (value === undefined || issues.some(({ level }) => level === 'error'))
    throw new Stop(problem('input/unreadable', `--cloud ${printable(file)} is neither JSON nor YAML`));
  return value;
}

/** What the input and the exports say, for commands that show it beside RBAC; undefined where nothing of a cloud was given. */
export function cloudOf({ snapshot }: Asked, flags: Flags): CloudIdentities | undefined {
  const exports = readExports(flags);
  return exports === undefined ? undefined : cloudIdentities(snapshot, exports);
}

export function principalJson({ provider, principal, source, note }: Inbound): object {
  return { provider, principal, source, ...(note === '' ? {} : { note }) };
}

/** Lines under a subject: who of the cloud it is. */
export function principalLines(cloud: CloudIdentities | undefined, subject: Subject): readonly string[] {
  if (cloud === undefined) return [];
  return principalsOf(cloud, subject).map(({ principal, source }) => printable(`  is ${principal}  (${source})`));
}

/** Lines about those whom the cloud's authorizer lets do it, and about what is not known. */
export function besideLines(cloud: CloudIdentities | undefined, wanted: RequestAttributes): readonly string[] {
  if (cloud === undefined) return [];
  const beside = besideRbac(cloud, wanted).map(({ principal, right, allows }) =>
    printable(
      `  ${principal.principal} ${allows === 'yes' ? 'can' : 'may, as the cloud documents it,'} by ${right.name}  (${principal.source})`,
    ),
  );
  return [
    ...(beside.length === 0 ? [] : ['', 'beside RBAC:', ...beside]),
    ...(cloud.unknown.length === 0 ? [] : ['', 'unknown of the cloud:', ...cloud.unknown.map((one) => printable(`  ${one}`))]),
  ];
}

export function besideJson(cloud: CloudIdentities | undefined, wanted: RequestAttributes): object {
  if (cloud === undefined) return {};
  const beside = besideRbac(cloud, wanted).map(({ principal, right, allows }) => ({
    ...principalJson(principal),
    right: right.name,
    allows,
  }));
  return { besideRbac: beside, unknownOfCloud: cloud.unknown };
}
