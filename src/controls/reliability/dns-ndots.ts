// With the default of five dots every name of the outside world is first tried in three or more domains of the cluster. Off by default: it
// matters to workloads that look up many names, and changes how short names are found.

import { asList, asString, dig, field, textOf } from '../../lib/json.ts';
import { control, fail, pods } from '../control.ts';
import { cluster, deployment } from '../examples.ts';

export const dnsNdots = control({
  id: 'reliability/dns-ndots',
  aliases: ['dnsconfig-options'],
  severity: 'low',
  title: 'Pods do not multiply their DNS questions',
  why: 'Each lookup of an outside name becomes four or more, and DNS is the first thing to fail under load.',
  fix: 'Set the option `ndots` to 2 under `dnsConfig`, or write outside names with a final dot.',
  frameworks: [],
  parameters: { ndots: '2' },
  enabled: false,
  on: pods,
  check: ({ pod }, { parameters }) => {
    const wanted = textOf(parameters.ndots ?? '2');
    const option = asList(dig(pod.spec, 'dnsConfig', 'options')).find((item) => field(item, 'name') === 'ndots');
    const written = field(option, 'value');
    if (asString(written) === wanted) return [];
    return [fail(pod.at('/dnsConfig/options'), 'default', written === undefined ? 'ndots is not set' : `ndots is not ${wanted}`)];
  },
  examples: {
    pass: () => [cluster(deployment())],
    fail: () => [cluster(deployment({ pod: { dnsConfig: null } }))],
  },
});
