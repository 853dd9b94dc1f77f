// `RequestTrace` as JSON; several of them are the items of a list.

import type { Followed, Told } from './table.ts';

export function json({ followed, assumed, release }: Told): string {
  const about = { kubernetesVersion: release, assumed };
  const [first, ...more] = followed;
  if (first !== undefined && more.length === 0)
    return text({ apiVersion: 'cofferdam.dev/v1', kind: 'RequestTrace', ...item(first), ...about });
  const allowed = followed.every(({ trace }) => trace.allowed);
  return text({ apiVersion: 'cofferdam.dev/v1', kind: 'RequestTraceList', allowed, items: followed.map(item), ...about });
}

function text(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function item({ request: { method, path }, trace }: Followed): object {
  const { answer, stages, allowed, unknown, user, auditAnnotations, next } = trace;
  return {
    request: { method, path, ...(user === undefined ? {} : { user: user.name, groups: user.groups }) },
    stages,
    allowed,
    known: answer.unknown === undefined,
    unknown,
    // What stands in the place of an answer that is not known is no server's.
    ...(answer.unknown === undefined ? { code: answer.code } : {}),
    ...(answer.refusal === undefined || answer.unknown !== undefined ? {} : { status: answer.refusal }),
    ...(answer.object === undefined ? {} : { object: answer.object }),
    warnings: answer.warnings,
    auditAnnotations,
    next,
  };
}
