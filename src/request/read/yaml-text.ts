// YAML as the API server writes it (sigs.k8s.io/yaml over go-yaml 2): keys sorted, lists not indented, texts plain where they can be, folded at
// a space beyond column 80, quoted where they would read as something else, literal where they have lines.

import { isObject, type Json, type JsonObject } from '../../lib/json.ts';

const width = 80;

/** The document with its final newline. */
export function yamlText(value: JsonObject): string {
  return `${mapping(value, 0).join('\n')}\n`;
}

function keysOf(object: JsonObject): readonly string[] {
  return Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .sort();
}

/** Lines of a mapping whose keys stand at `indent`; the first one is indented too. */
function mapping(object: JsonObject, indent: number): readonly string[] {
  const blank = ' '.repeat(indent);
  return keysOf(object).flatMap((key) => {
    const value = object[key] ?? null;
    const head = `${blank}${scalar(key, 0, Number.NaN)}:`;
    if (Array.isArray(value) && value.length > 0) return [head, ...sequence(value, indent)];
    if (isObject(value) && keysOf(value).length > 0) return [head, ...mapping(value, indent + 2)];
    return [`${head} ${leaf(value, indent + 2, head.length + 1)}`];
  });
}

function sequence(items: readonly Json[], indent: number): readonly string[] {
  const blank = ' '.repeat(indent);
  return items.flatMap((item) => {
    if (Array.isArray(item) && item.length > 0) return dashed(sequence(item, indent + 2), indent);
    if (isObject(item) && keysOf(item).length > 0) return dashed(mapping(item, indent + 2), indent);
    return [`${blank}- ${leaf(item, indent + 2, indent + 2)}`];
  });
}

function dashed([first = '', ...rest]: readonly string[], indent: number): readonly string[] {
  return [`${' '.repeat(indent)}- ${first.slice(indent + 2)}`, ...rest];
}

function leaf(value: Json, indent: number, column: number): string {
  if (Array.isArray(value)) return '[]';
  if (isObject(value)) return '{}';
  return typeof value === 'string' ? scalar(value, indent, column) : String(value);
}

/** A text; `column` is where it begins, and no number where it may not be folded. */
function scalar(text: string, indent: number, column: number): string {
  if (
    text.includes('\n') &&
    !Number.isNaN(column) &&
    !/[^\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]/.test(text) &&
    !/^[ \n]|[ \t]\n|[ \t]$/.test(text)
  )
    return literal(text, indent);
  if (readsAsOther(text) || /[^\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]/.test(text)) return JSON.stringify(text);
  if (isPlain(text)) return folded(text, indent, column);
  return `'${folded(text.replaceAll("'", "''"), indent, column + 1)}'`;
}

function literal(text: string, indent: number): string {
  const chomp = text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-';
  const lines = text.replace(/\n$/, '').split('\n');
  return [`|${chomp}`, ...lines.map((line) => (line === '' ? '' : ' '.repeat(indent) + line))].join('\n');
}

/** Breaks at the first single space beyond the width. */
function folded(text: string, indent: number, column: number): string {
  if (Number.isNaN(column)) return text;
  let written = '';
  let at = column;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? '';
    const isAlone = character === ' ' && text[index - 1] !== ' ' && text[index + 1] !== ' ';
    if (isAlone && at > width && index > 0 && index < text.length - 1) {
      written += `\n${' '.repeat(indent)}`;
      at = indent;
    } else {
      written += character;
      at++;
    }
  }
  return written;
}

function isPlain(text: string): boolean {
  if (/^[#,[\]{}&*!|>'"%@`]|^[?:-](?: |$)|^(?:---|\.\.\.)|^ | $/.test(text)) return false;
  return !/:(?: |$)| #/.test(text);
}

/** True for texts that YAML 1.1 takes for a number, a boolean, null or a time. */
function readsAsOther(text: string): boolean {
  if (text === '' || text === '~' || text === '<<' || text === '=') return true;
  if (/^(?:null|true|false|yes|no|on|off|y|n)$/i.test(text)) return /^(?:[a-z]+|[A-Z]+|[A-Z][a-z]+)$/.test(text);
  if (/^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|[0-9][0-9_]*)$/.test(text)) return true;
  if (/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text) || /^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/.test(text))
    return true;
  if (/^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text)) return true;
  return /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:$|(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2})/.test(text);
}
