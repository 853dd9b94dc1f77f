// ImagePolicyWebhook: a backend is asked whether the images of a pod may run (plugin/pkg/admission/imagepolicy, Kubernetes 1.36). It is named in the
// plugin's configuration; nothing but the names of images and a few annotations are sent. Left out: the cache of its answers, and retries.

import { type Struct, structAt, structsIn, textIn } from '../../kube/schema/defaults/struct.ts';
import { asString, dig, field, type JsonObject, stringMap } from '../../lib/json.ts';
import type { Refusal } from '../answer.ts';
import { waiting } from '../calls/call.ts';
import { forbidden } from '../status.ts';
import type { Attributes, Plugin } from './plugin.ts';
import { podIn } from './pods.ts';
import { readText, transportError } from './webhook/response.ts';
import { unexpectedStatus } from './webhook/unexpected-status.ts';

export interface ImagePolicy {
  readonly kubeConfigFile: string;
  /** `https://host:port/path` of the backend, as the kubeconfig says. */
  readonly url: string;
  readonly defaultAllow: boolean;
}

const auditPrefix = 'imagepolicywebhook.image-policy.k8s.io/';
const timeoutSeconds = 30;

export const imagePolicyWebhook: Plugin = {
  name: 'ImagePolicyWebhook',
  validate: (attributes) => {
    const { operation, target, serving } = attributes;
    const ephemeral = podIn(attributes, 'ephemeralcontainers');
    const pod = podIn(attributes) ?? ephemeral;
    if (pod === undefined || (operation !== 'CREATE' && operation !== 'UPDATE')) return undefined;
    const unknown = (why: string) => {
      attributes.unknown?.push(`ImagePolicyWebhook ${why}; the answer of its backend is not known`);
      return undefined;
    };
    const policy = serving.server.configuration?.imagePolicy;
    if (policy === undefined || serving.calls === undefined) return unknown('would ask about the images');
    const body = imageReview(pod, ephemeral !== undefined, attributes);
    const reply = serving.calls.replyTo({
      name: 'ImagePolicyWebhook',
      key: JSON.stringify(['image-policy', target.subresource, body]),
      endpoint: { kind: 'kubeconfig', file: policy.kubeConfigFile },
      caBundle: '',
      timeoutSeconds,
      body,
      hasUid: false,
    });
    if (reply === undefined) return waiting;
    if (reply.kind === 'not known') return unknown(`does not ask about the images: ${reply.why}`);
    if (reply.kind === 'failed') return failed(attributes, policy, transportError(reply, `${policy.url}?timeout=${timeoutSeconds}s`));
    if (reply.status < 200 || reply.status > 206) return failed(attributes, policy, unexpectedStatus(reply));
    const read = readText(reply.body);
    return read.ok ? judged(attributes, dig(read.value, 'status')) : failed(attributes, policy, read.problem);
  },
};

function imageReview(pod: Struct, isEphemeral: boolean, { namespace }: Attributes): JsonObject {
  const spec = structAt(pod, 'spec');
  const containers = isEphemeral
    ? structsIn(spec, 'ephemeralContainers')
    : [...structsIn(spec, 'containers'), ...structsIn(spec, 'initContainers')];
  const all = stringMap(structAt(pod, 'metadata').annotations);
  const annotations = Object.fromEntries(Object.entries(all).filter(([key]) => key.includes('.image-policy.k8s.io/')));
  return {
    kind: 'ImageReview',
    apiVersion: 'imagepolicy.k8s.io/v1alpha1',
    metadata: {},
    spec: {
      ...(containers.length === 0 ? {} : { containers: containers.map((container) => ({ image: textIn(container, 'image') })) }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      ...(namespace === '' ? {} : { namespace }),
    },
    status: { allowed: false },
  };
}

function failed({ target, name, audit }: Attributes, { defaultAllow }: ImagePolicy, why: string): Refusal | undefined {
  if (!defaultAllow) return forbidden(target, name, why);
  audit.set(`${auditPrefix}failed-open`, 'true');
  return undefined;
}

function judged({ target, name, audit }: Attributes, status: ReturnType<typeof dig>): Refusal | undefined {
  for (const [key, value] of Object.entries(stringMap(field(status, 'auditAnnotations')))) audit.set(auditPrefix + key, value);
  if (field(status, 'allowed') === true) return undefined;
  const reason = asString(field(status, 'reason')) ?? '';
  const why =
    reason === '' ? 'one or more images rejected by webhook backend' : `image policy webhook backend denied one or more images: ${reason}`;
  return forbidden(target, name, why);
}
