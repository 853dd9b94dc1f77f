// Edge cloud-to-k8s. EKS turns roles and users of AWS into users and groups by the ConfigMap aws-auth. Access entries, Entra and Google IAM
// are settings of the cloud and are not in the cluster: told as not known.

import { parseYaml } from '../../kube/yaml/parse.ts';
import { asList, asString, dig, field, strings } from '../../lib/json.ts';
import { find } from '../../snapshot/lookup.ts';
import type { Edge } from '../edge.ts';

export const cloudToK8s: Edge = {
  id: 'cloud-to-k8s',
  title: 'Signs in with a cloud role',
  needs: 'a role or user that aws-auth maps',
  gains: 'the groups it is mapped to',
  technique: { attack: 'T1078.004', matrix: 'Using cloud credentials' },
  fix: 'map to groups of your own; use access entries',
  cost: 1,
  derive: ({ graph, snapshot, provider }) => {
    if (provider !== undefined && provider !== 'none')
      graph.undecided('cloud-to-k8s', 'who may sign in by settings of the cloud was not read');
    const resource = find(snapshot, '', 'ConfigMap', 'kube-system', 'aws-auth');
    if (resource === undefined) return;
    for (const [key, name] of [
      ['mapRoles', 'rolearn'],
      ['mapUsers', 'userarn'],
    ] as const) {
      const read = parseYaml(asString(dig(resource.object, 'data', key)) ?? '', 'aws-auth');
      for (const entry of asList(read.documents[0]?.value)) {
        const arn = asString(field(entry, name));
        if (arn === undefined) continue;
        const cloud = graph.vertex('cloud', '', `AWS ${key === 'mapRoles' ? 'role' : 'user'} ${arn}`);
        const evidence = [{ resource, path: `/data/${key}`, text: `aws-auth maps ${arn}` }];
        for (const group of strings(field(entry, 'groups')))
          graph.arc(cloud, graph.vertex('group', '', group), { edge: 'cloud-to-k8s', evidence });
        const user = asString(field(entry, 'username'));
        if (user !== undefined && !user.includes('{{'))
          graph.arc(cloud, graph.vertex('user', '', user), { edge: 'cloud-to-k8s', evidence });
      }
    }
  },
  example: {
    objects: [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'aws-auth', namespace: 'kube-system' },
        data: { mapRoles: '- rolearn: arn:aws:iam::111122223333:role/ops\n  username: ops\n  groups: [ops]\n' },
      },
    ],
    notRepairedHere: true,
  },
};
