// The file of `--token-auth-file` (k8s.io/apiserver pkg/authentication/token/tokenfile, 1.36): lines of `token,user,uid,"group,group"` as
// comma-separated values. Deprecated practice, still found: such tokens never expire and change only with a restart.

import { type Problem, problem } from '../../lib/problem.ts';
import { identity, type Outcome } from './outcome.ts';

export interface StaticToken {
  readonly token: string;
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
}

/** Reads a token file. A line with fewer than three columns is a problem; the API server would not start with it. */
export function readStaticTokens(
  text: string,
  file: string,
): { readonly tokens: readonly StaticToken[]; readonly problems: readonly Problem[] } {
  const tokens = new Map<string, StaticToken>();
  const problems: Problem[] = [];
  for (const { columns, line } of records(text)) {
    const [token = '', user = '', uid = '', groups] = columns;
    if (columns.length < 3) problems.push(problem('config/invalid', 'a token, a user and a UID are needed', { file, line, column: 1 }));
    else if (token !== '') tokens.set(token, { token, user, uid, groups: groups === undefined ? [] : groups.split(',') });
  }
  return { tokens: [...tokens.values()], problems };
}

export function staticTokenUser(tokens: readonly StaticToken[], token: string): Outcome {
  const found = tokens.find((one) => one.token === token);
  if (found === undefined) return undefined;
  const user = identity(found.user, found.groups, found.uid);
  return { kind: 'accepted', authenticator: 'static token', user, audiences: [], assumptions: [] };
}

/** Records of comma-separated values (RFC 4180); quoted columns may hold commas, line ends and doubled quotes. */
function* records(text: string): Generator<{ readonly columns: readonly string[]; readonly line: number }> {
  let columns: string[] = [];
  let column = '';
  let quoted = false;
  let [line, start] = [1, 1];
  for (let at = 0; at <= text.length; at++) {
    const character = text[at] ?? '\n';
    if (quoted) {
      if (character === '"' && text[at + 1] === '"') {
        column += '"';
        at++;
      } else if (character === '"' || at === text.length) quoted = false;
      else column += character;
      if (character === '\n') line++;
    } else if (character === '"' && column === '') quoted = true;
    else if (character === ',') {
      columns.push(column);
      column = '';
    } else if (character === '\n') {
      const last = column.endsWith('\r') ? column.slice(0, -1) : column;
      if (columns.length > 0 || last !== '') yield { columns: [...columns, last], line: start };
      columns = [];
      column = '';
      start = ++line;
    } else column += character;
  }
}
