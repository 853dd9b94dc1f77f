// NodeDeclaredFeatures (pkg/scheduler/framework/plugins/nodedeclaredfeatures, component-helpers/nodedeclaredfeatures, 1.36): what a pod needs of
// its kubelet that older ones do not have, and that nodes declare.

import { type Struct, structAt, structsIn } from '../../kube/schema/defaults/struct.ts';
import { asObject, dig, type Json, strings } from '../../lib/json.ts';
import { type Filter, objects } from './objection.ts';

export function nodeDeclaredFeatures(pod: Struct): Filter {
  const needed = neededBy(structAt(pod, 'spec'));
  return ({ node }) => {
    const declared = strings(dig(node as Json, 'status', 'declaredFeatures'));
    const missing = needed.filter((feature) => !declared.includes(feature));
    return objects(missing.length > 0, {
      plugin: 'NodeDeclaredFeatures',
      says: "node(s) didn't match Pod's required features",
      why: `the node does not declare ${missing.join(', ')}`,
      resolvable: false,
    });
  };
}

function neededBy(spec: Struct): readonly string[] {
  const containers = [...structsIn(spec, 'initContainers'), ...structsIn(spec, 'containers')];
  const restartsAll = containers.some((container) =>
    structsIn(container, 'restartPolicyRules').some((rule) => asObject(rule).action === 'RestartAllContainers'),
  );
  return [
    ...(restartsAll ? ['RestartAllContainersOnContainerExits'] : []),
    ...(spec.hostNetwork === true && spec.hostUsers === false ? ['UserNamespacesHostNetworkSupport'] : []),
  ];
}
