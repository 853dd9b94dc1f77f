// Tar archives made by hand, so that tests can make the ones no tool would.

export interface TarMember {
  readonly name: string;
  readonly content?: string | Buffer;
  /** Type flag; default an ordinary file. */
  readonly type?: string;
  /** The size to announce; default the content's. A Buffer is put into the field as it is. */
  readonly size?: number | Buffer;
  /** Bytes to put into the header before its sum is made, by offset. */
  readonly patch?: ReadonlyMap<number, number>;
  readonly prefix?: string;
}

/** The bytes of an archive, with the end mark unless `open`. */
export function tar(members: readonly TarMember[], open = false): Buffer {
  const blocks = members.flatMap((member) => [header(member), padded(Buffer.from(member.content ?? ''))]);
  return Buffer.concat([...blocks, ...(open ? [] : [Buffer.alloc(1024)])]);
}

function header({ name, content = '', type = '0', size, patch, prefix = '' }: TarMember): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  block.write('0000644\0', 100);
  if (Buffer.isBuffer(size)) size.copy(block, 124);
  else block.write(`${(size ?? Buffer.from(content).length).toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write(type, 156);
  block.write('ustar\0', 257, 'latin1');
  block.write('00', 263);
  block.write(prefix, 345);
  for (const [offset, byte] of patch ?? []) block[offset] = byte;
  block.fill(32, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** The content of a pax header with these records. */
export function pax(records: Readonly<Record<string, string>>): string {
  return Object.entries(records)
    .map(([key, value]) => {
      const rest = ` ${key}=${value}\n`;
      let length = Buffer.byteLength(rest) + 1;
      while (String(length).length + Buffer.byteLength(rest) !== length) length = String(length).length + Buffer.byteLength(rest);
      return `${length}${rest}`;
    })
    .join('');
}
