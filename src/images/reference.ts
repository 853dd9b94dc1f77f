// Names of images as nodes read them: github.com/distribution/reference 0.6, ParseNormalizedNamed, with the digests of opencontainers/go-digest.
// `nginx` is docker.io/library/nginx; a first part with a dot, a colon or an upper-case letter, or `localhost`, is a registry; anything else
// belongs to Docker Hub. Whoever compares registries compares these parts, never the text: `reg.example.com.evil.io/app` starts like another.

import { withoutEnd } from '../lib/text.ts';

export interface ImageReference {
  /** Host, with its port where one is written. Empty for the few names that the grammar takes without one (`a_b.io/x`). */
  readonly registry: string;
  /** Path below the registry, with the implicit `library/` of Docker Hub. */
  readonly repository: string;
  readonly tag: string | undefined;
  /** `sha256:…`; what is pulled where both are written. */
  readonly digest: string | undefined;
}

export type ReferenceFault = 'empty' | 'hex-name' | 'upper-case' | 'too-long' | 'bad-digest' | 'malformed';

export type ParsedReference =
  | { readonly ok: true; readonly reference: ImageReference }
  | { readonly ok: false; readonly fault: ReferenceFault };

const dockerHub = 'docker.io';
const longestRepository = 255;

const pathComponent = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const hostLabel = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/;
const bracketedAddress = /^\[[a-fA-F0-9:]+\]$/;
const tagForm = /^\w[\w.-]{0,127}$/;
const digestForm = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const hexLengths: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** Reads an image name. `parseReference('nginx:1.25')` is docker.io, library/nginx, tag 1.25, no digest. */
export function parseReference(text: string): ParsedReference {
  if (text === '') return fault('empty');
  if (/^[a-f0-9]{64}$/.test(text)) return fault('hex-name');
  const { registry, remainder } = split(text);
  const at = remainder.indexOf('@');
  const digest = at < 0 ? undefined : remainder.slice(at + 1);
  const named = at < 0 ? remainder : remainder.slice(0, at);
  const colon = named.indexOf(':');
  const repository = colon < 0 ? named : named.slice(0, colon);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  if (repository !== repository.toLowerCase()) return fault('upper-case');
  if (tag !== undefined && !tagForm.test(tag)) return fault('malformed');
  if (digest !== undefined && !isDigest(digest)) return fault('bad-digest');
  if (!isPath(repository)) return fault('malformed');
  if (isHost(registry)) return repository.length > longestRepository ? fault('too-long') : found(registry, repository, tag, digest);
  const whole = `${registry}/${repository}`;
  if (!isPath(whole)) return fault('malformed');
  return whole.length > longestRepository ? fault('too-long') : found('', whole, tag, digest);
}

/** `registry/repository`: the identity of what is pulled, without version. */
export function imageName(reference: ImageReference): string {
  return `${reference.registry}/${reference.repository}`;
}

/** True for a digest of an algorithm that nodes know, in its full length and in lower case. */
export function isDigest(text: string): boolean {
  if (!digestForm.test(text)) return false;
  const colon = text.indexOf(':');
  const hex = text.slice(colon + 1);
  const algorithm = text.slice(0, colon);
  return Object.hasOwn(hexLengths, algorithm) && hex.length === hexLengths[algorithm] && hex === hex.toLowerCase();
}

/**
 * True where an image lies in a place: a registry (`reg.example.com`), a repository or a folder of repositories (`reg.example.com/team`),
 * or the registries below a domain (`*.example.com`). Parts are compared whole: `reg.example.com` does not cover `reg.example.com.evil.io`,
 * `reg.example.com:5000` or `reg.example.community`. A place without a registry is one of Docker Hub, as in image names.
 */
export function isWithin(reference: ImageReference, place: string): boolean {
  const { registry, folder } = placeOf(place);
  const host = reference.registry.toLowerCase();
  const hosts = registry.startsWith('*.') ? host.endsWith(registry.slice(1)) && host.length > registry.length - 1 : host === registry;
  return hosts && (folder === '' || reference.repository === folder || reference.repository.startsWith(`${folder}/`));
}

function placeOf(place: string): { readonly registry: string; readonly folder: string } {
  const text = withoutEnd(place.trim(), '/');
  const slash = text.indexOf('/');
  const first = slash < 0 ? text : text.slice(0, slash);
  const rest = slash < 0 ? '' : text.slice(slash + 1);
  const host = first.toLowerCase();
  if (host === 'index.docker.io') return { registry: dockerHub, folder: rest };
  if (first === 'localhost' || /[.:*]/.test(first) || first !== host) return { registry: host, folder: rest };
  return { registry: dockerHub, folder: text };
}

function split(text: string): { readonly registry: string; readonly remainder: string } {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const isRegistry = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  const registry = !isRegistry || first === 'index.docker.io' ? dockerHub : first;
  const remainder = isRegistry ? text.slice(slash + 1) : text;
  return { registry, remainder: registry === dockerHub && !remainder.includes('/') ? `library/${remainder}` : remainder };
}

function isHost(text: string): boolean {
  const port = /:[0-9]+$/.exec(text);
  const host = port === null ? text : text.slice(0, port.index);
  if (host.startsWith('[')) return bracketedAddress.test(host);
  return host.split('.').every((label) => hostLabel.test(label));
}

function isPath(text: string): boolean {
  return text.split('/').every((component) => pathComponent.test(component));
}

function found(registry: string, repository: string, tag: string | undefined, digest: string | undefined): ParsedReference {
  return { ok: true, reference: { registry, repository, tag, digest } };
}

function fault(kind: ReferenceFault): ParsedReference {
  return { ok: false, fault: kind };
}
