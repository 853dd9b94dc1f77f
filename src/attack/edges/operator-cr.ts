// Edge operator-cr. Controllers carry out what custom resources say, with their own rights: whoever writes the resource has them. A
// controller is known by its service account.

import { find } from '../../snapshot/lookup.ts';
import type { Edge } from '../edge.ts';
import { binding, holding } from '../examples.ts';
import { right } from '../right.ts';

/** What is written, and the accounts of those who carry it out. */
const controllers: readonly (readonly [needs: string, accounts: readonly string[]])[] = [
  ['create,update,patch kustomizations.kustomize.toolkit.fluxcd.io', ['flux-system/kustomize-controller']],
  ['create,update,patch helmreleases.helm.toolkit.fluxcd.io', ['flux-system/helm-controller']],
  ['create,update,patch applications.argoproj.io', ['argocd/argocd-application-controller']],
  ['create,update,patch applicationsets.argoproj.io', ['argocd/argocd-applicationset-controller', 'argocd/argocd-application-controller']],
  ['create,update,patch workflows.argoproj.io', ['argo/argo', 'argo/argo-workflow-controller']],
  ['create pipelineruns.tekton.dev | create taskruns.tekton.dev', ['tekton-pipelines/tekton-pipelines-controller']],
  ['create,update,patch restores.velero.io', ['velero/velero', 'velero/velero-server']],
  ['create,update,patch certificates.cert-manager.io | create,update,patch clusterissuers.cert-manager.io', ['cert-manager/cert-manager']],
  ['create,update,patch externalsecrets.external-secrets.io', ['external-secrets/external-secrets']],
  ['create,update,patch prometheuses.monitoring.coreos.com', ['monitoring/prometheus-operator']],
  [
    'create,update,patch compositions.apiextensions.crossplane.io | create,update,patch providers.pkg.crossplane.io',
    ['crossplane-system/crossplane'],
  ],
  [
    'create,update,patch clusterpolicies.kyverno.io | create,update,patch generatingpolicies.policies.kyverno.io',
    ['kyverno/kyverno-background-controller'],
  ],
];

export const operatorCr: Edge = {
  id: 'operator-cr',
  title: 'Has a controller act for it',
  needs: ['writing the custom resource of a controller that is there'],
  gains: 'the rights of the controller',
  technique: { attack: 'T1072', matrix: '' },
  fix: 'let the controller impersonate an account of the tenant; keep its resources to the pipeline',
  cost: 1,
  derive: ({ graph, rights, snapshot }) => {
    for (const [needs, accounts] of controllers)
      for (const text of accounts) {
        const [namespace = '', name = ''] = text.split('/');
        const resource = find(snapshot, '', 'ServiceAccount', namespace, name);
        const known = graph.find('service-account', namespace, name);
        if (resource === undefined && known === undefined) continue;
        const needed = right(needs);
        const evidence = [
          { ...(resource === undefined ? {} : { resource }), path: '', text: `the controller runs as ServiceAccount ${text}` },
        ];
        const target = graph.vertex('service-account', namespace, name);
        for (const scope of rights.scopesOf(needed)) graph.arc(rights.at(needed, scope), target, { edge: 'operator-cr', evidence });
      }
  },
  example: {
    objects: [
      ...holding(['create kustomizations.kustomize.toolkit.fluxcd.io']),
      ...binding({ kind: 'ServiceAccount', name: 'kustomize-controller', namespace: 'flux-system' }, ['get configmaps']),
    ],
  },
};
