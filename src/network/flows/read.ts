// From lines, or whole JSON documents, to records: each is given to the source whose shape it has. A reader keeps the heading that a VPC flow log
// began with, so every file needs a reader of its own. Nothing throws: what cannot be read is `malformed`, with the reason.

import { asList, field } from '../../lib/json.ts';
import { heading, readVpcLine, type VpcLayout, versionTwo, vpcLayout } from './aws-vpc.ts';
import { calico } from './calico.ts';
import { isConntrack, readConntrackLine } from './conntrack.ts';
import { gcp } from './gcp.ts';
import { hubble } from './hubble.ts';
import type { FormatName, JsonFormat, Read } from './record.ts';
import { sensor } from './sensor.ts';
import { tetragon } from './tetragon.ts';

const jsonFormats: readonly JsonFormat[] = [sensor, tetragon, hubble, gcp, calico];

export interface ReadLine {
  readonly format: FormatName | undefined;
  readonly read: Read;
}

export interface FlowReader {
  /** Reads a line; undefined for an empty one. */
  readonly line: (line: string) => ReadLine | undefined;
  /** Reads a document of JSON: a record, a list of them, or `{items: […]}` and the like. */
  readonly document: (value: unknown) => Generator<ReadLine>;
}

/** A reader for one file. */
export function flowReader(): FlowReader {
  let fields: VpcLayout | undefined;
  return {
    line: (line) => {
      const text = line.trim();
      if (text === '') return undefined;
      if (text.startsWith('{')) {
        const value = parsed(text);
        return value === undefined ? { format: undefined, read: { kind: 'malformed', why: 'not JSON' } } : readJson(value);
      }
      if (isConntrack(text)) return { format: 'conntrack', read: readConntrackLine(text) };
      if (/^conntrack v[0-9.]+ /.test(text)) return { format: 'conntrack', read: { kind: 'other', what: 'summary' } };
      const named = text.includes('addr') || text.includes('ADDR') ? heading(text) : undefined;
      if (named !== undefined) {
        fields = vpcLayout(named);
        return { format: 'aws-vpc', read: { kind: 'other', what: 'heading' } };
      }
      if (fields !== undefined || /^[2-9]\s+\S+\s+\S+\s+\S+\s+\S+\s/.test(text))
        return { format: 'aws-vpc', read: readVpcLine(text, fields ?? versionTwo) };
      return { format: undefined, read: { kind: 'malformed', why: 'no known format' } };
    },
    *document(value) {
      const list = Array.isArray(value) ? value : ['items', 'entries', 'flows', 'Records'].flatMap((key) => asList(field(value, key)));
      if (list.length === 0) yield readJson(value);
      for (const item of list) yield readJson(item);
    },
  };
}

function readJson(value: unknown): ReadLine {
  for (const { name, read } of jsonFormats) {
    const found = read(value);
    if (found !== undefined) return { format: name, read: found };
  }
  return { format: undefined, read: { kind: 'malformed', why: 'JSON of no known source of flows' } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
