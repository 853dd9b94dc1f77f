// Plugins about traffic into the cluster: DefaultIngressClass, DenyServiceExternalIPs.

import { ensured, structAt } from '../../kube/schema/defaults/struct.ts';
import { dig, strings } from '../../lib/json.ts';
import { forbidden } from '../status.ts';
import type { Plugin } from './plugin.ts';
import { newestMarked } from './storage.ts';

export const defaultIngressClass: Plugin = {
  name: 'DefaultIngressClass',
  admit: ({ target, object, operation, serving }) => {
    if (target.resource !== 'ingresses' || target.subresource !== '' || object === undefined || operation !== 'CREATE') return undefined;
    const spec = ensured(object, 'spec');
    if (spec.ingressClassName !== undefined || Object.hasOwn(structAt(object, 'metadata', 'annotations'), 'kubernetes.io/ingress.class'))
      return undefined;
    const classes = serving.state.list({ group: 'networking.k8s.io', resource: 'ingressclasses' });
    const found = newestMarked(classes, ['ingressclass.kubernetes.io/is-default-class']);
    if (found === undefined) return undefined;
    spec.ingressClassName = found;
    serving.because?.(
      `IngressClass ${found} is the default, and the Ingress names none`,
      `IngressClass ${found}, annotation ingressclass.kubernetes.io/is-default-class`,
    );
    return undefined;
  },
};

export const denyServiceExternalIps: Plugin = {
  name: 'DenyServiceExternalIPs',
  validate: ({ target, object, old, operation, name }) => {
    if (target.group !== '' || target.resource !== 'services' || target.subresource !== '' || operation === 'DELETE') return undefined;
    const before = strings(dig(old, 'spec', 'externalIPs'));
    const added = strings(dig(object, 'spec', 'externalIPs')).filter((address) => !before.includes(address));
    return added.length === 0 ? undefined : forbidden(target, name, 'Use of external IPs is denied by admission control');
  },
};
