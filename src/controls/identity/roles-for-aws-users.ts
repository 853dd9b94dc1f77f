// On EKS, who the users and groups of a Role are is decided in AWS, by access entries or the ConfigMap aws-auth; the manifests cannot show
// it. Every Role is listed for that review. Off by default.

import { rbacGroup } from '../../identity/roles.ts';
import { control, fail, objects } from '../control.ts';
import { cluster, clusterWithout, deployment } from '../examples.ts';
import { appAccount, role, roleBinding, rule } from './examples.ts';

export const rolesForAwsUsers = control({
  id: 'identity/roles-for-aws-users',
  aliases: ['C-0232'],
  severity: 'low',
  title: 'No Role depends on identities that are managed in AWS',
  why: 'The subjects of a Role are users and groups whose members are named in AWS, where no manifest shows them.',
  fix: 'Review with AWS IAM who the users and groups bound to the Role are, and keep the AWS CLI of everyone at 1.16.156 or later.',
  frameworks: ['nsa:authentication-and-authorization', 'bsi:APP.4.4.A3'],
  enabled: false,
  on: objects(`${rbacGroup}/Role`),
  check: ({ resource }) => [
    fail('/metadata/name', 'review', `who holds Role "${resource.name}" of namespace ${resource.namespace} is decided in AWS`),
  ],
  examples: {
    pass: () => [clusterWithout(['Role', 'RoleBinding'], deployment())],
    fail: () => [cluster(deployment(), role([rule('', ['configmaps'], ['get'], ['app-settings'])]), roleBinding([appAccount]))],
  },
});
