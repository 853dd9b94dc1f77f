// Snippet annotations of ingress-nginx are pasted into the configuration of a controller that can read the Secrets of all namespaces: whoever may
// write an Ingress can have them (CVE-2021-25742).

import { annotationsOf } from '../../kube/object.ts';
import { escapeToken } from '../../lib/json-pointer.ts';
import { control, fail, objects } from '../control.ts';
import { cluster, deployment } from '../examples.ts';
import { removeField } from '../repair.ts';
import { ingress, service } from './examples.ts';

const snippet = /^nginx\.(?:ingress\.kubernetes\.io|org)\/.*snippets?$/;

export const nginxSnippets = control({
  id: 'exposure/nginx-snippets',
  aliases: ['CKV_K8S_152', 'CKV_K8S_153', 'CKV_K8S_154'],
  severity: 'high',
  title: 'Ingresses carry no snippets of nginx configuration',
  why: 'A snippet runs in the controller, whose service account mostly may read every Secret of the cluster.',
  fix: 'Replace the snippet by the annotation made for the purpose, and set allow-snippet-annotations to "false" in the controller.',
  frameworks: ['attack:T1552', 'matrix:MS-TA9025', 'owasp:K01'],
  on: objects('networking.k8s.io/Ingress', 'extensions/Ingress'),
  check: ({ object }) =>
    Object.keys(annotationsOf(object))
      .filter((key) => snippet.test(key))
      .map((key) =>
        fail(`/metadata/annotations/${escapeToken(key)}`, 'snippet', `annotation ${key} is pasted into the controller's configuration`),
      ),
  repair: ({ path }, object) => removeField(object, path),
  examples: {
    pass: () => [cluster(deployment(), service(), ingress())],
    fail: () => [
      cluster(
        deployment(),
        service(),
        ingress({}, { annotations: { 'nginx.ingress.kubernetes.io/configuration-snippet': 'more_set_headers "X: y";' } }),
      ),
    ],
  },
});
