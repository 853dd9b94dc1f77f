// Mounts and block devices of containers against the pod's volumes (kubernetes pkg/apis/core/validation, 1.36). Some paths of errors leave out
// the position, as the server's do.

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, invalid, notFound, notSupported, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { given, object, objects, text } from '../read.ts';
import { validateDescendingPath } from './paths.ts';

const propagations = ['Bidirectional', 'HostToContainer', 'None'];
const recursive = ['Disabled', 'Enabled', 'IfPossible'];

type Volumes = ReadonlyMap<string, JsonObject>;

export function validateMounts(container: JsonObject, volumes: Volumes, path: Path, errors: FieldError[]): void {
  const mounts = objects(container.volumeMounts);
  if (mounts.length === 0) return;
  const devices = pathsOf(objects(container.volumeDevices));
  const devicePaths = devices.size === 0 ? noPaths : new Set(devices.values());
  const taken = new Set<string>();
  for (const [position, mount] of mounts.entries()) {
    const at = path.index(position);
    const name = text(mount.name);
    const target = text(mount.mountPath);
    if (name === '') errors.push(required(at.child('name')));
    if (!volumes.has(name)) errors.push(notFound(at.child('name'), name));
    if (target === '') errors.push(required(at.child('mountPath')));
    if (taken.has(target)) errors.push(invalid(at.child('mountPath'), target, 'must be unique'));
    taken.add(target);
    if (devices.has(name)) errors.push(invalid(at.child('name'), name, 'must not already exist in volumeDevices'));
    if (devicePaths.has(target)) errors.push(invalid(at.child('mountPath'), target, 'must not already exist as a path in volumeDevices'));
    const subPath = text(mount.subPath);
    const expression = text(mount.subPathExpr);
    if (subPath !== '') validateDescendingPath(subPath, path.child('subPath'), errors);
    if (expression !== '') {
      if (subPath !== '') errors.push(invalid(at.child('subPathExpr'), expression, 'subPathExpr and subPath are mutually exclusive'));
      validateDescendingPath(expression, path.child('subPathExpr'), errors);
    }
    validatePropagation(mount, container, path.child('mountPropagation'), errors);
    validateRecursiveReadOnly(mount, path.child('recursiveReadOnly'), errors);
  }
}

const noDevices: ReadonlyMap<string, string> = new Map();
const noPaths: ReadonlySet<string> = new Set();

/** The paths of devices by name; few containers have any. */
function pathsOf(devices: readonly JsonObject[]): ReadonlyMap<string, string> {
  return devices.length === 0 ? noDevices : new Map(devices.map((device) => [text(device.name), text(device.devicePath)]));
}

function validatePropagation(mount: JsonObject, container: JsonObject, path: Path, errors: FieldError[]): void {
  if (!given(mount.mountPropagation)) return;
  const propagation = text(mount.mountPropagation);
  if (!propagations.includes(propagation)) errors.push(notSupported(path, propagation, propagations));
  if (propagation === 'Bidirectional' && object(container.securityContext)?.privileged !== true)
    errors.push(forbidden(path, 'Bidirectional mount propagation is available only to privileged containers'));
}

function validateRecursiveReadOnly(mount: JsonObject, path: Path, errors: FieldError[]): void {
  if (!given(mount.recursiveReadOnly)) return;
  const mode = text(mount.recursiveReadOnly);
  if (!recursive.includes(mode)) errors.push(notSupported(path, mode, recursive));
  else if (mode !== 'Disabled') {
    if (mount.readOnly !== true) errors.push(forbidden(path, 'may only be specified when readOnly is true'));
    if (given(mount.mountPropagation) && mount.mountPropagation !== 'None')
      errors.push(forbidden(path, 'may only be specified when mountPropagation is None or not specified'));
  }
}

export function validateDevices(container: JsonObject, volumes: Volumes, path: Path, errors: FieldError[]): void {
  const devices = objects(container.volumeDevices);
  if (devices.length === 0) return;
  const mounts = new Map(objects(container.volumeMounts).map((mount) => [text(mount.name), text(mount.mountPath)]));
  const mountPaths = new Set(mounts.values());
  const paths = new Set<string>();
  const names = new Set<string>();
  for (const [position, device] of devices.entries()) {
    const at = path.index(position);
    const name = text(device.name);
    const target = text(device.devicePath);
    const volume = volumes.get(name);
    if (name === '') errors.push(required(at.child('name')));
    if (names.has(name)) errors.push(invalid(at.child('name'), name, 'must be unique'));
    if (volume === undefined) errors.push(notFound(at.child('name'), name));
    else if (!given(volume.persistentVolumeClaim) && !given(volume.ephemeral))
      errors.push(invalid(at.child('name'), name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'));
    if (target === '') errors.push(required(at.child('devicePath')));
    if (paths.has(target)) errors.push(invalid(at.child('devicePath'), target, 'must be unique'));
    if (target.split('/').includes('..')) errors.push(invalid(at.child('devicePath'), target, "can not contain backsteps ('..')"));
    else paths.add(target);
    if (mounts.has(name)) errors.push(invalid(at.child('name'), name, 'must not already exist in volumeMounts'));
    if (mountPaths.has(target)) errors.push(invalid(at.child('devicePath'), target, 'must not already exist as a path in volumeMounts'));
    if (name !== '') names.add(name);
  }
}
