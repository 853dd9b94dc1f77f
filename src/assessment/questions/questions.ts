// What no object shows, asked of people: one record a question. `against` are checks that show the contrary of a "yes" where they fail.

import type { Dimension, Layer, Phase } from '../assessment.ts';

export interface Question {
  readonly id: string;
  readonly dimension: Dimension;
  readonly question: string;
  /** What "yes" means, so that two people answer alike. */
  readonly yes: string;
  readonly fix: string;
  readonly weight: 1 | 3 | 9;
  readonly layer: Layer;
  readonly phase: Phase;
  /** Days for which an answer holds. */
  readonly holds: number;
  readonly against: readonly string[];
}

type Row = readonly [
  name: string,
  question: string,
  yes: string,
  fix: string,
  weight: 1 | 3 | 9,
  against?: readonly string[],
  holds?: number,
];

function asked(dimension: Dimension, layer: Layer, phase: Phase, rows: readonly Row[]): readonly Question[] {
  return rows.map(([name, question, yes, fix, weight, against = [], holds = 365]) => ({
    id: `${dimension}/asked-${name}`,
    dimension,
    question,
    yes,
    fix,
    weight,
    layer,
    phase,
    holds,
    against,
  }));
}

export const questions: readonly Question[] = [
  ...asked('architecture', 'cluster', 'deploy', [
    [
      'target',
      'Is there a target architecture of the platform that teams follow?',
      'written down, reviewed within a year',
      'Write down the target architecture and who decides on exceptions.',
      3,
    ],
    [
      'tenancy',
      'Is it decided which teams may share a cluster, and what keeps them apart?',
      'a tenancy model is written down and built so',
      'Decide on the tenancy model: cluster, node pool or namespace for each tenant.',
      3,
    ],
    [
      'environments',
      'Are production and other environments kept apart?',
      'own clusters or accounts',
      'Give production an account and a cluster of its own.',
      3,
      ['architecture/environments'],
    ],
    [
      'ownership',
      'Does everything that runs have an owner who is known?',
      'a list that covers every namespace',
      'Name an owner for every namespace.',
      3,
      ['architecture/owners'],
    ],
    [
      'support',
      'Is there support for Kubernetes and the add-ons you depend on?',
      'a contract or people of your own who can repair it',
      'Get support for what you cannot repair.',
      1,
    ],
  ]),
  ...asked('applications', 'code', 'develop', [
    [
      'criticality',
      'Is it known how critical each application is?',
      'a class for each, agreed with the business',
      'Class applications by criticality.',
      3,
    ],
    [
      'data-class',
      'Is it known which data each application holds?',
      'a class of data for each, personal data named',
      'Class the data of each application.',
      3,
    ],
    [
      'objectives',
      'Do critical applications have objectives for their service?',
      'objectives that are measured',
      'Set and measure objectives (SLO) for critical applications.',
      1,
    ],
    [
      'dependencies',
      'Are the dependencies of critical applications known?',
      'a list or map that is kept up to date',
      'Map dependencies, those outside the cluster too.',
      1,
    ],
    [
      'tested',
      'Are applications tested against the usual attacks (OWASP)?',
      'at each release or quarterly, findings are repaired',
      'Test applications against the OWASP Top 10 in the pipeline.',
      9,
    ],
  ]),
  ...asked('scalability', 'cluster', 'runtime', [
    ['peak', 'Is the peak load known?', 'measured, with the date', 'Measure the peak load.', 3],
    ['growth', 'Is growth planned for the next year?', 'a forecast with what it costs', 'Forecast growth for a year.', 1],
    ['load-tests', 'Are load tests made before peaks?', 'within the last year, above the peak', 'Test with more than the peak load.', 3],
    [
      'provider-quotas',
      'Are the quotas at the provider above what the peak needs?',
      'checked: machines, addresses, load balancers, volumes',
      'Raise the quotas before the peak.',
      3,
    ],
  ]),
  ...asked('storage', 'cloud', 'runtime', [
    [
      'objectives',
      'Is it agreed how much data may be lost and how long restoring may take (RPO, RTO)?',
      'for each critical application',
      'Agree on RPO and RTO for each critical application.',
      3,
    ],
    [
      'off-site',
      'Do backups lie outside the account and region of the cluster?',
      'another account and another region',
      'Copy backups to another account and region.',
      9,
      ['disaster-recovery/backup-region'],
    ],
    [
      'immutable',
      'Can backups not be changed or deleted by who runs the cluster?',
      'object lock or write-once storage',
      'Lock backups (object lock) with a retention.',
      9,
    ],
    [
      'restore-test',
      'Was a restore tested within the last half year?',
      'into an empty place, the application ran',
      'Test a restore every half year.',
      9,
      ['disaster-recovery/restore-tested'],
      183,
    ],
  ]),
  ...asked('ci-cd', 'code', 'develop', [
    [
      'branch-protection',
      'Are the branches that are deployed protected?',
      'no direct pushes, checks must pass',
      'Protect the branches that are deployed.',
      9,
    ],
    [
      'approvals',
      'Does someone else approve each change before it is deployed?',
      'enforced, also for manifests and pipelines',
      'Ask for one approval, by code owners where it matters.',
      3,
      ['ci-cd/code-owners'],
    ],
    [
      'isolation',
      'Are builds isolated from each other and from production?',
      'fresh runner for each build, no credentials of production',
      'Use ephemeral runners without standing credentials.',
      3,
      ['ci-cd/deployer-rights'],
    ],
    [
      'provenance',
      'Can each image that runs be traced to its source and build (SLSA build level 2 or more)?',
      'signed provenance that is verified',
      'Write and verify provenance.',
      3,
      ['ci-cd/sign-step'],
    ],
  ]),
  ...asked('disaster-recovery', 'cloud', 'runtime', [
    [
      'plan',
      'Is there a plan for the loss of the cluster?',
      'written, reachable when the cluster is down',
      'Write the plan and keep a copy elsewhere.',
      9,
    ],
    [
      'exercise',
      'Was the plan exercised within the last year?',
      'with the people who would do it, findings repaired',
      'Exercise the plan once a year.',
      9,
      ['disaster-recovery/restore-tested'],
    ],
    [
      'recovery-time',
      'Was it measured that recovery stays within the agreed time?',
      'in an exercise',
      'Measure the time in the next exercise.',
      3,
    ],
    [
      'people',
      'Are there people on call who may and can recover the cluster?',
      'two at least for each shift, with access',
      'Train and grant a second person.',
      3,
    ],
  ]),
  ...asked('monitoring', 'cluster', 'runtime', [
    [
      'on-call',
      'Does someone answer alerts at any hour?',
      'a rota, with a second line',
      'Set up a rota.',
      3,
      ['monitoring/alerts-go-somewhere'],
    ],
    [
      'objectives',
      'Are alerts derived from objectives of the service?',
      'users’ pain, not machine load',
      'Alert on objectives, with error budgets.',
      1,
    ],
    [
      'retention',
      'Are logs kept long enough, and where an attacker cannot change them?',
      'audit logs for a year, outside the cluster',
      'Keep audit logs for a year outside the cluster.',
      9,
    ],
    ['runbooks', 'Does each alert name what to do?', 'a runbook each, used and corrected', 'Write a runbook for each alert.', 1],
  ]),
  ...asked('security', 'cluster', 'runtime', [
    [
      'second-factor',
      'Do all people who reach the cluster or the cloud use a second factor?',
      'enforced, resistant to phishing for administrators',
      'Enforce a second factor at the identity provider.',
      9,
    ],
    [
      'access-reviews',
      'Are rights reviewed?',
      'quarterly for administrators, yearly for all',
      'Review rights quarterly: `cofferdam rbac review`.',
      3,
    ],
    [
      'incident-response',
      'Is there a plan for incidents in the cluster that was exercised?',
      'isolation, evidence, rotation of credentials',
      'Write and exercise the plan.',
      9,
    ],
    ['training', 'Are the people who build and run trained for Kubernetes security?', 'within two years', 'Train them.', 1, [], 730],
    [
      'penetration-test',
      'Was the cluster tested by someone else within the last year?',
      'findings are repaired',
      'Have the cluster tested.',
      3,
    ],
  ]),
];
