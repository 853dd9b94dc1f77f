// ServiceAccount: a pod runs as an account that exists, gets its token mounted unless it or the account says no, and its pull secrets.

import { ensured, type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { asBoolean, asList, asString, dig, field, type Json, type JsonObject } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import { forbidden } from '../status.ts';
import { pathSegment } from '../validate/meta/names.ts';
import type { Attributes, Plugin } from './plugin.ts';
import { allContainers, isMirrorPod, podIn, startingContainers } from './pods.ts';

export const serviceAccountPlugin: Plugin = { name: 'ServiceAccount', admit: admitPod, validate };

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const volumePrefix = 'kube-api-access-';

function admitPod(attributes: Attributes): Refusal | undefined {
  const pod = podIn(attributes);
  if (pod === undefined || attributes.operation !== 'CREATE') return undefined;
  if (isMirrorPod(pod)) return validate(attributes);
  const spec = ensured(pod, 'spec');
  const namesNone = textIn(spec, 'serviceAccountName') === '';
  if (namesNone) setName(spec, 'default');
  const account = accountOf(attributes, spec);
  if (account === undefined) return missing(attributes, spec);
  const mounts = asBoolean(spec.automountServiceAccountToken) ?? asBoolean(account.automountServiceAccountToken) ?? true;
  if (mounts) mountToken(pod, spec, attributes);
  if (asList(spec.imagePullSecrets).length === 0) {
    const secrets = asList(account.imagePullSecrets).map((secret): Json => ({ name: asString(field(secret, 'name')) ?? '' }));
    if (secrets.length > 0) spec.imagePullSecrets = secrets;
  }
  attributes.serving.because?.(
    `the pod runs as ServiceAccount ${attributes.namespace}/${textIn(spec, 'serviceAccountName')}${namesNone ? ', as it names none' : ''}`,
    mounts
      ? 'the token of the account is mounted: neither the pod nor the account says automountServiceAccountToken: false'
      : 'no token is mounted: automountServiceAccountToken is false',
  );
  return validate(attributes);
}

function setName(spec: Struct, name: string): void {
  spec.serviceAccountName = name;
  spec.serviceAccount = name;
}

function accountOf({ serving, namespace }: Attributes, spec: Struct): JsonObject | undefined {
  return serving.state.get({ group: '', resource: 'serviceaccounts' }, namespace, textIn(spec, 'serviceAccountName'));
}

function missing({ target, name, namespace }: Attributes, spec: Struct): Refusal {
  const account = textIn(spec, 'serviceAccountName');
  const wrong = pathSegment(account);
  const why =
    wrong.length === 0
      ? `serviceaccount ${JSON.stringify(account)} not found`
      : `invalid resource name ${JSON.stringify(account)}: [${wrong.join(' ')}]`;
  return forbidden(target, name, `error looking up service account ${namespace}/${account}: ${why}`);
}

function mountToken(pod: Struct, spec: Struct, { serving }: Attributes): void {
  const existing = structsIn(spec, 'volumes').find((volume) => textIn(volume, 'name').startsWith(volumePrefix));
  const name = existing === undefined ? `${volumePrefix}${serving.circumstances.suffix(5)}` : textIn(existing, 'name');
  let needed = false;
  for (const container of startingContainers(pod)) {
    const mounts = asList(container.volumeMounts);
    if (mounts.some((mount) => field(mount, 'mountPath') === mountPath)) continue;
    container.volumeMounts = [...mounts, { name, readOnly: true, mountPath }];
    needed = true;
  }
  if (existing === undefined && needed) spec.volumes = [...asList(spec.volumes), { name, projected: tokenVolume }];
}

const tokenVolume: Json = {
  sources: [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
  ],
  defaultMode: 420,
};

function validate(attributes: Attributes): Refusal | undefined {
  const { operation, target, name, namespace } = attributes;
  const ephemeral = operation === 'UPDATE' ? podIn(attributes, 'ephemeralcontainers') : undefined;
  const pod = ephemeral ?? (operation === 'CREATE' ? podIn(attributes) : undefined);
  if (pod === undefined) return undefined;
  const no = (why: string) => forbidden(target, name, why);
  const spec = structAt(pod, 'spec');
  if (ephemeral === undefined && isMirrorPod(pod)) {
    const why = mirrorRefusal(pod, spec);
    return why === undefined ? undefined : no(why);
  }
  if (textIn(spec, 'serviceAccountName') === '') return no(`no service account specified for pod ${namespace}/${name}`);
  const account = accountOf(attributes, spec);
  if (account === undefined) return missing(attributes, spec);
  if (!enforcesSecrets(account)) return undefined;
  const why =
    ephemeral === undefined
      ? foreignSecret(spec, account)
      : foreignInContainers('ephemeral container', spec, 'ephemeralContainers', account);
  return why === undefined ? undefined : no(why);
}

function mirrorRefusal(pod: Struct, spec: Struct): string | undefined {
  if (textIn(spec, 'serviceAccountName') !== '') return 'a mirror pod may not reference service accounts';
  if (namesSecrets(pod, spec)) return 'a mirror pod may not reference secrets';
  const projects = structsIn(spec, 'volumes').some((volume) =>
    asList(dig(volume, 'projected', 'sources')).some((source) => field(source, 'serviceAccountToken') !== undefined),
  );
  return projects ? 'a mirror pod may not use ServiceAccountToken volume projections' : undefined;
}

/** True where anything in the pod names a Secret. */
export function namesSecrets(pod: Struct, spec: Struct): boolean {
  if (asList(spec.imagePullSecrets).length > 0) return true;
  const byContainers = allContainers(pod).some(
    (container) =>
      asList(container.envFrom).some((source) => field(source, 'secretRef') !== undefined) ||
      asList(container.env).some((variable) => dig(variable, 'valueFrom', 'secretKeyRef') !== undefined),
  );
  return byContainers || structsIn(spec, 'volumes').some((volume) => JSON.stringify(volume).match(/"secret(?:Ref|Name)?":/) !== null);
}

function enforcesSecrets(account: JsonObject): boolean {
  const value = dig(account, 'metadata', 'annotations', 'kubernetes.io/enforce-mountable-secrets');
  return typeof value === 'string' && /^(?:1|t|T|TRUE|true|True)$/.test(value);
}

function foreignSecret(spec: Struct, account: JsonObject): string | undefined {
  const known = new Set(asList(account.secrets).map((secret) => field(secret, 'name')));
  const owner = asString(dig(account, 'metadata', 'name')) ?? '';
  for (const volume of structsIn(spec, 'volumes')) {
    const name = dig(volume, 'secret', 'secretName') ?? '';
    if (volume.secret !== undefined && !known.has(name))
      return `volume with secret.secretName="${name}" is not allowed because service account ${owner} does not reference that secret`;
  }
  const inContainers =
    foreignInContainers('init container', spec, 'initContainers', account) ?? foreignInContainers('container', spec, 'containers', account);
  if (inContainers !== undefined) return inContainers;
  const pulls = new Set(asList(account.imagePullSecrets).map((secret) => field(secret, 'name')));
  for (const [index, secret] of asList(spec.imagePullSecrets).entries())
    if (!pulls.has(field(secret, 'name')))
      return `imagePullSecrets[${index}].name="${field(secret, 'name') ?? ''}" is not allowed because service account ${owner} does not reference that imagePullSecret`;
  return undefined;
}

function foreignInContainers(word: string, spec: Struct, kind: string, account: JsonObject): string | undefined {
  const known = new Set(asList(account.secrets).map((secret) => field(secret, 'name')));
  const because = `is not allowed because service account ${asString(dig(account, 'metadata', 'name')) ?? ''} does not reference that secret`;
  for (const container of structsIn(spec, kind)) {
    const name = textIn(container, 'name');
    for (const variable of asList(container.env)) {
      const reference = dig(variable, 'valueFrom', 'secretKeyRef');
      const secret = field(reference, 'name') ?? '';
      if (reference !== undefined && !known.has(secret))
        return `${word} ${name} with envVar ${field(variable, 'name')} referencing secret.secretName="${secret}" ${because}`;
    }
    for (const source of asList(container.envFrom)) {
      const reference = field(source, 'secretRef');
      const secret = field(reference, 'name') ?? '';
      if (reference !== undefined && !known.has(secret))
        return `${word} ${name} with envFrom referencing secret.secretName="${secret}" ${because}`;
    }
  }
  return undefined;
}
