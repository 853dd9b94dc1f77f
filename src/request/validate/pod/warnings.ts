// Warnings about pods and templates of pods: what is accepted and yet not meant (kubernetes pkg/api/pod/warnings.go, 1.36). Go walks maps in no
// order; warnings about their entries stand here in the order of the entries.

import type { Json, JsonObject } from '../../../lib/json.ts';
import { goQuote } from '../../fields/go-text.ts';
import { fieldPath, type Path, root } from '../../fields/path.ts';
import { amountOf, isWhole, shownAmount } from '../amount.ts';
import { claimSpecWarnings } from '../core/persistent-volume-claim.ts';
import { addressWarnings } from '../meta/address.ts';
import { labelValue } from '../meta/names.ts';
import { count, given, member, number, object, objects, pairs, struct, text, texts } from '../read.ts';
import { sameValue } from '../semantic.ts';
import { appArmorAnnotation, seccompContainerAnnotation, seccompPodAnnotation } from './annotations.ts';
import { overlapWarnings } from './overlaps.ts';
import { eachContainer } from './visit.ts';

const deprecatedLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
};
const deprecatedAnnotations: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
};

/** What is said about a label of nodes that has a successor. */
export function deprecatedLabel(key: string): string | undefined {
  return Object.hasOwn(deprecatedLabels, key) ? deprecatedLabels[key] : undefined;
}

/** Deprecated keys of a node selector's term, and values that are no label values where those are only warned about. */
export function selectorTermWarnings(term: JsonObject, path: Path, checkValues: boolean): readonly string[] {
  return objects(term.matchExpressions).flatMap((expression, position) => {
    const at = path.child('matchExpressions').index(position);
    const key = text(expression.key);
    const words = deprecatedLabel(key);
    const bad = checkValues
      ? texts(expression.values).flatMap((value, index) =>
          labelValue(value).map((complaint) => `${at.child('values').index(index)}: ${value} is invalid, ${complaint}`),
        )
      : [];
    return [...(words === undefined ? [] : [`${at.child('key')}: ${key} is ${words}`]), ...bad];
  });
}

/** Volumes that no longer do anything, by field. */
const deadVolumes: readonly (readonly [string, string, string])[] = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['ephemeral', '', ''],
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

/** Warnings about a pod, or about a template at a path. */
export function podWarnings(spec: JsonObject, annotations: Json | undefined, template: Path | undefined): readonly string[] {
  const base = template ?? root;
  const at = base.child('spec');
  const warnings: string[] = [];
  for (const [key] of pairs(spec.nodeSelector)) {
    const words = deprecatedLabel(key);
    if (words !== undefined) warnings.push(`${at.child('nodeSelector').key(key)}: ${words}`);
  }
  warnings.push(...nodeAffinityWarnings(spec, at));
  for (const [position, constraint] of objects(spec.topologySpreadConstraints).entries()) {
    const place = at.child('topologySpreadConstraints').index(position);
    const key = text(constraint.topologyKey);
    const words = deprecatedLabel(key);
    if (words !== undefined) warnings.push(`${place.child('topologyKey')}: ${key} is ${words}`);
    if (!given(constraint.labelSelector)) warnings.push(`${place.child('labelSelector')}: a null labelSelector results in matching no pod`);
  }
  const annotation = base.child('metadata', 'annotations');
  if (given(annotations))
    for (const [key, words] of Object.entries(deprecatedAnnotations))
      if (member(annotations, key) !== undefined) warnings.push(`${annotation.key(key)}: ${words}`);
  for (const [position, volume] of objects(spec.volumes).entries())
    for (const [field, shown, words] of deadVolumes) {
      if (!given(volume[field])) continue;
      const place = at.child('volumes').index(position);
      const claim = field === 'ephemeral' ? object(object(volume.ephemeral)?.volumeClaimTemplate) : undefined;
      if (field !== 'ephemeral') warnings.push(`${place.child(shown)}: ${words}`);
      else if (claim !== undefined)
        warnings.push(...claimSpecWarnings(struct(claim.spec), place.child('ephemeral', 'volumeClaimTemplate', 'spec')));
    }
  warnings.push(...overlapWarnings(objects(spec.volumes)));
  warnings.push(...duplicateWarnings(spec, at));
  if (given(spec.overhead))
    for (const name of ['memory', 'ephemeral-storage']) warnings.push(...fractionWarning(spec.overhead, name, at.child('overhead')));
  if (!given(object(spec.securityContext)?.seccompProfile) && member(annotations, seccompPodAnnotation) !== undefined)
    warnings.push(`${annotation.key(seccompPodAnnotation)}: non-functional in v1.27+; use the "seccompProfile" field instead`);
  warnings.push(...containerWarnings(spec, annotations, at, annotation, template !== undefined));
  warnings.push(...portWarnings(spec, at));
  if ((number(spec.terminationGracePeriodSeconds) ?? 0) < 0)
    warnings.push(`${at.child('terminationGracePeriodSeconds')}: must be >= 0; negative values are invalid and will be treated as 1`);
  warnings.push(...podAffinityWarnings(spec, at));
  for (const [position, nameserver] of texts(object(spec.dnsConfig)?.nameservers).entries())
    warnings.push(...addressWarnings(nameserver, at.child('dnsConfig', 'nameservers').index(position)));
  for (const [position, alias] of objects(spec.hostAliases).entries())
    warnings.push(...addressWarnings(text(alias.ip), at.child('hostAliases').index(position).child('ip')));
  return warnings;
}

const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferredTerms = 'preferredDuringSchedulingIgnoredDuringExecution';

function nodeAffinityWarnings(spec: JsonObject, at: Path): readonly string[] {
  const affinity = object(object(spec.affinity)?.nodeAffinity);
  if (affinity === undefined) return [];
  const path = at.child('affinity', 'nodeAffinity');
  return [
    ...objects(object(affinity[requiredTerms])?.nodeSelectorTerms).flatMap((term, position) =>
      selectorTermWarnings(term, path.child(requiredTerms, 'nodeSelectorTerms').index(position), false),
    ),
    ...objects(affinity[preferredTerms]).flatMap((term, position) =>
      selectorTermWarnings(struct(term.preference), path.child(preferredTerms).index(position).child('preference'), true),
    ),
  ];
}

function podAffinityWarnings(spec: JsonObject, at: Path): readonly string[] {
  if (!given(spec.affinity)) return [];
  const words = 'a null labelSelector results in matching no pod';
  return ['podAffinity', 'podAntiAffinity'].flatMap((side) => {
    const affinity = struct(object(spec.affinity)?.[side]);
    const path = at.child('affinity', side);
    return [
      ...objects(affinity[requiredTerms]).flatMap((term, position) =>
        given(term.labelSelector) ? [] : [`${path.child(requiredTerms).index(position).child('labelSelector')}: ${words}`],
      ),
      ...objects(affinity[preferredTerms]).flatMap((term, position) =>
        given(object(term.podAffinityTerm)?.labelSelector)
          ? []
          : [`${path.child(preferredTerms).index(position).child('podAffinityTerm', 'labelSelector')}: ${words}`],
      ),
    ];
  });
}

function duplicateWarnings(spec: JsonObject, at: Path): readonly string[] {
  const warnings: string[] = [];
  for (const [list, field, word] of [
    ['hostAliases', 'ip', 'ip'],
    ['imagePullSecrets', 'name', 'name'],
  ] as const) {
    const seen = new Set<string>();
    if (!given(spec[list])) continue;
    for (const [position, item] of objects(spec[list]).entries()) {
      const value = text(item[field]);
      if (seen.has(value)) warnings.push(`${at.child(list).index(position).child(field)}: duplicate ${word} ${goQuote(value)}`);
      seen.add(value);
    }
  }
  for (const [position, item] of objects(spec.imagePullSecrets).entries())
    if (text(item.name) === '') warnings.push(`${at.child('imagePullSecrets').index(position).child('name')}: invalid empty name ""`);
  return warnings;
}

function fractionWarning(list: Json | undefined, name: string, path: Path): readonly string[] {
  const value = amountOf(list, name);
  if (value === undefined || isWhole(value)) return [];
  return [`${path.key(name)}: fractional byte value ${goQuote(shownAmount(value))} is invalid, must be an integer`];
}

function containerWarnings(
  spec: JsonObject,
  annotations: Json | undefined,
  at: Path,
  annotation: Path,
  isTemplate: boolean,
): readonly string[] {
  const warnings: string[] = [];
  const annotated = pairs(annotations).length > 0;
  const ofPod = object(object(spec.securityContext)?.appArmorProfile);
  for (const { container, at: place } of eachContainer(spec, at)) {
    if (annotated) {
      const context = object(container.securityContext);
      const seccomp = `${seccompContainerAnnotation}${text(container.name)}`;
      if (!given(context?.seccompProfile) && member(annotations, seccomp) !== undefined)
        warnings.push(`${annotation.key(seccomp)}: non-functional in v1.27+; use the "seccompProfile" field instead`);
      const appArmor = `${appArmorAnnotation}${text(container.name)}`;
      const profile = member(annotations, appArmor);
      if (
        isTemplate &&
        !given(context?.appArmorProfile) &&
        profile !== undefined &&
        !sameValue(ofPod, appArmorProfile(profile), '*core.AppArmorProfile')
      )
        warnings.push(`${annotation.key(appArmor)}: deprecated since v1.30; use the "appArmorProfile" field instead`);
    }
    const resources = object(container.resources);
    if (resources !== undefined)
      for (const name of ['memory', 'ephemeral-storage'])
        for (const list of ['limits', 'requests'])
          if (member(resources[list], name) !== undefined)
            warnings.push(...fractionWarning(resources[list], name, place().child('resources', list)));
    warnings.push(...hiddenVariables(container, place));
  }
  return warnings;
}

/** The field that an annotation of AppArmor stands for; undefined for a text that is none. */
export function appArmorProfile(annotation: string): JsonObject | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' };
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' };
  const local = annotation.startsWith('localhost/') ? annotation.slice('localhost/'.length) : '';
  return local === '' ? undefined : { type: 'Localhost', localhostProfile: local };
}

/** A second variable of a name, unless it builds on the first. */
function hiddenVariables(container: JsonObject, place: () => Path): readonly string[] {
  const variables = objects(container.env);
  if (variables.length < 2) return [];
  const seen = new Set<string>();
  const warnings: string[] = [];
  for (const [position, variable] of variables.entries()) {
    const name = text(variable.name);
    if (!seen.has(name)) {
      seen.add(name);
      continue;
    }
    const reference = `$(${name})`;
    const value = text(variable.value);
    if (given(variable.valueFrom) || value === reference || !value.includes(reference))
      warnings.push(
        `${place().child('env').index(position)}: hides previous definition of ${goQuote(name)}, which may be dropped when using apply`,
      );
  }
  return warnings;
}

function portWarnings(spec: JsonObject, at: Path): readonly string[] {
  const warnings: string[] = [];
  if (!hasPortsToTell(spec, at)) return warnings;
  const known = new Map<string, { readonly place: Path; readonly port: JsonObject }[]>();
  const names = new Map<string, Path>();
  const named: string[] = [];
  for (const { container, at: place } of eachContainer(spec, at))
    for (const [position, port] of objects(container.ports).entries()) {
      const here = place().child('ports').index(position);
      const hostPort = count(port.hostPort);
      const hostIp = text(port.hostIP);
      if (hostIp !== '' && hostPort === 0) warnings.push(`${here}: hostIP set without hostPort: ${shownPort(port)}`);
      const key = `${count(port.containerPort)}/${text(port.protocol)}`;
      const others = known.get(key) ?? [];
      for (const other of others) {
        const otherPort = count(other.port.hostPort);
        const otherIp = text(other.port.hostIP);
        if (hostIp === otherIp && hostPort === otherPort) warnings.push(`${here}: duplicate port definition with ${other.place}`);
        else if (hostPort === 0 || otherPort === 0) warnings.push(`${here}: overlapping port definition with ${other.place}`);
        else if (hostPort === otherPort && (hostIp === '') !== (otherIp === ''))
          warnings.push(`${here}: dangerously ambiguous port definition with ${other.place}`);
      }
      known.set(key, [...others, { place: here, port }]);
      const name = text(port.name);
      const first = names.get(name);
      if (name === '') continue;
      if (first === undefined) names.set(name, here);
      else
        named.push(
          `${here}: duplicate port name ${goQuote(name)} with ${first}, services and probes that select ports by name will use ${first}`,
        );
    }
  return [...warnings, ...named];
}

/** True where two ports have one number or one name, or one is bound to an address: nothing is to be said of others. */
function hasPortsToTell(spec: JsonObject, at: Path): boolean {
  const seen = new Set<Json>();
  for (const { container } of eachContainer(spec, at))
    for (const { containerPort, name, hostIP } of objects(container.ports)) {
      const number = count(containerPort);
      const own = text(name);
      if (seen.has(number) || (own !== '' && seen.has(own)) || text(hostIP) !== '') return true;
      seen.add(number).add(own);
    }
  return false;
}

/** A port as Go's `%+v` writes it. */
function shownPort(port: JsonObject): string {
  return `{Name:${text(port.name)} HostPort:${count(port.hostPort)} ContainerPort:${count(port.containerPort)} Protocol:${text(port.protocol)} HostIP:${text(port.hostIP)}}`;
}

/** The warning about a workload's name that is no DNS label, since its pods' names begin with it. */
export function podNameWarning(complaints: readonly string[]): readonly string[] {
  if (complaints.length === 0) return [];
  return [
    `${fieldPath('metadata', 'name')}: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${complaints.join(' ')}]`,
  ];
}
