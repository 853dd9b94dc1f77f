// The community's ingress-nginx controller, told by its image, its program or its arguments. Support ended in March 2026: there are no more
// fixes. And snippets: versions before 0.49.1, and 1.0.0, cannot switch them off; up to 1.8 they are on unless the ConfigMap of the
// controller says `allow-snippet-annotations: "false"`; from 1.9 they are off unless it says "true" (CVE-2021-25742).

import type { Container } from '../../kube/pod/types.ts';
import { compareReleases, parseReleaseVersion } from '../../kube/version/version.ts';
import { asString, dig } from '../../lib/json.ts';
import { ofKind } from '../../snapshot/lookup.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment, withContainer } from '../examples.ts';

const digest = 'sha256:4bcff63911fcb4448bd4fdacec207030997caf25e9bea4045fa6c8c44de311d1';

export const nginxEndOfLife = control({
  id: 'exposure/nginx-end-of-life',
  aliases: ['C-0292'],
  severity: 'high',
  title: 'No ingress controller is past its end of life',
  why: 'ingress-nginx stands on the edge of the cluster and has had no security fixes since March 2026.',
  fix: 'Move to a controller that is maintained, best one of the Gateway API.',
  frameworks: ['attack:T1190', 'owasp:K10'],
  on: pods,
  check: ({ containers }) =>
    containers.filter(isController).map((container) =>
      fail(container.at('/image'), 'end-of-life', `container "${container.name}" is ingress-nginx, which is no longer maintained`, {
        container: container.name,
      }),
    ),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(withContainer({ image: `registry.k8s.io/ingress-nginx/controller:v1.12.3@${digest}` }))],
  },
});

export const nginxSnippetsAllowed = control({
  id: 'exposure/nginx-snippets-allowed',
  aliases: ['C-0059'],
  severity: 'high',
  title: 'The nginx ingress controller takes no snippets',
  why: 'Whoever may write an Ingress can run code in the controller through a snippet, and read every Secret that it may read.',
  fix: 'Set allow-snippet-annotations to "false" in the ConfigMap of the controller; replace versions before 0.49.1, and 1.0.0.',
  frameworks: ['attack:T1552', 'matrix:MS-TA9025', 'owasp:K01'],
  on: pods,
  check: ({ resource, containers }, { snapshot }) =>
    containers.filter(isController).flatMap((container) => {
      const reason = allows(snapshot, resource.namespace, versionOf(container));
      return reason === undefined
        ? []
        : [
            fail(container.at('/image'), 'snippets', `container "${container.name}" is ingress-nginx ${reason}`, {
              container: container.name,
            }),
          ];
    }),
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(withContainer({ image: `registry.k8s.io/ingress-nginx/controller:v1.8.0@${digest}` }))],
  },
  overlaps: ['exposure/nginx-end-of-life'],
});

function isController({ image = '', command, args }: Container): boolean {
  if (/(?:^|\/)ingress-nginx\/controller(?:-chroot)?(?:[:@]|$)|nginx-ingress-controller|(?:^|\/)nginx-controller(?:[:@]|$)/.test(image))
    return !/(?:^|\/)nginx\/nginx-ingress/.test(image);
  return [...command, ...args].some((word) => word === '/nginx-ingress-controller' || word === '--controller-class=k8s.io/ingress-nginx');
}

function versionOf({ image = '' }: Container): string {
  return /:([^:@/]+)(?:@|$)/.exec(image)?.[1] ?? '';
}

/** Says why snippets are taken; undefined where they are not. */
function allows(snapshot: Snapshot, namespace: string, version: string): string | undefined {
  const known = parseReleaseVersion(version) !== undefined;
  if (known && (compareReleases(version, '0.49.1') < 0 || compareReleases(version, '1.0.0') === 0))
    return `${version}, which cannot refuse snippets`;
  const settings = ofKind(snapshot, '', 'ConfigMap')
    .filter((map) => map.namespace === namespace)
    .map((map) => asString(dig(map.object, 'data', 'allow-snippet-annotations')));
  if (settings.includes('true')) return 'with snippets switched on';
  return known && compareReleases(version, '1.9') < 0 && !settings.includes('false')
    ? `${version}, which takes snippets unless told otherwise`
    : undefined;
}
