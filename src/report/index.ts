// The formats of a scan, by name.

import { csv } from './csv.ts';
import { github } from './github.ts';
import { html } from './html/page.ts';
import { json, yaml } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { policyreport } from './policy-report.ts';
import type { Format } from './report.ts';
import { sarif } from './sarif.ts';
import { table, wide } from './table.ts';

export const formats: readonly Format[] = [table, wide, json, yaml, sarif, junit, html, markdown, csv, github, policyreport];

/** A format by its name. */
export function findFormat(name: string): Format | undefined {
  return formats.find((format) => format.name === name);
}

export type { Format, View } from './report.ts';
