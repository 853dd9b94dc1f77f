// The URL of a call as the server writes it into messages (k8s.io/client-go/rest, 0.36): the path cleaned, the time there is as a parameter.

import type { Endpoint } from '../../calls/call.ts';

/**
 * The URL that is asked for.
 *
 * @example `callUrl({ kind: 'service', namespace: 'shop', name: 'hook', port: 443, path: '/a//b/' }, 10)` is `'https://hook.shop.svc:443/a/b?timeout=10s'`
 */
export function callUrl(endpoint: Endpoint, timeoutSeconds: number): string {
  const timeout = `?timeout=${timeoutSeconds}s`;
  switch (endpoint.kind) {
    case 'service': {
      const { name, namespace, port, path } = endpoint;
      return `https://${name}.${namespace}.svc:${port}${cleaned(path)}${timeout}`;
    }
    case 'url': {
      const [, origin = endpoint.url, path = ''] = /^([a-zA-Z]+:\/\/[^/?#]*)([^?#]*)/.exec(endpoint.url) ?? [];
      return `${origin}${cleaned(path)}${timeout}`;
    }
    case 'kubeconfig':
      return endpoint.file;
  }
}

/** A rooted path without empty parts, dots and a slash at the end. */
function cleaned(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}
