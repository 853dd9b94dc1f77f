// NamespaceLifecycle: nothing is made in a namespace that is not there or is ending, and the three that every cluster needs cannot be deleted.

import { field } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import { forbidden, notFound } from '../status.ts';
import type { Attributes, Plugin } from './plugin.ts';

const immortal: readonly string[] = ['default', 'kube-system', 'kube-public'];
const namespaces = { group: '', resource: 'namespaces' };

export const namespaceLifecycle: Plugin = { name: 'NamespaceLifecycle', admit: admitLifecycle };

function admitLifecycle({ operation, target, serving, name, namespace }: Attributes): Refusal | undefined {
  const isNamespace = target.group === '' && target.kind === 'Namespace';
  if (isNamespace) {
    if (operation !== 'DELETE' || !immortal.includes(name)) return undefined;
    return forbidden(target, name, 'this namespace may not be deleted');
  }
  if (namespace === '' || operation === 'DELETE' || target.resource === 'localsubjectaccessreviews') return undefined;
  const found = serving.state.get(namespaces, '', namespace);
  if (found === undefined) return notFound(namespaces, namespace);
  if (operation !== 'CREATE' || field(found.status, 'phase') !== 'Terminating') return undefined;
  const refusal = forbidden(target, name, `unable to create new content in namespace ${namespace} because it is being terminated`);
  const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' };
  return { ...refusal, details: { ...refusal.details, causes: [cause] } };
}
