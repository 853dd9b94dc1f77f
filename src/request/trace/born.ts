// Objects of manifests that a request is about, as the server would have made them: what is only written down has no selector that the server
// generates, no volumes of service account tokens, no cluster address, and an update is judged against those.

import { asObject, type JsonObject } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import { answerWrite } from '../pipeline.ts';
import type { Target } from '../target.ts';
import { administrator } from '../write/accounts.ts';
import type { Writing } from '../write/update.ts';

/**
 * Puts what creating an object, as it is `written`, makes of it in its place; with an applier, what applying it makes, so that its fields are the
 * applier's. An object that a server has stored already (it has a UID) stays as it is, and so does one that the server would refuse, whose
 * refusal is returned.
 */
export function bringToLife(target: Target, written: JsonObject | undefined, writing: Writing, applier?: string): Refusal | undefined {
  const { info, group, resource, namespace, name } = target;
  const { store } = writing;
  const stored = store.get({ group, resource }, namespace, name);
  if (stored === undefined || asObject(stored.metadata).uid !== undefined) return undefined;
  const source = written ?? stored;
  const { resourceVersion: _revision, ...metadata } = asObject(source.metadata);
  const body: JsonObject = { ...source, metadata: { ...metadata, ...(namespace === '' ? {} : { namespace }) } };
  const collection = `${info.path.split(`/${resource}/`)[0]}/${resource}`;
  store.remove({ group, resource }, namespace, name);
  const { access: _unasked, ...rest } = writing;
  const by = { user: administrator, body: { kind: 'json', value: body } } as const;
  const { answer } = answerWrite(
    applier === undefined
      ? { ...by, method: 'POST', path: collection, query: {} }
      : {
          ...by,
          method: 'PATCH',
          path: `${collection}/${name}`,
          query: { fieldManager: applier },
          contentType: 'application/apply-patch+yaml',
        },
    rest,
  );
  if (answer.refusal === undefined && answer.text === undefined) return undefined;
  store.put({ group, resource }, namespace, name, stored);
  return answer.refusal;
}
