// Calico's selectors (projectcalico.org/v3): `role == "db" && has(team) && tier in {"a", "b"} && !(name starts with "x")`, `all()`, `global()`.
// A label that is missing is unlike every value, so that `!=` and `not in` match objects without it. Labels of namespaces and accounts are
// asked for by `pcns.` and `pcsa.`; some labels are names: projectcalico.org/namespace, /serviceaccount, /orchestrator.

import { failure, ok, type Result } from '../../lib/result.ts';
import { and, type Expression, is, not, or, type Subject } from '../expression.ts';

type Token = { readonly kind: 'symbol' | 'string' | 'word' | 'end'; readonly text: string };

const token = /[ \t\r\n]*(?:"([^"]*)"|'([^']*)'|(==|!=|&&|\|\||[!(){},])|([a-zA-Z0-9_./-]{1,512}))/y;

/** Deeper parentheses than this are refused. */
const deepest = 100;

/** Whose labels a selector is about: those of endpoints, or of namespaces or accounts. */
export type Scope = 'endpoint' | 'namespace' | 'serviceAccount';

/** Reads a selector. An empty one selects everything. */
export function calicoSelector(text: string, scope: Scope = 'endpoint'): Result<Expression, string> {
  const tokens = tokensOf(text);
  if (tokens === undefined) return failure('the selector cannot be read');
  if (tokens.length === 1) return ok({ kind: 'always' });
  let next = 0;
  let depth = 0;
  let wrong: string | undefined;
  const peek = (): Token => tokens[next] ?? { kind: 'end', text: '' };
  const take = (): Token => tokens[next++] ?? { kind: 'end', text: '' };
  const complain = (sentence: string): Expression => {
    wrong ??= sentence;
    next = tokens.length;
    return { kind: 'never' };
  };
  const symbol = (wanted: string) => {
    const found = peek().kind === 'symbol' && peek().text === wanted;
    if (found) next++;
    return found;
  };
  const word = (wanted: string) => {
    const found = peek().kind === 'word' && peek().text === wanted;
    if (found) next++;
    return found;
  };
  const chain = (separator: string, part: () => Expression, join: (...of: readonly Expression[]) => Expression): Expression => {
    const parts = [part()];
    while (symbol(separator)) parts.push(part());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : join(...parts);
  };
  const any = (): Expression => chain('||', every, or);
  const every = (): Expression => chain('&&', one, and);
  const one = (): Expression => {
    if (++depth > deepest) return complain('the selector is nested too deeply');
    const found = symbol('!') ? not(one()) : symbol('(') ? closing(any()) : atom();
    depth--;
    return found;
  };
  const closing = (expression: Expression): Expression => (symbol(')') ? expression : complain('a ")" is missing'));
  const string = (): string => {
    const found = take();
    if (found.kind !== 'string') complain('a value in quotes is missing');
    return found.text;
  };
  const values = (): readonly string[] => {
    if (!symbol('{')) complain('a list of values in { } is missing');
    const found: string[] = [];
    if (symbol('}')) return found;
    do found.push(string());
    while (symbol(','));
    if (!symbol('}')) complain('a "}" is missing');
    return found;
  };
  const call = (name: string) => {
    if (!(word(name) && symbol('('))) return false;
    return true;
  };
  const atom = (): Expression => {
    const start = next;
    for (const name of ['all', 'global'] as const) {
      if (call(name))
        return closing(
          name === 'all' ? (scope === 'namespace' ? is('namespace', '', 'has') : { kind: 'always' }) : not(is('namespace', '', 'has')),
        );
      next = start;
    }
    if (call('has')) {
      const key = take();
      return closing(key.kind === 'word' ? labelled(key.text, 'has', [], scope) : complain('has() needs a label'));
    }
    next = start;
    const key = take();
    if (key.kind !== 'word') return complain(`"${key.text}" is not expected here`);
    const about = (operator: 'in' | 'contains' | 'starts' | 'ends', wanted: readonly string[]) =>
      labelled(key.text, operator, wanted, scope);
    if (symbol('==')) return about('in', [string()]);
    if (symbol('!=')) return not(about('in', [string()]));
    if (word('in')) return about('in', values());
    if (word('not') && word('in')) return not(about('in', values()));
    if (word('contains')) return about('contains', [string()]);
    if (word('starts') && word('with')) return about('starts', [string()]);
    if (word('ends') && word('with')) return about('ends', [string()]);
    return complain(`"${key.text}" needs an operator`);
  };
  const found = any();
  if (wrong === undefined && peek().kind !== 'end') complain(`"${peek().text}" is not expected here`);
  return wrong === undefined ? ok(found) : failure(wrong);
}

function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  let end = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    end = token.lastIndex;
    const [, double, single, symbol, word] = match;
    if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else tokens.push({ kind: 'string', text: double ?? single ?? '' });
  }
  return text.slice(end).trim() === '' ? [...tokens, { kind: 'end', text: '' }] : undefined;
}

const labels: Readonly<Record<Scope, Subject>> = { endpoint: 'label', namespace: 'namespaceLabel', serviceAccount: 'serviceAccountLabel' };

function labelled(
  key: string,
  operator: 'has' | 'in' | 'contains' | 'starts' | 'ends',
  values: readonly string[],
  scope: Scope,
): Expression {
  if (key === 'projectcalico.org/namespace' || (scope === 'namespace' && key === 'projectcalico.org/name'))
    return is('namespace', '', operator, values);
  if (key === 'projectcalico.org/serviceaccount' || (scope === 'serviceAccount' && key === 'projectcalico.org/name'))
    return is('serviceAccount', '', operator, values);
  if (key === 'projectcalico.org/orchestrator' && scope === 'endpoint')
    return values.length === 0 || values.includes('k8s') ? is('namespace', '', 'has') : { kind: 'never' };
  if (scope === 'endpoint' && key.startsWith('pcns.')) return is('namespaceLabel', key.slice(5), operator, values);
  if (scope === 'endpoint' && key.startsWith('pcsa.')) return is('serviceAccountLabel', key.slice(5), operator, values);
  return is(labels[scope], key, operator, values);
}
