// kube-proxy's metrics tell anyone who asks about the Services of the cluster and offer its configuration. By default they are on the
// loopback address, also where it is left empty; `explicit` asks for it to be written out all the same. From its configuration, and from the
// flag of DaemonSets that run it without one.

import { asString } from '../../lib/json.ts';
import { control, fail, pods, type Target } from '../control.ts';
import { cluster, withContainer } from '../examples.ts';
import { flagsOf } from './flags.ts';
import { nodeConfigs, setting } from './node-config.ts';

interface Address {
  readonly value: string;
  readonly path: string;
  readonly container?: string;
}

const metricsAddresses: Target<Address> = {
  description: 'kube-proxy and its configuration',
  *subjects(snapshot) {
    for (const { resource, subject } of nodeConfigs('KubeProxyConfiguration').subjects(snapshot))
      yield {
        resource,
        subject: { value: asString(setting(subject, ['metricsBindAddress'], '')) ?? '', path: subject.at('metricsBindAddress') },
      };
    for (const { resource, subject } of pods.subjects(snapshot))
      for (const container of subject.containers) {
        const found = flagsOf(container, 'kube-proxy')?.findLast(({ name }) => name === 'metrics-bind-address');
        if (found !== undefined) yield { resource, subject: { value: found.value ?? '', path: found.path, container: container.name } };
      }
  },
};

export const kubeProxyMetrics = control<Address>({
  id: 'control-plane/kube-proxy-metrics',
  aliases: ['C-0291'],
  severity: 'medium',
  title: 'kube-proxy serves its metrics on the loopback address',
  why: 'On every address, anyone who reaches a node learns about the Services of the cluster and the configuration of its proxy.',
  fix: 'Remove metricsBindAddress, or set it to 127.0.0.1:10249.',
  frameworks: ['cis:4.3.1', 'attack:T1046', 'matrix:MS-TA9031', 'owasp:K09'],
  parameters: { explicit: false },
  on: metricsAddresses,
  check: ({ value, path, container }, { parameters }) =>
    (value === '' && parameters.explicit !== true) || /^(?:127\.[0-9.]+|localhost|\[::1\])(?::[0-9]+)?$/.test(value)
      ? []
      : [
          fail(
            path,
            'not-loopback',
            value === '' ? 'the address of the metrics is not written out' : `kube-proxy serves its metrics on ${value}`,
            container === undefined ? {} : { container },
          ),
        ],
  examples: {
    pass: () => [cluster(withContainer({ command: ['kube-proxy', '--metrics-bind-address=127.0.0.1:10249'] }))],
    fail: () => [
      cluster(withContainer({ command: ['kube-proxy', '--metrics-bind-address=0.0.0.0:10249'] })),
      cluster({ apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration', metricsBindAddress: '0.0.0.0:10249' }),
    ],
  },
});
