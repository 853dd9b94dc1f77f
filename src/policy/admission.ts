// What an admission policy is asked, whatever language it is written in: one request as kube-apiserver 1.36 hands it to its admission
// plugins (k8s.io/apiserver/pkg/admission.Attributes), and the ports through which a policy sees the rest of the cluster. Everything
// outside the request comes in through `AdmissionContext`; what a port does not know it says, and nothing is guessed.

import type { Atom } from '../kube/apply/atom.ts';
import type { GroupVersionKind } from '../kube/object.ts';
import type { AuthorizationAnswer, AuthorizationQuestion } from '../languages/cel/library/authorizer.ts';
import type { Json, JsonObject } from '../lib/json.ts';

export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

export interface UserInfo {
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** As what a request was sent. */
export interface Sent {
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
}

/** One request, at the version its objects are in. */
export interface AdmissionInput extends Sent {
  readonly operation: AdmissionOperation;
  /** Where that is not the version it was sent in, as in the review of a webhook that asked for another. */
  readonly sent?: Sent;
  /** Empty for the resource itself. */
  readonly subResource: string;
  /** Empty where the API server is to make the name. */
  readonly name: string;
  /** Empty for what is cluster-scoped; a Namespace's own name for the Namespace itself. */
  readonly namespace: string;
  /** Null on DELETE. */
  readonly object: Json;
  /** Null on CREATE and CONNECT. */
  readonly oldObject: Json;
  /** CreateOptions, UpdateOptions, … as they were sent. */
  readonly options?: Json;
  readonly userInfo: UserInfo;
  readonly dryRun: boolean;
}

/** As what the request was sent: policies are matched by it. */
export function sentAs(input: AdmissionInput): Sent {
  return input.sent ?? input;
}

/** The objects that policies take their parameters from. */
export interface ParamSource {
  /** The scope of a kind; undefined where the cluster serves no such kind. */
  readonly scopeOf: (apiVersion: string, kind: string) => 'Namespaced' | 'Cluster' | undefined;
  /** One object; `namespace` is empty for kinds of the cluster. */
  readonly get: (apiVersion: string, kind: string, namespace: string, name: string) => JsonObject | undefined;
  readonly list: (apiVersion: string, kind: string, namespace: string) => readonly JsonObject[];
}

/** Another resource under which the same objects are served, and the kind they have there. */
export interface EquivalentResource {
  readonly resource: GroupVersionResource;
  /** Undefined where the objects cannot be converted. */
  readonly kind: GroupVersionKind | undefined;
}

/** What policies may ask about the cluster. Every port may be absent; each says what that means. */
export interface AdmissionContext {
  /** The minor of Kubernetes 1 that answers, where it makes a difference; the newest known where absent. */
  readonly minor?: number;
  /** A Namespace object. Without it, or where it answers undefined, the namespace does not exist. */
  readonly namespace?: (name: string) => JsonObject | undefined;
  /** The pods of a namespace, asked for when a Namespace is to enforce more. */
  readonly pods?: (namespace: string) => readonly JsonObject[];
  /** Without it no paramKind can be resolved. */
  readonly params?: ParamSource;
  /** Answers `authorizer` in expressions, as the user given. Without it every check is an error of evaluation. */
  readonly authorize?: (user: UserInfo, question: AuthorizationQuestion) => AuthorizationAnswer;
  /** Resources equivalent to one (matchPolicy Equivalent). Without it there are none. */
  readonly equivalents?: (resource: GroupVersionResource, subResource: string) => readonly EquivalentResource[];
  /** The same object in another version; undefined where it cannot be converted. Without it apiVersion and kind are replaced. */
  readonly convert?: (object: Json, kind: GroupVersionKind) => Json | undefined;
  /** The type of a kind, for mutations by apply configuration. Undefined where the cluster does not know the kind. */
  readonly typeOf?: (kind: GroupVersionKind) => Atom | 'untyped' | undefined;
  /** Decodes and defaults an object after a mutation, as the API server does. Without it the object is taken as it is. */
  readonly complete?: (object: Json, kind: GroupVersionKind) => Completed;
}

/** A decoded object, or why it cannot be decoded. */
export type Completed = { readonly object: Json } | { readonly error: string };
