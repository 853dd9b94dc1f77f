// The lists of `aws-auth` are YAML inside of texts, which no API server reads: one that cannot be read maps nobody, and locks out the nodes
// and the people it was to let in.

import { eksIdentities } from '../../identity/cloud/eks.ts';
import { control, fail, objectsWhere } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { awsAuth, isAwsAuth } from './aws-auth-masters.ts';

export const awsAuthUnreadable = control({
  id: 'identity/aws-auth-unreadable',
  aliases: [],
  severity: 'medium',
  title: 'The mapping of AWS identities can be read',
  why: 'A mistake in the YAML of `aws-auth` drops the whole list it is in, nodes among it, without a word from the API server.',
  fix: 'Mend the YAML: a list of mappings, each with `rolearn` or `userarn`, without a path in the ARN of a role.',
  frameworks: ['nsa:authentication-and-authorization'],
  on: objectsWhere('ConfigMap aws-auth of kube-system', isAwsAuth),
  check(_, { snapshot }) {
    const { inbound, problems } = eksIdentities(snapshot, []);
    const keys = ['mapRoles', 'mapUsers', 'mapAccounts'];
    const broken = problems.flatMap(({ message }) => {
      const key = keys.find((one) => message.includes(one));
      return key === undefined ? [] : [fail(`/data/${key}`, 'unreadable', message)];
    });
    const pathed = inbound.filter(({ note }) => note.includes('never matches'));
    return [
      ...broken,
      ...pathed.map(({ principal, source }) =>
        fail(`/data/${keys.find((one) => source.endsWith(one)) ?? 'mapRoles'}`, 'path', `${principal} never matches: the ARN has a path`),
      ),
    ];
  },
  examples: {
    pass: () => [cluster(deployment(), awsAuth('- rolearn: arn:aws:iam::111122223333:role/dev\n  username: dev\n  groups: [dev]\n'))],
    fail: () => [
      cluster(deployment(), awsAuth('- rolearn: arn:aws:iam::111122223333:role/dev\n\tusername: dev\n')),
      cluster(deployment(), awsAuth('- rolearn: arn:aws:iam::111122223333:role/team/dev\n  groups: [dev]\n')),
    ],
  },
});
