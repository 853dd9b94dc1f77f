// Objects by which powerful controllers act for others: what they name is applied, run or fetched with the controller's rights, not the
// writer's. Groups and kinds of Flux, Argo, Tekton, Velero, External Secrets and Crossplane's provider for Kubernetes, 2026.
import { clusterWide, harmless, inNamespace, rule } from './examples.ts';
import { right } from './right.ts';

export const deployersWrite = right({
  id: 'identity/deployers-write',
  aliases: [],
  severity: 'high',
  title: 'No role steers controllers that deploy for others',
  why: 'A deployment controller applies what such an object names with rights of its own, which are often those of an administrator.',
  fix: 'Limit who writes these objects to the pipeline, and give the controllers service accounts of the tenant (Flux `serviceAccountName`, Argo CD projects).',
  frameworks: ['nsa:authentication-and-authorization', 'attack:T1072', 'owasp:K03'],
  lets: 'let powerful controllers act for the holder',
  rights: [
    { verbs: ['create', 'update', 'patch'], group: 'kustomize.toolkit.fluxcd.io', resources: ['kustomizations'] },
    { verbs: ['create', 'update', 'patch'], group: 'helm.toolkit.fluxcd.io', resources: ['helmreleases'] },
    {
      verbs: ['create', 'update', 'patch'],
      group: 'argoproj.io',
      resources: ['applications', 'applicationsets', 'appprojects', 'workflows', 'cronworkflows'],
    },
    { verbs: ['create', 'update', 'patch'], group: 'tekton.dev', resources: ['taskruns', 'pipelineruns'] },
    { verbs: ['create', 'update', 'patch'], group: 'velero.io', resources: ['restores'] },
    {
      verbs: ['create', 'update', 'patch'],
      group: 'external-secrets.io',
      resources: ['externalsecrets', 'clusterexternalsecrets', 'secretstores', 'clustersecretstores', 'pushsecrets'],
    },
    { verbs: ['create', 'update', 'patch'], group: 'kubernetes.crossplane.io', resources: ['objects'] },
  ],
  examples: {
    pass: () => [harmless(), inNamespace(rule('argoproj.io', ['applications'], ['get', 'list', 'watch']))],
    fail: () => [
      inNamespace(rule('argoproj.io', ['applications'], ['patch'])),
      clusterWide(rule('kustomize.toolkit.fluxcd.io', ['kustomizations'], ['create'])),
    ],
  },
});
