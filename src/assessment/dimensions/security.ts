// Security: the sum of the other parts of this program, as a handful of statements that a person can hold against their cluster.

import { ofKind } from '../../snapshot/lookup.ts';
import { gates, noGateSeen } from '../admission.ts';
import { type Check, judged, ofControls } from '../check.ts';
import { count, running } from '../words.ts';
import { workloadsAtLevel } from './pod-security.ts';

export const security: readonly Check[] = [
  judged(
    'security/attack-paths',
    {
      title: 'No attack path leads from the internet or a pod to the cluster, its nodes or all Secrets',
      fix: '`cofferdam paths` shows them, `cofferdam fixes` the smallest change that closes them.',
      weight: 9,
      gate: true,
    },
    function* (context) {
      if (running(context.snapshot).length === 0) return;
      const { known, possible, fromInternet, examples } = context.paths();
      if (known > 0)
        yield {
          verdict: 'fail',
          detail: `${count(known, 'attack path')}${fromInternet > 0 ? `, ${fromInternet} from the internet` : ''}: ${examples.slice(0, 2).join('; ')}`,
        };
      else if (possible > 0)
        yield {
          verdict: 'unknown',
          detail: `${count(possible, 'path')} may be there, where something that was not read allows it: ${examples.slice(0, 2).join('; ')}`,
        };
      else yield { verdict: 'pass', detail: 'no path was found' };
    },
  ),
  ofControls(
    'security/escape',
    {
      title: 'No container can leave its sandbox',
      fix: 'Take away privileged, host namespaces, sensitive host paths and the socket of the runtime.',
      weight: 9,
      gate: true,
      layer: 'container',
      phase: 'runtime',
    },
    [
      'workload/privileged',
      'workload/sys-admin-capability',
      'workload/sys-module-capability',
      'workload/runtime-socket',
      'workload/host-pid',
      'workload/host-path-sensitive',
      'workload/host-path-writable',
      'workload/insecure-capabilities',
      'workload/proc-mount',
    ],
  ),
  judged(
    'security/restricted',
    {
      title: 'Workloads meet the Pod Security Standard "restricted"',
      fix: 'Drop all capabilities, run as non-root, set seccomp, forbid privilege escalation.',
      weight: 3,
      layer: 'container',
    },
    (context) => workloadsAtLevel(context, ['restricted']),
  ),
  judged(
    'security/admission',
    {
      title: 'Every namespace with workloads has a gate at admission',
      fix: 'Label namespaces `pod-security.kubernetes.io/enforce: baseline`.',
      weight: 9,
      gate: true,
      hidden: 'in-manifests',
      nothing: noGateSeen,
    },
    gates,
  ),
  ofControls(
    'security/administrators',
    {
      title: 'Nobody holds cluster-admin for daily work, no pod its token',
      fix: 'Give roles that name what is needed; keep one account for emergencies.',
      weight: 9,
      gate: true,
    },
    [
      'identity/cluster-admin-bound',
      'identity/workload-admin',
      'identity/wildcard-rights',
      'identity/masters-bound',
      'identity/aws-auth-masters',
    ],
  ),
  ofControls(
    'security/anonymous',
    {
      title: 'Callers without a name have no rights',
      fix: 'Remove bindings of system:anonymous and system:unauthenticated.',
      weight: 9,
      gate: true,
    },
    ['identity/anonymous-bound', 'identity/authenticated-sensitive', 'identity/authenticated-bound'],
  ),
  ofControls(
    'security/escalating-rights',
    {
      title: 'No role lets its holder take more rights',
      fix: 'Take away escalate, bind, impersonate, and writing of webhooks and certificates.',
      weight: 9,
    },
    [
      'identity/impersonate',
      'identity/bind-roles',
      'identity/escalate-roles',
      'identity/certificates-approve',
      'identity/certificates-sign',
      'identity/admission-webhooks-write',
      'identity/tokens-create',
      'identity/nodes-proxy',
      'identity/aws-auth-write',
    ],
  ),
  ofControls(
    'security/secret-readers',
    { title: 'No role reads or writes every Secret', fix: 'Name the Secrets a role needs (`resourceNames`), or mount them.', weight: 9 },
    ['identity/secrets-read', 'identity/secrets-write'],
  ),
  ofControls(
    'security/workload-takeover',
    {
      title: 'No pod holds a token that yields other tokens',
      fix: 'Take the right to create pods, exec and read Secrets from workloads.',
      weight: 9,
    },
    ['identity/workload-takeover'],
  ),
  ofControls(
    'security/tokens',
    {
      title: 'Tokens are mounted where they are needed, and end',
      fix: 'Set `automountServiceAccountToken: false`; use projected tokens.',
      weight: 3,
      layer: 'container',
    },
    ['identity/token-automounted', 'identity/long-lived-token', 'identity/bootstrap-token-endless', 'identity/default-service-account'],
  ),
  ofControls(
    'security/written-credentials',
    {
      title: 'No credential is written into an object',
      fix: 'Take it away, make a new one, and keep it in a Secret or a store.',
      weight: 9,
      gate: true,
      layer: 'code',
      phase: 'develop',
    },
    ['secrets/environment', 'secrets/arguments', 'secrets/config-map'],
  ),
  ofControls(
    'security/secret-use',
    {
      title: 'Secrets reach containers as files',
      fix: 'Mount Secrets; variables leak into logs and children.',
      weight: 1,
      layer: 'code',
      phase: 'develop',
    },
    ['secrets/variables', 'secrets/all-variables'],
  ),
  ofControls(
    'security/secrets-encrypted',
    {
      title: 'Secrets are encrypted where they are stored',
      fix: 'Set an encryption configuration with a KMS, or switch it on at the provider.',
      weight: 9,
      hidden: 'always',
      nothing: 'its flags were not seen: they are in files of the nodes, or with the provider',
      needs: ['live'],
      layer: 'cluster',
    },
    ['control-plane/encryption-configuration', 'control-plane/api-server-encryption'],
  ),
  ofControls(
    'security/isolation',
    {
      title: 'Every workload is selected by a network policy',
      fix: 'Start with a default-deny for each namespace; `cofferdam network generate` writes the rest from flows.',
      weight: 9,
      gate: true,
    },
    ['network/policy-missing', 'network/namespace-without-policy'],
  ),
  ofControls(
    'security/policies-work',
    {
      title: 'Network policies do what they say',
      fix: 'Repair those that allow everything, select nothing or have rules without effect.',
      weight: 3,
    },
    ['network/allow-all', 'network/dangling-policy', 'network/ignored-rules', 'network/one-direction', 'network/default-deny'],
  ),
  ofControls(
    'security/metadata',
    {
      title: "Pods cannot ask the cloud's metadata service",
      fix: 'Deny egress to 169.254.169.254; ask for IMDSv2 with a hop limit of 1, or workload identity.',
      weight: 9,
      layer: 'cloud',
    },
    ['network/metadata-api', 'workload/cloud-credentials'],
  ),
  ofControls(
    'security/exposed',
    {
      title: 'Nothing that manages or stores is open to the outside',
      fix: 'Take the Service inside, or put authentication before it.',
      weight: 9,
      gate: true,
      phase: 'runtime',
    },
    ['exposure/sensitive-interface', 'exposure/unauthenticated-service', 'exposure/external-ips', 'supply-chain/tiller-service'],
  ),
  ofControls(
    'security/transport',
    { title: 'What comes from outside comes over TLS', fix: 'Add TLS to Ingresses and Gateways.', weight: 3 },
    ['exposure/ingress-tls', 'exposure/gateway-tls'],
  ),
  ofControls(
    'security/entry-controllers',
    {
      title: 'Controllers of entries are current and take no code',
      fix: 'Replace controllers past their end of life; forbid snippets.',
      weight: 9,
    },
    ['exposure/nginx-snippets', 'exposure/nginx-snippets-allowed', 'exposure/nginx-end-of-life'],
  ),
  ofControls(
    'security/known-flaws',
    {
      title: 'Components run without their known takeover flaws',
      fix: 'Update the components that are named.',
      weight: 9,
      gate: true,
      layer: 'container',
      phase: 'runtime',
    },
    ['supply-chain/component-cve', 'supply-chain/tiller', 'supply-chain/legacy-registry'],
  ),
  ofControls(
    'security/image-sources',
    {
      title: 'Images come from registries that are trusted, and are what they say',
      fix: 'List the registries in `cofferdam.yaml`; name images by digest.',
      weight: 3,
      layer: 'container',
      phase: 'distribute',
    },
    ['supply-chain/trusted-registries', 'supply-chain/blocked-registries', 'supply-chain/image-digest'],
  ),
  ofControls(
    'security/kubelets',
    {
      title: 'Kubelets answer only whom they should',
      fix: 'Set `anonymous.enabled: false`, `authorization.mode: Webhook`, `readOnlyPort: 0`.',
      weight: 9,
      gate: true,
      hidden: 'always',
      nothing: 'its flags were not seen: they are in files of the nodes, or with the provider',
      needs: ['live'],
    },
    [
      'control-plane/kubelet-anonymous-auth',
      'control-plane/kubelet-authorization',
      'control-plane/kubelet-read-only-port',
      'control-plane/kubelet-client-ca',
    ],
  ),
  ofControls(
    'security/api-server',
    {
      title: 'The API server is set up as CIS asks',
      fix: '`cofferdam scan --framework cis` names each flag.',
      weight: 9,
      hidden: 'always',
      nothing: 'its flags were not seen: they are in files of the nodes, or with the provider',
      needs: ['live'],
    },
    [
      'control-plane/api-server-anonymous-auth',
      'control-plane/api-server-always-allow',
      'control-plane/api-server-authorization-node',
      'control-plane/api-server-authorization-rbac',
      'control-plane/api-server-token-auth-file',
      'control-plane/api-server-kubelet-ca',
      'control-plane/api-server-tls',
      'control-plane/admission-node-restriction',
      'control-plane/admission-pod-security',
    ],
  ),
  ofControls(
    'security/etcd',
    {
      title: 'etcd asks every caller for a certificate of its own authority',
      fix: 'Set `--client-cert-auth`, TLS for clients and peers, and an authority of its own.',
      weight: 9,
      gate: true,
      hidden: 'always',
      nothing: 'its flags were not seen: they are in files of the nodes, or with the provider',
      needs: ['live'],
    },
    [
      'control-plane/etcd-tls',
      'control-plane/etcd-client-authentication',
      'control-plane/etcd-peer-tls',
      'control-plane/etcd-peer-authentication',
      'control-plane/etcd-authority',
      'control-plane/etcd-plaintext',
    ],
  ),
  judged(
    'security/detection',
    {
      title: 'Something watches what containers do',
      fix: 'Run Falco, Tetragon or another sensor on every node.',
      weight: 3,
      needs: ['live'],
      phase: 'runtime',
    },
    function* ({ snapshot }) {
      const known = /falco|tetragon|tracee|kubearmor|neuvector|sysdig|aqua|crowdstrike|falcon|defender|stackrox|collector|wiz-sensor/;
      const sensors = ofKind(snapshot, 'apps', 'DaemonSet').filter(
        ({ name, pods }) => known.test(name) || pods.some(({ containers }) => containers.some(({ image }) => known.test(image ?? ''))),
      );
      for (const resource of sensors) yield { verdict: 'pass', resource, detail: `DaemonSet ${resource.name} watches` };
      if (sensors.length === 0 && running(snapshot).length > 0)
        yield { verdict: 'fail', detail: 'no sensor was recognised among the DaemonSets' };
    },
  ),
];
