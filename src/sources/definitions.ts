// Definitions of custom resources, most of the bytes of any repository: recognised by their first lines, and read whole only when someone
// asks for one. Nothing here goes back over a line, so that no text makes it slow.

import { groupVersion, isKubeObject, type KubeObject } from '../kube/object.ts';
import { readDocument } from '../kube/yaml/parse.ts';
import { lazyResource, type Origin, type Resource } from '../snapshot/snapshot.ts';

const definitionStart = /^kind:[ ]*["']?CustomResourceDefinition["']?[ \t]*\r?$/m;
/** Definitions shorter than this are read at once. */
const shallowFrom = 4096;

/** True for the text of a definition that need not be read to know what it is. */
export function isLongDefinition(text: string): boolean {
  return text.length >= shallowFrom && definitionStart.test(text) && identityOf(text) !== undefined && saysNothingElse(text);
}

/** A key of a definition's outermost mapping, alone on its line but for a name or a comment. */
const outerKey = /^(apiVersion|kind|metadata|spec|status):(?:[ ]+["']?[A-Za-z0-9./]+["']?)?[ ]*(?:#.*)?\r?$/;
const otherBreaks = ['\u0085', '\u2028', '\u2029'];

/**
 * True where every line at column 0 is a comment or a key that a definition has, each once: then no later `kind`, merge key or other form of
 * a key makes something else of the text than its first lines say.
 */
function saysNothingElse(text: string): boolean {
  if (otherBreaks.some((character) => text.includes(character)) || (text.includes('\r') && /\r(?!\n)/.test(text))) return false;
  const seen = new Set<string>();
  for (let line = 0; line < text.length; ) {
    const end = text.indexOf('\n', line);
    const next = end < 0 ? text.length : end + 1;
    const first = text[line];
    if (first === ' ') {
      if (seen.size === 0 && !/^ *(?:#|\r?\n)/.test(text.slice(line, next))) return false;
    } else if (first !== '#' && first !== '\n' && first !== '\r') {
      const key = outerKey.exec(text.slice(line, end < 0 ? text.length : end))?.[1];
      if (key === undefined || seen.has(key)) return false;
      seen.add(key);
    }
    line = next;
  }
  return true;
}

/** The resource of such a text, read on first use. */
export function definitionResource(text: string, originOf: (object: KubeObject) => Origin): Resource | undefined {
  const known = identityOf(text);
  if (known === undefined) return undefined;
  const { group, version } = groupVersion(known.apiVersion);
  const stub: KubeObject = { apiVersion: known.apiVersion, kind: 'CustomResourceDefinition', metadata: { name: known.name } };
  const origin = originOf(stub);
  return lazyResource({ group, version, kind: 'CustomResourceDefinition', namespace: '', name: known.name, origin }, () => {
    const { value } = readDocument(text);
    return isKubeObject(value) ? value : stub;
  });
}

function identityOf(text: string): { readonly apiVersion: string; readonly name: string } | undefined {
  const apiVersion = /^apiVersion:[ ]*["']?(apiextensions\.k8s\.io\/v1(?:beta1)?)["']?[ \t]*\r?$/m.exec(text)?.[1];
  const metadata = /^metadata:[ \t]*\r?\n/m.exec(text);
  if (apiVersion === undefined || metadata === null) return undefined;
  for (let line = metadata.index + metadata[0].length; text.startsWith('  ', line); line = text.indexOf('\n', line) + 1) {
    const name = /^ {2}name:[ ]*["']?([a-z0-9.-]+)["']?[ \t]*\r?\n/.exec(text.slice(line, line + 300))?.[1];
    if (name !== undefined) return { apiVersion, name };
    if (text.indexOf('\n', line) < 0) return undefined;
  }
  return undefined;
}
