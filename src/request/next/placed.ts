// Where a new pod could run, before the controllers have made what comes with it: claims of templates and of ephemeral volumes, claims of devices.
// These are taken as made. Of a class that binds at once nothing can be said: where the volume will be is decided before the pod is looked at.

import type { Struct } from '../../kube/schema/defaults/struct.ts';
import { asList, asObject, asString, dig, field, type Json, type JsonObject } from '../../lib/json.ts';
import { judgeNodes, type Placement } from '../scheduling/placement.ts';
import type { GroupResource, State } from '../store/state.ts';

const claimsResource = { group: '', resource: 'persistentvolumeclaims' };
const deviceClaims = { group: 'resource.k8s.io', resource: 'resourceclaims' };
const templatesResource = { group: 'resource.k8s.io', resource: 'resourceclaimtemplates' };
const classesResource = { group: 'storage.k8s.io', resource: 'storageclasses' };

/** A pod against all nodes; `template` gives the claim that is to be made for a volume, if one is. */
export function placed(pod: JsonObject, state: State, template: (volume: Json) => Json | undefined = ephemeralTemplate): Placement {
  const namespace = asString(dig(pod, 'metadata', 'namespace')) ?? '';
  const owner = { controller: true, uid: dig(pod, 'metadata', 'uid') ?? '' };
  const made: Made[] = [];
  const unknown: string[] = [];
  const volumes = asList(dig(pod, 'spec', 'volumes')).filter((volume) => {
    const own = template(volume);
    const name = asString(dig(volume, 'persistentVolumeClaim', 'claimName')) ?? `${dig(pod, 'metadata', 'name')}-${field(volume, 'name')}`;
    if (own === undefined || state.get(claimsResource, namespace, name) !== undefined) return true;
    const className = asString(dig(own, 'spec', 'storageClassName')) ?? defaultClass(state);
    if (field(state.get(classesResource, '', className), 'volumeBindingMode') !== 'WaitForFirstConsumer') {
      unknown.push(`where the volume of ${asString(field(volume, 'name')) ?? name} will be is not known before its claim is bound`);
      return false;
    }
    const spec = { ...asObject(field(own, 'spec')), storageClassName: className };
    const object: JsonObject = { metadata: { name, namespace, ownerReferences: [owner] }, spec };
    made.push({ resource: claimsResource, namespace, name, object });
    return true;
  });
  const devices = deviceClaimsOf(pod, namespace, owner, state);
  const staged = withMade(state, [...made, ...devices.made]);
  const placement = judgeNodes({ ...pod, spec: { ...asObject(pod.spec), volumes }, status: devices.status } as unknown as Struct, staged);
  return { ...placement, unknown: [...placement.unknown, ...unknown] };
}

/** The claim that a controller of its own makes for an ephemeral volume. */
export function ephemeralTemplate(volume: Json): Json | undefined {
  return dig(volume, 'ephemeral', 'volumeClaimTemplate');
}

interface Made {
  readonly resource: GroupResource;
  readonly namespace: string;
  readonly name: string;
  readonly object: JsonObject;
}

/** Claims of devices by the templates that are there, and the status that tells of them. */
function deviceClaimsOf(pod: JsonObject, namespace: string, owner: JsonObject, state: State) {
  const status = asObject(pod.status);
  const known = asList(status.resourceClaimStatuses);
  const made = asList(dig(pod, 'spec', 'resourceClaims')).flatMap((one): readonly (Made & { readonly of: string })[] => {
    const [of, from] = [asString(field(one, 'name')) ?? '', asString(field(one, 'resourceClaimTemplateName'))];
    const found = from === undefined ? undefined : state.get(templatesResource, namespace, from);
    if (found === undefined || known.some((each) => field(each, 'name') === of)) return [];
    const name = `${dig(pod, 'metadata', 'name')}-${of}`;
    const metadata = { name, namespace, ownerReferences: [owner] };
    const object = { apiVersion: found.apiVersion ?? 'resource.k8s.io/v1', metadata, spec: dig(found, 'spec', 'spec') ?? {} };
    return [{ of, resource: deviceClaims, namespace, name, object }];
  });
  const told = made.map(({ of, name }) => ({ name: of, resourceClaimName: name }));
  return { made, status: { ...status, resourceClaimStatuses: [...known, ...told] } };
}

/** The name of the class that claims without one are given: of several the newest. */
function defaultClass(state: State): string {
  const created = (one: JsonObject) => asString(dig(one, 'metadata', 'creationTimestamp')) ?? '';
  const [first] = state
    .list(classesResource)
    .filter((one) => dig(one, 'metadata', 'annotations', 'storageclass.kubernetes.io/is-default-class') === 'true')
    .sort((a, b) => (created(a) === created(b) ? 0 : created(a) > created(b) ? -1 : 1));
  return asString(dig(first, 'metadata', 'name')) ?? '';
}

function withMade(state: State, made: readonly Made[]): State {
  if (made.length === 0) return state;
  const of = ({ group, resource }: GroupResource) =>
    made.filter((one) => one.resource.group === group && one.resource.resource === resource);
  return {
    get: (resource, namespace, name) =>
      of(resource).find((one) => one.namespace === namespace && one.name === name)?.object ?? state.get(resource, namespace, name),
    list: (resource, namespace) => [
      ...state.list(resource, namespace),
      ...of(resource)
        .filter((one) => namespace === undefined || one.namespace === namespace)
        .map(({ object }) => object),
    ],
  };
}
