// A map as a Mermaid flowchart (for Markdown pages): namespaces as subgraphs with their workloads, or namespaces alone where that would be too much for
// a reader, and for Mermaid, which stops at 500 edges. Ids are numbers; names stand in quoted labels, where Mermaid's own signs are written as entities.

import { printable } from '../../lib/text.ts';
import { isOutsider, type LineKind, type NetworkMap } from './model.ts';

const most = { lines: 200, workloads: 120 };
const arrows: Readonly<Record<LineKind, string>> = { allowed: '-->', observed: '==>', denied: '-.-x' };

/** The flowchart; `namespacesOnly` leaves workloads out. */
export function mapMermaid(map: NetworkMap, namespacesOnly: boolean): string {
  const workloads = map.namespaces.reduce((sum, one) => sum + one.workloads.length, 0);
  const small = !namespacesOnly && workloads <= most.workloads && map.lines.length <= most.lines;
  const ids = new Map<string, string>();
  const id = (key: string) => {
    const known = ids.get(key) ?? `n${ids.size}`;
    ids.set(key, known);
    return known;
  };
  const lines = ['flowchart LR'];
  if (!small) {
    for (const { name, workloads: own } of map.namespaces) lines.push(`  ${id(name)}["${label(name)} (${own.length})"]`);
    for (const { from, to, kind, lines: count } of map.between.slice(0, 400))
      lines.push(`  ${node(from, id)} ${arrows[kind]}|${count}| ${node(to, id)}`);
    return `${lines.join('\n')}\n`;
  }
  for (const { name, workloads: own } of map.namespaces) {
    lines.push(`  subgraph ${id(name)}["${label(name)}"]`);
    for (const one of own) lines.push(`    ${id(`${name}/${one.kind}/${one.name}`)}["${label(one.name)}${one.openIn ? ' ○' : ''}"]`);
    lines.push('  end');
  }
  for (const { from, to, kind, ports } of map.lines)
    lines.push(
      `  ${isOutsider(from) ? node(`(${from})`, id) : id(from)} ${arrows[kind]}|"${label(ports)}"| ${isOutsider(to) ? node(`(${to})`, id) : id(to)}`,
    );
  return `${lines.join('\n')}\n`;
}

function node(key: string, id: (key: string) => string): string {
  return key.startsWith('(') ? `${id(key)}(["${label(key.slice(1, -1).replace(/^to /, ''))}"])` : id(key);
}

function label(text: string): string {
  return printable(text).replace(/[#"<>&;`|[\]{}]/g, (character) => `#${character.charCodeAt(0)};`);
}
