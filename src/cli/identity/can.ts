// `cofferdam can`: one access review. Exit status 0 for yes, 1 for no.

import { type AccessReview, can } from '../../identity/access-review.ts';
import { authorizerOf, namespacesOf } from '../../identity/authorizer.ts';
import type { RequestAttributes } from '../../identity/rules.ts';
import type { User } from '../../identity/subjects.ts';
import { paint } from '../../lib/display.ts';
import { problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { type Asked, ask, isNode } from './input.ts';
import { readQuestion, readUser } from './question.ts';
import { closing, requestText, unknownJson, viaJson, viaText } from './words.ts';

export async function run(input: CommandInput): Promise<number> {
  const { flags, console } = input;
  const targets = outputs(verbatim(flags, 'output'), ['table', 'json']);
  const user = readUser(flags);
  if (user === undefined)
    throw new Stop(problem('usage/bad-flag', 'who? Name the user with --as, a service account as system:serviceaccount:NAMESPACE:NAME'));
  const { wanted, paths, notes } = readQuestion(input);
  const asked = await ask(input, paths, isNode(flags));
  const review = can(asked.snapshot, user, wanted);
  const elsewhere = review.allowed ? [] : allowedIn(asked, user, wanted);
  write(targets, console, (format, toTerminal) => {
    if (format !== 'json') return table({ user, wanted, notes }, review, elsewhere, asked, toTerminal && console.color);
    const { allowed, authorizer, reason, via, unknown } = review;
    const answer = { allowed, authorizer, reason, via: via.map((one) => viaJson(one, asked)), unknown: unknownJson(unknown) };
    const about = { user, request: wanted, ...answer, allowedInNamespaces: elsewhere, notes, restsOn: asked.restsOn };
    return `${JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'AccessReview', ...about }, undefined, 2)}\n`;
  });
  return review.allowed ? exit.clean : exit.findings;
}

/** For a question about the whole cluster: the namespaces in which the answer is yes. */
function allowedIn({ snapshot }: Asked, user: User, wanted: RequestAttributes): readonly string[] {
  if (wanted.namespace !== '' || wanted.resource === '') return [];
  return namespacesOf(authorizerOf(snapshot), user).filter((namespace) => can(snapshot, user, { ...wanted, namespace }).allowed);
}

interface About {
  readonly user: User;
  readonly wanted: RequestAttributes;
  readonly notes: readonly string[];
}

function table({ user, wanted, notes }: About, review: AccessReview, elsewhere: readonly string[], asked: Asked, color: boolean): string {
  const { allowed, authorizer, reason, via, unknown } = review;
  const said = allowed ? paint('yes', 'green', color) : paint('no', 'red', color);
  const groups = user.groups.length === 0 ? 'no groups' : `groups ${user.groups.join(', ')}`;
  const scope = wanted.namespace === '' && wanted.resource !== '' ? ', asked for the whole cluster' : '';
  const other =
    authorizer === 'system:masters'
      ? ['  members of system:masters can do everything']
      : authorizer === 'Node'
        ? ['  the Node authorizer allows it']
        : [];
  const some =
    elsewhere.length === 0
      ? []
      : [`  but yes in ${printable(elsewhere.slice(0, 8).join(', '))}${elsewhere.length > 8 ? ' and more' : ''} (ask with -n)`];
  return [
    `${said}: ${printable(user.name)} ${allowed ? 'may' : 'may not'} ${requestText(wanted)}${scope}`,
    printable(`  ${groups}`),
    ...other,
    ...(allowed || reason === '' ? [] : reason.split('\n').map((line) => printable(`  ${line}`))),
    ...some,
    ...(via.length === 0 ? [] : ['', 'through']),
    ...via.map((one) => `  ${viaText(one, asked)}`),
    ...closing(asked, unknown, notes),
  ].join('\n');
}
