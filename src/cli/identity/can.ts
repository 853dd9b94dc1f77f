// `cofferdam can`: one access review. Exit status 0 for yes, 1 for no.

import { type AccessReview, can } from '../../identity/access-review.ts';
import { authorizerOf, namespacesOf } from '../../identity/authorizer.ts';
import type { RequestAttributes } from '../../identity/rules.ts';
import type { User } from '../../identity/subjects.ts';
import { mayBeInNamespace } from '../../identity/who-can.ts';
import { paint } from '../../lib/display.ts';
import { problem } from '../../lib/problem.ts';
import { printable } from '../../lib/text.ts';
import type { CommandInput } from '../command.ts';
import { exit, Stop } from '../exit.ts';
import { verbatim } from '../flags.ts';
import { outputs, write } from '../output.ts';
import { chainAnswer } from './chain.ts';
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
  const review = reviewed(asked, user, wanted, flags);
  const elsewhere = review.allowed || review.notModelled !== undefined ? [] : allowedIn(asked, user, wanted);
  write(targets, console, (format, toTerminal) => {
    if (format !== 'json') return table({ user, wanted, notes }, review, elsewhere, asked, toTerminal && console.color);
    const { allowed, authorizer, reason, via, unknown, error, notModelled } = review;
    const proof = { via: via.map((one) => viaJson(one, asked)), unknown: unknownJson(unknown) };
    const answer = { allowed, authorizer, reason, ...(error === undefined ? {} : { error, notModelled }), ...proof };
    const about = { user, request: wanted, ...answer, allowedInNamespaces: elsewhere, notes, restsOn: asked.restsOn };
    return `${JSON.stringify({ apiVersion: 'cofferdam.dev/v1', kind: 'AccessReview', ...about }, undefined, 2)}\n`;
  });
  return review.allowed ? exit.clean : exit.findings;
}

/** The answer of the server's usual authorizers, or of those that the flags configure. */
interface Answer extends Omit<AccessReview, 'authorizer'> {
  readonly authorizer: string | undefined;
  /** What failed on the way; undefined where no authorizers were configured. */
  readonly error?: string;
  /** Webhooks that the server would have asked before. */
  readonly notModelled?: readonly string[];
}

function reviewed({ snapshot }: Asked, user: User, wanted: RequestAttributes, flags: CommandInput['flags']): Answer {
  const review = can(snapshot, user, wanted);
  const chain = chainAnswer(snapshot, user, wanted, flags);
  if (chain === undefined) return review;
  const { decision, reason, error, authorizer, via, notModelled } = chain;
  return { allowed: decision === 'allow', authorizer, reason, via, unknown: review.unknown, error, notModelled };
}

/** For a question about the whole cluster: the namespaces in which the answer is yes. */
function allowedIn({ snapshot }: Asked, user: User, wanted: RequestAttributes): readonly string[] {
  if (wanted.namespace !== '' || !mayBeInNamespace(snapshot, wanted)) return [];
  return namespacesOf(authorizerOf(snapshot), user).filter((namespace) => can(snapshot, user, { ...wanted, namespace }).allowed);
}

interface About {
  readonly user: User;
  readonly wanted: RequestAttributes;
  readonly notes: readonly string[];
}

function table({ user, wanted, notes }: About, review: Answer, elsewhere: readonly string[], asked: Asked, color: boolean): string {
  const { allowed, authorizer, reason, via, unknown, error = '', notModelled = [] } = review;
  const said = allowed ? paint('yes', 'green', color) : paint('no', 'red', color);
  const groups = user.groups.length === 0 ? 'no groups' : `groups ${user.groups.join(', ')}`;
  const scope = wanted.namespace === '' && mayBeInNamespace(asked.snapshot, wanted) ? ', asked for the whole cluster' : '';
  const other =
    authorizer === 'system:masters'
      ? ['  members of system:masters can do everything']
      : authorizer === 'Node'
        ? ['  the Node authorizer allows it']
        : allowed && via.length === 0 && authorizer !== undefined
          ? [printable(`  the authorizer ${authorizer} allows it`)]
          : [];
  const webhooks = notModelled.map((name) => printable(`  not modelled: the webhook ${name} is asked before, and may decide otherwise`));
  const some =
    elsewhere.length === 0
      ? []
      : [`  but yes in ${printable(elsewhere.slice(0, 8).join(', '))}${elsewhere.length > 8 ? ' and more' : ''} (ask with -n)`];
  return [
    `${said}: ${printable(user.name)} ${allowed ? 'may' : 'may not'} ${requestText(wanted)}${scope}`,
    printable(`  ${groups}`),
    ...other,
    ...(allowed || reason === '' ? [] : reason.split('\n').map((line) => printable(`  ${line}`))),
    ...(error === '' ? [] : [printable(`  ${error}`)]),
    ...webhooks,
    ...some,
    ...(via.length === 0 ? [] : ['', 'through']),
    ...via.map((one) => `  ${viaText(one, asked)}`),
    ...closing(asked, unknown, notes),
  ].join('\n');
}
