// Command lines of Kubernetes' components read as flags, as pflag and component-base 1.36 do: `--a=b`, `--a b`, `--a` for switches, `_` like
// `-`; of plain flags the last counts, of lists all. Programs started through a runner (go-runner) or a script (`sh -c "exec etcd …"`) are
// found behind it. An item that holds several flags in one string is read as all of them: the program would not start, but the intent is plain.

import type { Container } from '../../kube/pod/types.ts';
import { asString } from '../../lib/json.ts';

export interface Flag {
  /** Without the dashes. */
  readonly name: string;
  /** Undefined where the flag stands alone. */
  readonly value: string | undefined;
  /** Pointer of the list item that names the flag. */
  readonly path: string;
}

/** Switches: the next word is never their value. */
const switches: ReadonlySet<string> = new Set([
  'anonymous-auth',
  'auto-tls',
  'client-cert-auth',
  'peer-auto-tls',
  'peer-client-cert-auth',
  'profiling',
  'service-account-extend-token-expiration',
  'service-account-lookup',
  'use-service-account-credentials',
]);

interface Word {
  readonly text: string;
  readonly path: string;
  /** True for words of a script. */
  readonly script: boolean;
}

/** The flags that a container gives to the program of that name; undefined where it does not run it. */
export function flagsOf(container: Container, program: string): readonly Flag[] | undefined {
  if (![...container.command, ...container.args].some((text) => text.includes(program))) return undefined;
  const words = [...listed(container, 'command'), ...listed(container, 'args')].flatMap(opened);
  const start = words.findIndex(
    (word, index) => (word.text === program || word.text.endsWith(`/${program}`)) && starts(word, words.slice(0, index)),
  );
  return start < 0 ? undefined : read(words.slice(start + 1));
}

function listed(container: Container, key: 'command' | 'args'): readonly Word[] {
  return container[key].map((text, index) => ({ text, path: container.at(`/${key}/${index}`), script: false }));
}

function opened(word: Word): readonly Word[] {
  const { text, path } = word;
  if (!/\s/.test(text)) return [word];
  if (text.startsWith('--')) return text.split(/\s+(?=--[a-z])/).map((part) => ({ text: part, path, script: false }));
  return text
    .replaceAll(/\\\r?\n/g, ' ')
    .replaceAll(/[;\n]/g, ' ; ')
    .split(/[\s"']+/)
    .filter((part) => part !== '')
    .map((part) => ({ text: part, path, script: true }));
}

/** True where a word stands where a program's name stands: first, behind runners and their flags, or first of a script's command. */
function starts(word: Word, before: readonly Word[]): boolean {
  const last = before.at(-1);
  if (word.script && last?.script === true) return /^(?:exec|nohup|then|do|else|[;&|({]+|[A-Za-z_]+=.*)$/.test(last.text);
  return before.every(({ text, script }) => script || text.startsWith('-') || runners.test(text));
}

const runners = /(?:^|\/)(?:sh|bash|ash|dash|env|nice|tini|dumb-init|catatonit|go-runner|hyperkube|busybox)$/;

function read(words: readonly Word[]): readonly Flag[] {
  const flags: Flag[] = [];
  for (const [index, word] of words.entries()) {
    if (word.script && /^(?:[;&|]+|[0-9&]?>.*|<.*)$/.test(word.text)) break;
    const match = /^--?([A-Za-z][A-Za-z0-9_.-]*)(?:=([\s\S]*))?$/.exec(word.text);
    if (match === null) continue;
    const name = (match[1] ?? '').replaceAll('_', '-');
    const next = words[index + 1]?.text;
    const apart = match[2] === undefined && !switches.has(name) && next !== undefined && !/^[-;&|<>]/.test(next);
    flags.push({ name, value: apart ? next : match[2], path: word.path });
  }
  return flags;
}

/** etcd reads `ETCD_CLIENT_CERT_AUTH` like `--client-cert-auth`; flags win over the environment. */
export function etcdEnvironment(container: Container): readonly Flag[] {
  return container.env.flatMap(({ spec, path }) => {
    const name = asString(spec.name) ?? '';
    if (!/^ETCD_[A-Z0-9_]+$/.test(name)) return [];
    return [{ name: name.slice('ETCD_'.length).toLowerCase().replaceAll('_', '-'), value: asString(spec.value), path }];
  });
}
