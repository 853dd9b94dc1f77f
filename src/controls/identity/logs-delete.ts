// Deleting logs through the API is not served by any release, but a role that asks for it was written to cover tracks or by mistake.

import { harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const logsDelete = right({
  id: 'identity/logs-delete',
  aliases: ['KSV-0042'],
  severity: 'low',
  title: 'No role asks to delete the logs of pods',
  why: 'Logs are the trail of an intrusion; a role that names their deletion hides it where an aggregated API serves the verb, and misleads reviewers where none does.',
  fix: 'Drop `delete` and `deletecollection` on `pods/log`.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1070', 'matrix:MS-TA9021', 'owasp:K03'],
  lets: 'ask for the deletion of pod logs',
  rights: [{ verbs: ['delete', 'deletecollection'], group: '', resources: ['pods/log'] }],
  droppable: true,
  examples: {
    pass: () => [harmless()],
    fail: () => [inNamespace(rule('', ['pods/log'], ['get', 'delete']))],
  },
});
