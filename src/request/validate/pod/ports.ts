// Ports of containers, and ports of the host that two of them would want (kubernetes pkg/apis/core/validation, 1.36).

import type { Json, JsonObject } from '../../../lib/json.ts';
import { duplicate, type FieldError, invalid, notSupported, required } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { complain } from '../meta/labels.ts';
import { portName, portNumber } from '../meta/names.ts';
import { count, objects, text } from '../read.ts';

export const protocols = ['SCTP', 'TCP', 'UDP'];

export function validateProtocol(value: Json | undefined, path: Path, errors: FieldError[]): void {
  const protocol = text(value);
  if (protocol === '') errors.push(required(path));
  else if (!protocols.includes(protocol)) errors.push(notSupported(path, protocol, protocols));
}

/** A port by number or name. */
export function validatePortNumberOrName(port: Json | undefined, path: Path, errors: FieldError[]): void {
  if (typeof port === 'string') complain(port, portName(port), path, errors);
  else for (const complaint of portNumber(count(port))) errors.push(invalid(path, count(port), complaint));
}

export function validateContainerPorts(container: JsonObject, path: Path, errors: FieldError[]): void {
  const names = new Set<string>();
  for (const [position, port] of objects(container.ports).entries()) {
    const at = path.index(position);
    const name = text(port.name);
    if (name !== '') {
      const complaints = portName(name);
      if (complaints.length > 0) complain(name, complaints, at.child('name'), errors);
      else if (names.has(name)) errors.push(duplicate(at.child('name'), name));
      else names.add(name);
    }
    const number = count(port.containerPort);
    if (number === 0) errors.push(required(at.child('containerPort')));
    else for (const complaint of portNumber(number)) errors.push(invalid(at.child('containerPort'), number, complaint));
    const host = count(port.hostPort);
    if (host !== 0) for (const complaint of portNumber(host)) errors.push(invalid(at.child('hostPort'), host, complaint));
    validateProtocol(port.protocol, at.child('protocol'), errors);
  }
}

/** Two containers that want the same port of the host. */
export function validateHostPortConflicts(containers: readonly JsonObject[], path: Path, errors: FieldError[]): void {
  if (!containers.some(takesHostPort)) return;
  const taken = new Set<string>();
  for (const [index, container] of containers.entries())
    for (const [position, port] of objects(container.ports).entries()) {
      if (count(port.hostPort) === 0) continue;
      const key = `${text(port.protocol)}/${text(port.hostIP)}/${count(port.hostPort)}`;
      if (taken.has(key)) errors.push(duplicate(path.index(index).child('ports').index(position).child('hostPort'), key));
      else taken.add(key);
    }
}

function takesHostPort(container: JsonObject): boolean {
  return objects(container.ports).some((port) => count(port.hostPort) !== 0);
}

/** With the host's network, a container's port is the host's. */
export function validateHostNetworkPorts(spec: JsonObject, path: Path, errors: FieldError[], isPod: boolean): void {
  if (spec.hostNetwork !== true) return;
  for (const [index, container] of objects(spec.containers).entries())
    for (const [position, port] of objects(container.ports).entries()) {
      const host = count(port.hostPort);
      if ((isPod || host !== 0) && host !== count(port.containerPort))
        errors.push(
          invalid(
            path.child('containers').index(index).child('ports').index(position).child('hostPort'),
            host,
            'must match `containerPort` when `hostNetwork` is true',
          ),
        );
    }
}
