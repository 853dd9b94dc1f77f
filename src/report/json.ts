// The result itself, for programs: the field names are a contract (CLI.md). `yaml` is the same in YAML. JSON comes in pieces, one member of
// a list at a time, because the result of a large fleet is longer than a string may be.

import { dump } from 'js-yaml';
import type { ScanResult } from '../controls/result.ts';
import type { Format } from './report.ts';

export const json: Format = {
  name: 'json',
  description: 'the whole result (apiVersion cofferdam.dev/v1, kind ScanResult)',
  render: jsonPieces,
};

export const yaml: Format = {
  name: 'yaml',
  description: 'the same in YAML',
  render: (result) => dump(plain(result), { lineWidth: -1, noRefs: true }),
};

/** What `JSON.stringify(record, null, 2)` and a newline would be, member by member of the record and of its lists. */
export function* jsonPieces(record: object): Generator<string> {
  let opening = '{\n  ';
  for (const [key, value] of Object.entries(record)) {
    if (value === undefined) continue;
    yield `${opening}${JSON.stringify(key)}: `;
    opening = ',\n  ';
    if (!Array.isArray(value) || value.length === 0) {
      yield indented(value, '  ');
      continue;
    }
    for (const [index, member] of value.entries()) yield `${index === 0 ? '[' : ','}\n    ${indented(member, '    ')}`;
    yield '\n  ]';
  }
  yield opening === '{\n  ' ? '{}\n' : '\n}\n';
}

function indented(value: unknown, margin: string): string {
  return (JSON.stringify(value, null, 2) ?? 'null').replaceAll('\n', `\n${margin}`);
}

/** Drops undefined members, which YAML has no word for. */
function plain(result: ScanResult): unknown {
  return JSON.parse(JSON.stringify(result));
}
