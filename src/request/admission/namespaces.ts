// NamespaceAutoProvision, which makes the namespace that a request names and nobody has made, and NamespaceExists, which refuses such a request
// (plugin/pkg/admission/namespace, Kubernetes 1.36). Both are off by default; NamespaceLifecycle, which comes between them, says the same.

import { forbidden, notFound } from '../status.ts';
import type { Attributes, Plugin } from './plugin.ts';

const namespaces = { group: '', resource: 'namespaces' };

function isMissing({ target, namespace, serving }: Attributes): boolean {
  const isNamespace = target.group === '' && target.kind === 'Namespace';
  return namespace !== '' && !isNamespace && serving.state.get(namespaces, '', namespace) === undefined;
}

export const namespaceAutoProvision: Plugin = {
  name: 'NamespaceAutoProvision',
  admit: (attributes) => {
    const { operation, dryRun, serving, target, name, namespace } = attributes;
    if (operation !== 'CREATE' || dryRun || !isMissing(attributes)) return undefined;
    const refusal = serving.provision?.(namespace);
    return refusal === undefined || refusal.reason === 'AlreadyExists' ? undefined : forbidden(target, name, refusal.message);
  },
};

export const namespaceExists: Plugin = {
  name: 'NamespaceExists',
  validate: (attributes) =>
    attributes.operation !== 'CONNECT' && isMissing(attributes) ? notFound(namespaces, attributes.namespace) : undefined,
};
