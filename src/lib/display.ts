// Text laid out for a terminal: widths in cells, cutting, padding, colours. Colours are escape sequences, put in only when asked for.

export type Color = 'red' | 'yellow' | 'green' | 'blue' | 'magenta' | 'cyan' | 'dim' | 'bold';

const codes: Readonly<Record<Color, readonly [number, number]>> = {
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
  dim: [2, 22],
  bold: [1, 22],
};

/** Paints text, or leaves it as it is. */
export function paint(text: string, color: Color, enabled: boolean): string {
  if (!enabled) return text;
  const [on, off] = codes[color];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const ascii = /^[\u0020-\u007e]*$/;
/** Made when first needed: that takes longer than laying out most texts. */
let segmenter: Intl.Segmenter | undefined;

/** The characters of a text as people count them. */
function graphemes(text: string): string[] {
  if (ascii.test(text)) return text.split('');
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Cells that a text without control characters takes. */
export function cells(text: string): number {
  if (ascii.test(text)) return text.length;
  let count = 0;
  for (const part of graphemes(text)) count += wide.test(part) ? 2 : 1;
  return count;
}

/** The text padded to `width` cells. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cells(text)));
}

/** The text cut to `width` cells; an ellipsis shows the cut. Long paths are cut at the front, where they say least. */
export function cut(text: string, width: number, from: 'end' | 'front' = 'end'): string {
  if (cells(text) <= width) return text;
  if (width <= 1) return '…'.slice(0, width);
  const parts = graphemes(text);
  if (from === 'front') parts.reverse();
  let used = 1;
  const kept: string[] = [];
  for (const part of parts) {
    used += wide.test(part) ? 2 : 1;
    if (used > width) break;
    kept.push(part);
  }
  return from === 'front' ? `…${kept.reverse().join('')}` : `${kept.join('')}…`;
}
