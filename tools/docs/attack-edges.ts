// The page of the catalogue of attack edges: what each needs and gains, its technique, and what takes it away.

import { edges } from '../../src/attack/edges/index.ts';

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** `docs/reference/attack-edges.md`. */
export function attackEdges(): string {
  const rows = edges.map(({ id, title, needs, gains, technique, fix }) => {
    const asked =
      typeof needs === 'string' ? needs : needs.map((need) => `\`${need.replaceAll('.rbac.authorization.k8s.io', '')}\``).join(' or ');
    const url = `https://attack.mitre.org/techniques/${technique.attack.replace('.', '/')}/`;
    return `| \`${id}\` | ${[title, asked, gains].map(cell).join(' | ')} | [${technique.attack}](${url})${technique.matrix === '' ? '' : `, ${technique.matrix}`} | ${cell(fix)} |`;
  });
  return [
    '# Attack edges',
    '',
    `The ${edges.length} ways of escalating that \`cofferdam paths\` knows, in the order of the catalogue. Each is one file of \`src/attack/edges/\` with the`,
    'smallest manifests that have exactly this weakness; a test proves that they give this edge and that its repair takes it away. Techniques are',
    "those of MITRE ATT&CK and Microsoft's Threat Matrix for Kubernetes. Rights are written as kubectl does: verbs, resource with its group, object.",
    '',
    '| id | the attacker | needs | gains | technique | what takes it away |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
