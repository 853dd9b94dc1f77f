// `cofferdam explain ID`: one entry of the catalogue in full, by our name or by anyone else's.

import { dump } from 'js-yaml';
import type { Control } from '../../controls/control.ts';
import { catalogue, controlsNamed } from '../../controls/index.ts';
import { runControls } from '../../controls/run.ts';
import { paint } from '../../lib/display.ts';
import type { Json } from '../../lib/json.ts';
import { problem } from '../../lib/problem.ts';
import { resource, snapshot } from '../../snapshot/snapshot.ts';
import type { CommandInput } from '../command.ts';
import { byFramework } from '../controls/run.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { excerpt } from './excerpt.ts';

export function run({ words, flags, console, now }: CommandInput): number {
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const name = words[0] ?? '';
  const found = controlsNamed(name);
  if (found.length === 0) throw new Stop(problem('usage/unknown-control', `no control is named "${name}"${nearest(name)}`));
  write(targets, console, (format, toTerminal) =>
    format === 'json'
      ? `${JSON.stringify(found.map(entry), null, 2)}\n`
      : found.map((control) => text(control, toTerminal && console.color, now)).join('\n'),
  );
  return exit.clean;
}

function entry(control: Control): object {
  const { id, title, severity, domain, why, fix, aliases, frameworks, parameters, target } = control;
  return {
    id,
    title,
    severity,
    domain,
    why,
    fix,
    aliases,
    frameworks: byFramework(frameworks),
    parameters: parameters ?? {},
    target,
    enabled: control.enabled !== false,
    repairs: control.repair !== undefined,
  };
}

function text(control: Control, color: boolean, now: number): string {
  const heading = (words: string) => paint(words, 'bold', color);
  const frameworks = Object.entries(byFramework(control.frameworks)).map(([framework, ids]) => `${framework} ${ids.join(', ')}`);
  const lines = [
    `${heading(control.id)}  ${control.severity}${control.enabled === false ? '  (off by default)' : ''}`,
    control.title,
    '',
    `${heading('Why')}  ${control.why}`,
    `${heading('Fix')}  ${control.fix}${control.repair === undefined ? '' : ' `cofferdam fix` proposes the patch.'}`,
    `${heading('Looks at')}  ${control.target}`,
    ...(frameworks.length > 0 ? [`${heading('Asked for by')}  ${frameworks.join('; ')}`] : []),
    ...(control.aliases.length > 0 ? [`${heading('Also known as')}  ${control.aliases.join(', ')}`] : []),
    ...Object.entries(control.parameters ?? {}).map(([name, value]) => `${heading('Setting')}  ${name}: ${JSON.stringify(value)}`),
    `${heading('Waive')}  annotation cofferdam.dev/waive.${control.id.replace('/', '.')}: "<reason> until <date>"`,
    '',
    heading('Fails'),
    ...failing(control, now),
    '',
  ];
  return lines.join('\n');
}

/** Where the control's first failing example fails, cut down to the field, and the patch for it. */
function failing(control: Control, now: number): readonly string[] {
  const example = control.examples.fail()[0] ?? [];
  const resources = example.map((object) => resource(object, { kind: 'memory' }));
  const found = runControls(snapshot({ resources }), { controls: [control], now }).findings.find(
    (finding) => finding.outcome.verdict === 'fail',
  );
  if (found === undefined) return [];
  const { outcome } = found;
  if (found.resource === undefined) return [`  ${outcome.detail}`];
  const patch = control.repair?.(outcome, found.resource.object);
  return [
    indented(excerpt(found.resource.object, outcome.path)),
    `  # ${outcome.path === '' ? 'the object itself' : outcome.path}: ${outcome.detail}`,
    ...(patch === undefined || patch.length === 0 ? [] : [`  # patch: ${JSON.stringify(patch)}`]),
  ];
}

function indented(value: Json): string {
  return dump(value, { lineWidth: -1, noRefs: true }).replace(/^/gm, '  ').trimEnd();
}

function nearest(name: string): string {
  const words = name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 2);
  const close = catalogue
    .map((control) => ({ id: control.id, hits: words.filter((word) => control.id.includes(word)).length }))
    .filter(({ hits }) => hits > 0)
    .sort((a, b) => b.hits - a.hits);
  return close.length === 0
    ? '; cofferdam controls lists them'
    : `; did you mean ${close
        .slice(0, 3)
        .map(({ id }) => id)
        .join(', ')}?`;
}
