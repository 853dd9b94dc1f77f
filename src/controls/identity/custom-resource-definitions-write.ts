// A CustomResourceDefinition names the webhook that converts its objects, and deleting one deletes every object of it. Rules limited to
// named definitions pass: an operator may keep its own.
import { clusterWide, harmless, rule } from './examples.ts';
import { right } from './right.ts';

export const customResourceDefinitionsWrite = right({
  id: 'identity/custom-resource-definitions-write',
  aliases: [],
  severity: 'medium',
  title: 'No role changes every CustomResourceDefinition',
  why: 'A conversion webhook sees and rewrites every object of the kind on its way to and from storage, and a definition that is deleted takes all its objects along.',
  fix: 'Install definitions with the operator, by whoever deploys it; name them in `resourceNames` where the operator keeps them current.',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1557', 'owasp:K03'],
  lets: 'change the definition of every custom resource',
  rights: [
    {
      verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'],
      group: 'apiextensions.k8s.io',
      resources: ['customresourcedefinitions'],
    },
  ],
  examples: {
    pass: () => [
      harmless(),
      clusterWide(rule('apiextensions.k8s.io', ['customresourcedefinitions'], ['update', 'patch'], ['shops.example.com'])),
    ],
    fail: () => [clusterWide(rule('apiextensions.k8s.io', ['customresourcedefinitions'], ['patch']))],
  },
});
