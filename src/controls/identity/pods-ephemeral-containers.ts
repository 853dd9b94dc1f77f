// An ephemeral container is added to a pod that runs already, with a security context of its own, and shares its namespaces, volumes and
// token. Kubernetes 1.25 and later.

import { clusterWide, harmless, rule } from './examples.ts';
import { right } from './right.ts';

export const podsEphemeralContainers = right({
  id: 'identity/pods-ephemeral-containers',
  aliases: [],
  severity: 'high',
  title: 'No role adds ephemeral containers to pods',
  why: 'A container added to a running pod sees its processes, volumes and token, and nothing of it shows in the manifest the pod came from.',
  fix: 'Keep `pods/ephemeralcontainers` for people who debug, bound for the time they need it.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1609', 'matrix:MS-TA9008', 'owasp:K03'],
  lets: 'add containers to running pods',
  rights: [{ verbs: ['update', 'patch'], group: '', resources: ['pods/ephemeralcontainers'] }],
  namesLimit: false,
  droppable: true,
  examples: {
    pass: () => [harmless()],
    fail: () => [clusterWide(rule('', ['pods/ephemeralcontainers'], ['get', 'patch']))],
  },
});
