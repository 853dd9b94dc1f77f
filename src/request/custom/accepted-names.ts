// Which of the names that a definition asks for it gets, and what its conditions say of it: a name that another definition of the group has
// been given stays with that one (apiextensions-apiserver/pkg/controller/{status,establish}, 1.36). A definition that waits is looked at again
// when another one of its group lets go of a name.

import { asList, asObject, asString, dig, field, type Json, type JsonObject, sameJson, strings } from '../../lib/json.ts';
import { conditionStatus } from './conditions.ts';

/**
 * The status of a definition once its names are judged; undefined where it says so already.
 *
 * @param others the other definitions of its group.
 */
export function namedStatus(definition: JsonObject, others: readonly JsonObject[], now: string): JsonObject | undefined {
  const status = asObject(definition.status);
  const before = asList(status.conditions);
  const { acceptedNames, reason, message } = judged(definition, others);
  const isAccepted = reason === 'NoConflicts';
  const accepted = condition(before, 'NamesAccepted', isAccepted, reason, message, now);
  const wasEstablished = conditionStatus(definition, 'Established') === 'True';
  const established =
    isAccepted && !wasEstablished
      ? condition(before, 'Established', true, 'InitialNamesAccepted', 'the initial names have been accepted', now)
      : (found(before, 'Established') ?? condition(before, 'Established', false, 'NotAccepted', 'not all names are accepted', now));
  const own = ['NamesAccepted', 'Established'];
  const rest = before.filter((each) => !own.includes(asString(field(each, 'type')) ?? ''));
  const conditions = [accepted, established, ...rest];
  if (sameJson(acceptedNames, status.acceptedNames) && sameJson(conditions, before)) return undefined;
  return { ...status, acceptedNames, conditions };
}

/** The other definitions of its group. */
export function othersOf(definition: JsonObject, all: readonly JsonObject[]): readonly JsonObject[] {
  const [group, name] = [dig(definition, 'spec', 'group'), field(definition.metadata, 'name')];
  return all.filter((each) => dig(each, 'spec', 'group') === group && field(each.metadata, 'name') !== name);
}

/** Whether a definition was refused a name. */
export function waitsForNames(definition: JsonObject): boolean {
  const isGoing = field(definition.metadata, 'deletionTimestamp') !== undefined;
  return !isGoing && conditionStatus(definition, 'NamesAccepted') === 'False';
}

interface Judged {
  readonly acceptedNames: JsonObject;
  readonly reason: string;
  readonly message: string;
}

/** Each name by itself; of several conflicts the last is told. */
function judged(definition: JsonObject, others: readonly JsonObject[]): Judged {
  const wanted = asObject(dig(definition, 'spec', 'names'));
  const given = asObject(dig(definition, 'status', 'acceptedNames'));
  const taken = others.map((other) => asObject(dig(other, 'status', 'acceptedNames')));
  const resources = new Set(taken.flatMap((names) => [names.plural, names.singular, ...strings(names.shortNames)]));
  const kinds = new Set(taken.flatMap((names) => [names.kind, names.listKind]));
  const names: Record<string, Json | undefined> = { ...given, categories: wanted.categories };
  let [reason, message] = ['NoConflicts', 'no conflicts found'];
  const judge = (key: string, title: string, used: ReadonlySet<Json | undefined>) => {
    const name = wanted[key];
    if (name !== given[key] && used.has(name)) [reason, message] = [`${title}Conflict`, inUse(name)];
    else names[key] = name;
  };
  judge('plural', 'Plural', resources);
  judge('singular', 'Singular', resources);
  const owned = strings(given.shortNames);
  const conflicts = strings(wanted.shortNames).filter((name) => !owned.includes(name) && resources.has(name));
  if (conflicts.length === 0) names.shortNames = wanted.shortNames;
  else [reason, message] = ['ShortNamesConflict', together([...new Set(conflicts.map(inUse))])];
  judge('kind', 'Kind', kinds);
  judge('listKind', 'ListKind', kinds);
  const acceptedNames: Record<string, Json> = { plural: '', kind: '' };
  for (const [key, name] of Object.entries(names)) if (name !== undefined) acceptedNames[key] = name;
  return { acceptedNames, reason, message };
}

function inUse(name: Json | undefined): string {
  return `${JSON.stringify(name)} is already in use`;
}

/** Several errors as Go's aggregate tells them. */
function together(messages: readonly string[]): string {
  return messages.length === 1 ? (messages[0] ?? '') : `[${messages.join(', ')}]`;
}

function found(conditions: readonly Json[], type: string): Json | undefined {
  return conditions.find((each) => field(each, 'type') === type);
}

/** The condition as it is from now on; its time is that of the last change of its status. */
function condition(before: readonly Json[], type: string, is: boolean, reason: string, message: string, now: string): Json {
  const status = is ? 'True' : 'False';
  const old = asObject(found(before, type));
  const lastTransitionTime = old.status === status ? (old.lastTransitionTime ?? now) : now;
  return { ...old, type, status, lastTransitionTime, reason, message };
}
