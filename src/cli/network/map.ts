// `cofferdam network map`: a picture of who may reach whom, as a page, SVG, Mermaid or data.

import { isDense, matrixSvg } from '../../network/map/matrix.ts';
import { mapMermaid } from '../../network/map/mermaid.ts';
import { networkMap } from '../../network/map/model.ts';
import { mapPage } from '../../network/map/page.ts';
import { mapSvg } from '../../network/map/svg.ts';
import { network } from '../../network/network.ts';
import type { CommandInput } from '../command.ts';
import { exit } from '../exit.ts';
import { verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { readInput, tell } from './input.ts';
import { flowProblems, readObserved } from './observed.ts';

export async function run(input: CommandInput): Promise<number> {
  const { words, flags, console } = input;
  const wanted = verbatim(flags, 'output');
  const targets = outputs(wanted.length === 0 ? ['html'] : wanted, ['html', 'svg', 'mermaid', 'json']);
  const read = await readInput(input, words);
  const net = network(read.snapshot);
  const found = await readObserved(input, net);
  const map = networkMap(read.snapshot, found === undefined ? undefined : { flows: found.observed, network: net });
  const bare = flags.namespaceOnly === true;
  write(targets, console, (format) => {
    if (format === 'json') return `${JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'NetworkMap', ...map }, null, 2)}\n`;
    if (format === 'svg') return `${isDense(map) ? matrixSvg(map, true) : mapSvg(map, !bare)}\n`;
    return format === 'mermaid' ? mapMermaid(map, bare) : mapPage(map);
  });
  if (found !== undefined) tell(input, flowProblems(found.observed, found.problems));
  return exit.clean;
}
