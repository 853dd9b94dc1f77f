// Blocks of a PEM text as Go's encoding/pem finds them (Go 1.26): text around blocks is passed over, and so is a block that does not decode.

import { base64Bytes } from '../../../identity/authentication/jwt.ts';

export interface PemBlock {
  readonly type: string;
  /** True where lines such as `Proc-Type: 4,ENCRYPTED` stand before the content. */
  readonly hasHeaders: boolean;
  readonly bytes: Uint8Array;
}

const begin = /^-----BEGIN (.*)-----[ \t]*$/;

/** The blocks of a text, in order. `pemBlocks('nothing')` is `[]`. */
export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  let type: string | undefined;
  let content: string[] = [];
  let hasHeaders = false;
  for (const written of text.split('\n')) {
    const line = written.trimEnd();
    const opened = begin.exec(line)?.[1];
    if (opened !== undefined) {
      type = opened;
      content = [];
      hasHeaders = false;
    } else if (type === undefined) continue;
    else if (line === `-----END ${type}-----`) {
      const joined = content.join('');
      const bytes = joined.length % 4 === 0 ? base64Bytes(joined) : undefined;
      if (bytes !== undefined) blocks.push({ type, hasHeaders, bytes });
      type = undefined;
    } else if (content.length === 0 && line.includes(':')) hasHeaders = true;
    else content.push(line.trim());
  }
  return blocks;
}
