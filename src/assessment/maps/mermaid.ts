// A map as a flowchart of Mermaid, for pages that draw it themselves. Names are numbered so that nothing in them is read as syntax.

import { printable } from '../../lib/text.ts';
import type { MapDifference } from './draw.ts';

/** The text of the flowchart. */
export function mapMermaid({ things, lines, more }: MapDifference): string {
  const numbers = new Map(things.map(({ id }, index) => [id, `n${index}`]));
  const classes = things.flatMap(({ id, state, bad }) => {
    const name = state !== 'same' ? state : bad ? 'bad' : undefined;
    return name === undefined ? [] : [`  class ${numbers.get(id)} ${name}`];
  });
  return `${[
    'flowchart LR',
    ...things.map(({ id, label, notes }) => `  ${numbers.get(id)}["${[label, ...notes].map(quoted).join('<br/>')}"]`),
    ...lines.map(
      ({ from, to, label, state }) =>
        `  ${numbers.get(from)} ${state === 'removed' ? '-.->' : state === 'added' ? '==>' : '-->'}${label === '' ? '' : `|"${quoted(label)}"|`} ${numbers.get(to)}`,
    ),
    ...(more > 0 ? [`  more["and ${more} more"]`] : []),
    '  classDef bad stroke:#c2410c,stroke-width:2px',
    '  classDef removed stroke:#c62f2f,stroke-dasharray:6 4',
    '  classDef added stroke:#1a7f4b,stroke-width:2px',
    '  classDef changed stroke:#1f5fbf,stroke-width:2px',
    ...classes,
  ].join('\n')}\n`;
}

function quoted(text: string): string {
  return printable(text).replace(/[&<>"'#;`|[\]{}()\\]/g, (character) => `#${character.charCodeAt(0)};`);
}
