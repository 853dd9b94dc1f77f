// Files of one volume that would lie over each other (kubernetes pkg/api/pod/warnings.go, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { withoutEnd } from '../../../lib/text.ts';
import { goQuote } from '../../fields/go-text.ts';
import { given, object, objects, text } from '../read.ts';

interface Place {
  readonly path: string;
  readonly source: string;
}

function shown({ path, source }: Place): string {
  return source === '' ? goQuote(path) : `${goQuote(path)} (${source})`;
}

function placesOf(items: readonly JsonObject[], source: string): readonly Place[] {
  return items.map((item) => ({ path: text(item.path), source }));
}

/** What is said about a place and those before it that it lies over or under. */
function overlaps(place: Place, before: readonly Place[]): readonly string[] {
  if (place.path === '') return [];
  return before
    .filter(({ path }) => path !== '' && (`${path}/`.startsWith(`${place.path}/`) || `${place.path}/`.startsWith(`${path}/`)))
    .map((other) => `${shown(place)} with ${shown(other)}`);
}

function allOverlaps(places: readonly Place[]): readonly string[] {
  const before: Place[] = [];
  return places.flatMap(({ path, source }) => {
    const place = { path: withoutEnd(path, '/'), source };
    const found = overlaps(place, before);
    before.push(place);
    return found;
  });
}

/** True for a volume that is made of files by name. */
function hasFiles({ configMap, secret, downwardAPI, projected }: JsonObject): boolean {
  return given(configMap) || given(secret) || given(downwardAPI) || given(projected);
}

export function overlapWarnings(volumes: readonly JsonObject[]): readonly string[] {
  return volumes.filter(hasFiles).flatMap((volume) => {
    const name = goQuote(text(volume.name));
    const say = (kind: string, found: readonly string[]) => found.map((each) => `volume ${name} (${kind}): overlapping paths: ${each}`);
    const configMap = object(volume.configMap);
    const secret = object(volume.secret);
    const downward = object(volume.downwardAPI);
    const projected = object(volume.projected);
    return [
      ...(configMap === undefined
        ? []
        : say(`ConfigMap ${goQuote(text(configMap.name))}`, allOverlaps(placesOf(objects(configMap.items), '')))),
      ...(secret === undefined ? [] : say(`Secret ${goQuote(text(secret.secretName))}`, allOverlaps(placesOf(objects(secret.items), '')))),
      ...(downward === undefined ? [] : say('DownwardAPI', allOverlaps(placesOf(objects(downward.items), '')))),
      ...(projected === undefined ? [] : projectedWarnings(projected, name, say)),
    ];
  });
}

function projectedWarnings(
  projected: JsonObject,
  name: string,
  say: (kind: string, found: readonly string[]) => readonly string[],
): readonly string[] {
  const sources = objects(projected.sources);
  // A warning is given once, however often there is a reason.
  const empty = sources.some((source) => !Object.values(source).some(given));
  const warning = empty ? [`volume ${name} (Projected) has no sources provided`] : [];
  return [...warning, ...say('Projected', allOverlaps(sources.flatMap(projectedPlaces)))];
}

function projectedPlaces(source: JsonObject): readonly Place[] {
  const configMap = object(source.configMap);
  if (objects(configMap?.items).length > 0) return placesOf(objects(configMap?.items), `ConfigMap ${goQuote(text(configMap?.name))}`);
  const secret = object(source.secret);
  if (objects(secret?.items).length > 0) return placesOf(objects(secret?.items), `Secret ${goQuote(text(secret?.name))}`);
  const downward = object(source.downwardAPI);
  if (objects(downward?.items).length > 0) return placesOf(objects(downward?.items), 'DownwardAPI');
  const token = object(source.serviceAccountToken);
  if (token !== undefined) return placesOf([token], 'ServiceAccountToken');
  const bundle = object(source.clusterTrustBundle);
  if (bundle !== undefined)
    return placesOf([bundle], `ClusterTrustBundle ${goQuote(text(given(bundle.name) ? bundle.name : bundle.signerName))}`);
  const certificate = object(source.podCertificate);
  if (certificate === undefined) return [];
  return [
    { path: text(certificate.certificateChainPath), source: 'PodCertificate chain' },
    { path: text(certificate.keyPath), source: 'PodCertificate key' },
    { path: text(certificate.credentialBundlePath), source: 'PodCertificate credential bundle' },
  ].filter(({ path }) => path !== '');
}
