// The result itself, for programs: the field names are a contract (CLI.md). `yaml` is the same in YAML.

import { dump } from 'js-yaml';
import type { ScanResult } from '../controls/result.ts';
import type { Format } from './report.ts';

export const json: Format = {
  name: 'json',
  description: 'the whole result (apiVersion cofferdam.dev/v1, kind ScanResult)',
  render: (result) => `${JSON.stringify(result, null, 2)}\n`,
};

export const yaml: Format = {
  name: 'yaml',
  description: 'the same in YAML',
  render: (result) => dump(plain(result), { lineWidth: -1, noRefs: true }),
};

/** Drops undefined members, which YAML has no word for. */
function plain(result: ScanResult): unknown {
  return JSON.parse(JSON.stringify(result));
}
