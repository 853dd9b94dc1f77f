// CI/CD: how workloads get into the cluster: from Git, in step with it, by machines, the same build everywhere.

import { asList, asString, dig, field } from '../../../lib/json.ts';
import { ofKind } from '../../../snapshot/lookup.ts';
import { type Check, judged } from '../../check.ts';
import { managedBy } from '../../delivery.ts';
import { running, written } from '../../words.ts';

export const delivery: readonly Check[] = [
  judged(
    'ci-cd/delivered-from-git',
    {
      title: 'Workloads are put there from Git',
      fix: 'Let Argo CD or Flux deliver what is merged; take people out of the way.',
      weight: 3,
      needs: ['live'],
    },
    function* ({ snapshot }) {
      for (const resource of running(snapshot)) {
        const by = managedBy(resource);
        yield {
          verdict: by === undefined ? 'fail' : 'pass',
          resource,
          path: '/metadata',
          detail: `${resource.kind} ${resource.name} ${by === undefined ? 'bears no mark of Argo CD, Flux or Helm' : `is delivered by ${by}`}`,
        };
      }
    },
  ),
  judged(
    'ci-cd/in-sync',
    {
      title: 'What is delivered is what Git says, and healthy',
      fix: 'Look into the Applications and Kustomizations that differ.',
      weight: 3,
      needs: ['live'],
      phase: 'runtime',
      nothing: 'neither Argo CD nor Flux delivers here',
    },
    function* ({ snapshot }) {
      for (const resource of ofKind(snapshot, 'argoproj.io', 'Application')) {
        const [sync, health] = [
          asString(dig(resource.object, 'status', 'sync', 'status')),
          asString(dig(resource.object, 'status', 'health', 'status')),
        ];
        yield {
          verdict: sync === undefined ? 'unknown' : sync === 'Synced' && health === 'Healthy' ? 'pass' : 'fail',
          resource,
          path: '/status',
          detail: `Application ${resource.name} is ${sync ?? 'of unknown state'}, ${health ?? 'of unknown health'}`,
        };
      }
      for (const [group, kind] of [
        ['kustomize.toolkit.fluxcd.io', 'Kustomization'],
        ['helm.toolkit.fluxcd.io', 'HelmRelease'],
      ] as const)
        for (const resource of ofKind(snapshot, group, kind)) {
          const ready = field(
            asList(dig(resource.object, 'status', 'conditions')).find((one) => field(one, 'type') === 'Ready'),
            'status',
          );
          yield {
            verdict: ready === undefined ? 'unknown' : ready === 'True' ? 'pass' : 'fail',
            resource,
            path: '/status/conditions',
            detail: `${kind} ${resource.name} is ${ready === 'True' ? '' : 'not '}ready`,
          };
        }
    },
  ),
  judged(
    'ci-cd/manual-edits',
    {
      title: 'Nobody edits workloads by hand',
      fix: 'Make the change in Git; take away the right to edit in production.',
      weight: 3,
      needs: ['live'],
      phase: 'runtime',
    },
    function* ({ snapshot }) {
      for (const resource of running(snapshot)) {
        const managers = asList(dig(resource.object, 'metadata', 'managedFields')).map((one) => asString(field(one, 'manager')) ?? '');
        const hand = managers.find((name) => /^kubectl-(?:edit|patch|set|scale|label|annotate|rollout|create)/.test(name));
        yield {
          verdict: managers.length === 0 ? 'unknown' : hand === undefined ? 'pass' : 'fail',
          resource,
          path: '/metadata/managedFields',
          detail: managers.length === 0 ? 'who wrote it was not read' : `written by ${hand ?? 'machines'}`,
        };
      }
    },
  ),
  judged(
    'ci-cd/same-digest',
    {
      title: 'Environments run the same build of an image',
      fix: 'Promote the digest from one environment to the next; do not build again.',
      weight: 3,
      nothing: 'no image is named by digest in several namespaces',
    },
    function* ({ snapshot }) {
      const uses = written(snapshot).flatMap((resource) =>
        resource.pods.flatMap(({ containers }) =>
          containers.flatMap(({ image }) => {
            const [name = '', digest] = (image ?? '').split('@');
            return digest === undefined ? [] : [{ resource, name: name.replace(/:[^/:]*$/, ''), digest }];
          }),
        ),
      );
      for (const [name, own] of Map.groupBy(uses, (one) => one.name)) {
        if (new Set(own.map(({ resource }) => resource.namespace)).size < 2) continue;
        const digests = new Set(own.map(({ digest }) => digest)).size;
        yield {
          verdict: digests === 1 ? 'pass' : 'fail',
          ...(own[0] === undefined ? {} : { resource: own[0].resource }),
          detail: `${name} runs in ${digests} builds`,
        };
      }
    },
  ),
];
