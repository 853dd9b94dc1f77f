// Makes src/request/validate/generated/internal-types.ts: the fields of the API server's internal types, in the order of their Go structs.
// Messages of validation show whole structs as JSON of these types, whose names and order no published schema knows; and what is compared is
// compared as these types are, whose pointers tell what is absent from what is zero. Run by hand when a
// release is added: `node tools/internal-types.ts`, with Go on the PATH, which fetches the modules. Only what the roots reach is written.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const modules = { internal: 'k8s.io/kubernetes@v1.36.3', external: 'k8s.io/api@v0.36.3' };
const groups: Readonly<Record<string, string>> = {
  core: 'core/v1',
  apps: 'apps/v1',
  batch: 'batch/v1',
  networking: 'networking/v1',
  rbac: 'rbac/v1',
  policy: 'policy/v1',
  autoscaling: 'autoscaling/v2',
  storage: 'storage/v1',
  certificates: 'certificates/v1',
  flowcontrol: 'flowcontrol/v1',
  resource: 'resource/v1',
  discovery: 'discovery/v1',
};
const roots = [
  'core.PodTemplateSpec',
  'core.PersistentVolumeSpec',
  'core.PersistentVolumeSource',
  'core.PersistentVolumeClaimSpec',
  'core.EphemeralContainer',
  'core.Taint',
  'core.NodeAddress',
  'core.ObjectReference',
  'core.EventSource',
  'core.ServicePort',
  'core.NodeConfigSource',
  'core.ScopeSelector',
  'core.PodIP',
  'core.HostIP',
  'core.EndpointSubset',
  'core.EventSeries',
  'discovery.Endpoint',
  'batch.PodFailurePolicy',
  'batch.SuccessPolicy',
  'batch.UncountedTerminatedPods',
  'apps.DeploymentStrategy',
  'apps.DaemonSetUpdateStrategy',
  'apps.StatefulSetUpdateStrategy',
  'apps.StatefulSetSpec',
  'networking.IngressBackend',
  'networking.NetworkPolicyPort',
  'networking.IngressClassParametersReference',
  'networking.ParentReference',
  'rbac.RoleRef',
  'rbac.PolicyRule',
  'policy.PodDisruptionBudgetSpec',
  'storage.CSINodeDriver',
  'storage.TokenRequest',
  'storage.VolumeAttachmentSpec',
  'certificates.CertificateSigningRequestCondition',
  'certificates.PodCertificateRequestSpec',
  'certificates.PodCertificateRequestStatus',
  'flowcontrol.FlowSchemaSpec',
  'flowcontrol.PriorityLevelConfigurationSpec',
  'resource.ResourceClaimSpec',
  'resource.ResourceClaimTemplateSpec',
  'resource.AllocationResult',
  'resource.DeviceAttribute',
];

interface Field {
  readonly go: string;
  readonly type: string;
  readonly json: string;
}

function moduleFolder(module: string): string {
  const { stdout, stderr } = spawnSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8' });
  const answer: { Dir?: string; Error?: string } = stdout === '' ? {} : JSON.parse(stdout);
  if (answer.Dir === undefined) throw new Error(`${module}: ${answer.Error ?? stderr}`);
  return answer.Dir;
}

/** Structs by name, and what named types stand for. */
function readTypes(file: string): { readonly structs: Map<string, Field[]>; readonly names: Map<string, string> } {
  const structs = new Map<string, Field[]>();
  const names = new Map<string, string>();
  let fields: Field[] | undefined;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const start = /^type (\w+) struct \{$/.exec(line);
    const alias = /^(?:type |\t)(\w+) (string|int32|int64|bool|map\[\w+\][\w.]+|\[\]\w+)$/.exec(line);
    if (start !== null) {
      fields = [];
      structs.set(start[1] ?? '', fields);
    } else if (line === '}') fields = undefined;
    else if (fields !== undefined) {
      const field = /^\t(?:(\w+) +)?(\*?[\w.[\]*]+)(?: +`[^`]*json:"([^",]*)[^`]*`)?(?: *\/\/.*)?$/.exec(line);
      if (field !== null) fields.push({ go: field[1] ?? '', type: field[2] ?? '', json: field[3] ?? '' });
    } else if (alias !== null) names.set(alias[1] ?? '', alias[2] ?? '');
  }
  return { structs, names };
}

const internalFolder = moduleFolder(modules.internal);
const externalFolder = moduleFolder(modules.external);
const internal = new Map(Object.keys(groups).map((group) => [group, readTypes(join(internalFolder, 'pkg/apis', group, 'types.go'))]));
const external = new Map(Object.entries(groups).map(([group, version]) => [group, readTypes(join(externalFolder, version, 'types.go'))]));

/** The type of a field in the notation of the table: `*`, `[]` and `{}` (map) before a struct or one of the scalar words. */
function notation(type: string, group: string): string {
  const prefix = /^(?:\*|\[\]|map\[[\w.]+\])/.exec(type)?.[0];
  if (type === '[]byte') return 'bytes';
  if (prefix !== undefined) return (prefix.startsWith('map') ? '{}' : prefix) + notation(type.slice(prefix.length), group);
  const scalars: Readonly<Record<string, string>> = {
    string: 'text',
    bool: 'bool',
    int32: 'int',
    int64: 'int',
    int: 'int',
    'types.UID': 'text',
    'types.NodeName': 'text',
    'resource.Quantity': 'quantity',
    'apiresource.Quantity': 'quantity',
    'runtime.RawExtension': 'meta.RawExtension',
    'metav1.Time': 'time',
    'metav1.MicroTime': 'time',
    'intstr.IntOrString': 'intorstring',
  };
  if (Object.hasOwn(scalars, type)) return scalars[type] ?? '';
  if (type.startsWith('metav1.')) return `meta.${type.slice('metav1.'.length)}`;
  const [owner, name] = type.includes('.') ? [type.split('.')[0] ?? '', type.split('.')[1] ?? ''] : [group, type];
  const known = owner === 'api' ? 'core' : owner;
  const named = internal.get(known)?.names.get(name);
  if (named !== undefined) return notation(named, known);
  if (internal.get(known)?.structs.has(name) !== true) throw new Error(`${group}: what is ${type}?`);
  return `${known}.${name}`;
}

const written = new Map<string, string>();

function write(key: string): void {
  if (written.has(key)) return;
  const [group = '', name = ''] = key.split('.');
  const tags = new Map((external.get(group)?.structs.get(name) ?? []).map((field) => [field.go, field.json]));
  written.set(key, '');
  const fields = (internal.get(group)?.structs.get(name) ?? []).map(({ go, type }) => {
    const noted = notation(type, group);
    const struct = /[a-z]+\.[A-Z]\w*$/.exec(noted)?.[0];
    if (struct !== undefined && !struct.startsWith('meta.')) write(struct);
    if (go === '') return `+${noted}`;
    const json = tags.get(go);
    return `${go}:${json === undefined || json === '' ? `${go.charAt(0).toLowerCase()}${go.slice(1)}` : json}:${noted}`;
  });
  written.set(key, fields.join(' '));
}
for (const root of roots) write(root);

const lines = [...written].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, fields]) => `  '${key}': '${fields}',`);
const folder = join(import.meta.dirname, '..', 'src', 'request', 'validate', 'generated');
mkdirSync(folder, { recursive: true });
writeFileSync(
  join(folder, 'internal-types.ts'),
  `// Written by tools/internal-types.ts: fields of the API server's internal types (${modules.internal}), \`GoName:jsonName:type\`, in the order of
// their structs; \`+type\` is embedded.

export const internalTypes: Readonly<Record<string, string>> = {
${lines.join('\n')}
};
`,
);
