// Trivy's ignore files (0.74): `.trivyignore`, an id a line with `exp:2027-01-31` behind it, and `.trivyignore.yaml`, of whose four lists only
// `misconfigurations` is about manifests. Ids of vulnerabilities and of checks for other systems are passed over.

import { parseYaml } from '../../kube/yaml/parse.ts';
import { asList, asObject, asString, field, strings } from '../../lib/json.ts';
import { type Problem, problem } from '../../lib/problem.ts';
import { fileOf, onPath, type WaiverFile } from './file.ts';
import { controlIds } from './resolve.ts';
import { type Expiry, readExpiry, type Waiver } from './waiver.ts';

/** Reads a `.trivyignore`. */
export function trivyIgnore(text: string, file: string): WaiverFile {
  const waivers: Waiver[] = [];
  const problems: Problem[] = [];
  for (const [index, whole] of text.split('\n').entries()) {
    const [name, ...more] = whole.replace(/#.*/, '').trim().split(/\s+/);
    const source = { file, line: index + 1, column: 1 };
    const written = more.find((word) => word.startsWith('exp:'))?.slice(4);
    const expiry = written === undefined ? undefined : readExpiry(written, false);
    if (name === undefined || controlIds(name).size === 0) continue;
    if (written !== undefined && expiry === undefined) problems.push(noDay(file, index + 1, written));
    else
      waivers.push({
        family: 'Trivy',
        controls: controlIds(name),
        name,
        reason: undefined,
        expiry,
        by: `${file}:${index + 1}`,
        source,
        means: () => true,
      });
  }
  return { waivers, problems };
}

/** What Trivy knows of an entry; another key must not make a waiver wider than was meant. */
const itemKeys: readonly string[] = ['id', 'paths', 'purls', 'statement', 'expired_at'];

/** Reads a `.trivyignore.yaml`. */
export function trivyIgnoreYaml(text: string, file: string): WaiverFile {
  const { documents, problems } = parseYaml(text, file);
  const waivers: Waiver[] = [];
  const told: Problem[] = [...problems];
  for (const { value } of documents)
    for (const item of asList(field(value, 'misconfigurations'))) {
      const name = asString(field(item, 'id')) ?? '';
      if (controlIds(name).size === 0) continue;
      const stranger = Object.keys(asObject(item)).find((key) => !itemKeys.includes(key));
      if (stranger !== undefined) {
        const text = `${file}: ${name} is not applied: there is no "${stranger}" here; there are ${itemKeys.join(', ')}`;
        told.push(problem('waiver/invalid', text, { file, line: 1, column: 1 }, 'warning'));
        continue;
      }
      const written = asString(field(item, 'expired_at'));
      const expiry: Expiry | undefined = written === undefined ? undefined : readExpiry(written, false);
      if (written !== undefined && expiry === undefined) {
        told.push(noDay(file, 1, written));
        continue;
      }
      const paths = strings(field(item, 'paths'));
      waivers.push({
        family: 'Trivy',
        controls: controlIds(name),
        name,
        reason: asString(field(item, 'statement')),
        expiry,
        by: `${file}, ${name}`,
        source: { file, line: 1, column: 1 },
        means: (resource) => paths.length === 0 || onPath(paths, fileOf(resource)),
      });
    }
  return { waivers, problems: told };
}

function noDay(file: string, line: number, written: string): Problem {
  return problem('waiver/invalid', `${file}:${line}: not applied: "${written}" is no day`, { file, line, column: 1 }, 'warning');
}
