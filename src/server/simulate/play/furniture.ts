// What belongs to every namespace, kept by played controllers: the authority's certificate as it was, and Secrets for tokens of service accounts,
// which get one, or go with their account (pkg/controller/{certificates/rootcacertpublisher,serviceaccount}, 1.36). Such a token is bound to
// its Secret and lasts as good as for ever; the claims of the older kind are not in it.

import { nameOf, uidOf } from '../../../kube/metadata.ts';
import { asObject, asString, dig, type JsonObject, sameJson, stringMap } from '../../../lib/json.ts';
import type { Tokens } from '../../../request/reviews/tokens.ts';
import { put } from '../chores/objects.ts';
import type { Stage } from './stage.ts';

const secrets = { group: '', resource: 'secrets' };
const accounts = { group: '', resource: 'serviceaccounts' };
const maps = { group: '', resource: 'configmaps' };
const accountNote = 'kubernetes.io/service-account.';
const century = 100 * 365 * 86_400;

/** Who signs tokens, and whose certificate they are checked with. */
export interface Credentials {
  readonly certificate: string;
  readonly tokens: Tokens;
}

export function playFurniture({ world, namespace }: Stage, { certificate }: Credentials): void {
  const map = world.store.get(maps, namespace, 'kube-root-ca.crt');
  const data = { 'ca.crt': certificate };
  if (map !== undefined && !sameJson(map.data ?? {}, data)) put(world, maps, { ...map, data });
}

export function playTokenSecret({ world, namespace }: Stage, { certificate, tokens }: Credentials, secret: JsonObject): void {
  if (secret.type !== 'kubernetes.io/service-account-token') return;
  const notes = stringMap(dig(secret, 'metadata', 'annotations'));
  const account = world.store.get(accounts, namespace, notes[`${accountNote}name`] ?? '');
  const named = notes[`${accountNote}uid`] ?? '';
  if (account === undefined || (named !== '' && named !== uidOf(account))) {
    world.store.remove(secrets, namespace, nameOf(secret));
    return;
  }
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  const before = asObject(secret.data);
  const has = (key: string) => (asString(before[key]) ?? '') !== '';
  const data = {
    ...before,
    ...(before['ca.crt'] === encoded(certificate) ? {} : { 'ca.crt': encoded(certificate) }),
    ...(has('namespace') ? {} : { namespace: encoded(namespace) }),
    ...(has('token') ? {} : { token: encoded(issued(tokens, account, secret, world.clock.now())) }),
  };
  if (sameJson(data, before)) return;
  const metadata = asObject(secret.metadata);
  const annotations = { ...notes, [`${accountNote}name`]: nameOf(account), [`${accountNote}uid`]: uidOf(account) };
  put(world, secrets, { ...secret, metadata: { ...metadata, annotations }, data });
}

function issued(tokens: Tokens, account: JsonObject, secret: JsonObject, now: number): string {
  return tokens.issue(account, { audiences: [], lasts: century, bound: { secret: { name: nameOf(secret), uid: uidOf(secret) } } }, now)
    .token;
}
