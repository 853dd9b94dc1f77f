// Files of waivers, ours and other tools', told apart by what is in them, and by name where a list of ids could be anything.

import { readDocument } from '../../kube/yaml/parse.ts';
import { field } from '../../lib/json.ts';
import { problem } from '../../lib/problem.ts';
import { checkovBaseline } from './checkov-baseline.ts';
import { ownWaivers, type WaiverFile } from './file.ts';
import { trivyIgnore, trivyIgnoreYaml } from './trivy-ignore.ts';

/** Names under which tools look for their files by themselves; a scan may do the same. */
export const usualFiles: readonly string[] = ['.trivyignore', '.trivyignore.yaml', '.checkov.baseline'];

/**
 * Reads a file with waivers: a mapping with `waivers`, `.trivyignore`, `.trivyignore.yaml`, `.checkov.baseline`, exceptions of kubescape.
 * The part for kubescape is loaded only where it is needed.
 */
export async function readWaivers(text: string, file: string): Promise<WaiverFile> {
  if (/\.trivyignore$/.test(file)) return trivyIgnore(text, file);
  const { value } = readDocument(text);
  if (
    Array.isArray(value) &&
    value.some((item) => field(item, 'posturePolicies') !== undefined || field(item, 'policyType') !== undefined)
  ) {
    const { kubescapeExceptions } = await import('./kubescape-exceptions.ts');
    return kubescapeExceptions(value, file);
  }
  if (field(value, 'failed_checks') !== undefined) return checkovBaseline(value ?? null, file);
  if (field(value, 'misconfigurations') !== undefined || /\.trivyignore\.ya?ml$/.test(file)) return trivyIgnoreYaml(text, file);
  if (field(value, 'waivers') !== undefined) return ownWaivers(text, file);
  if (typeof value === 'string' && /^\S+(?:\s+exp:\S+)?(?:\s|$)/.test(value)) return trivyIgnore(text, file);
  const message = `${file}: no waivers of a kind that is known: ours, .trivyignore, .checkov.baseline, exceptions of kubescape`;
  return { waivers: [], problems: [problem('waiver/invalid', message, { file, line: 1, column: 1 }, 'error')] };
}
