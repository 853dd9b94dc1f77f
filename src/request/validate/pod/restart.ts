// Restart policies of single containers and the rules beside them (KEP-5307; kubernetes pkg/apis/core/validation, 1.36).

import type { JsonObject } from '../../../lib/json.ts';
import { type FieldError, forbidden, notSupported, required, tooMany } from '../../fields/error.ts';
import type { Path } from '../../fields/path.ts';
import { given, object, objects, size, text } from '../read.ts';
import { checks, type PodOptions } from './options.ts';

const policies = ['Always', 'Never', 'OnFailure'];
const operators = ['In', 'NotIn'];

export function validateContainerRestart(container: JsonObject, path: Path, errors: FieldError[], options: PodOptions): void {
  const rules = objects(container.restartPolicyRules);
  if (!given(container.restartPolicy)) {
    if (rules.length === 0) return;
    errors.push(required(path.child('restartPolicy'), 'must specify restartPolicy when restart rules are used'));
  } else if (!policies.includes(text(container.restartPolicy)))
    errors.push(notSupported(path.child('restartPolicy'), container.restartPolicy, policies));
  if (rules.length > 20) errors.push(tooMany(path.child('restartPolicyRules'), rules.length, 20));
  const actions = checks(options, 'RestartAllContainersOnContainerExits') ? ['Restart', 'RestartAllContainers'] : ['Restart'];
  for (const [position, rule] of rules.entries()) {
    const at = path.child('restartPolicyRules').index(position);
    if (!actions.includes(text(rule.action))) errors.push(notSupported(at.child('action'), text(rule.action), actions));
    const codes = object(rule.exitCodes);
    if (codes === undefined) {
      errors.push(required(at.child('exitCodes'), 'must be specified'));
      continue;
    }
    if (!operators.includes(text(codes.operator)))
      errors.push(notSupported(at.child('exitCodes', 'operator'), text(codes.operator), operators));
    if (size(codes.values) > 255) errors.push(tooMany(at.child('exitCodes', 'values'), size(codes.values), 255));
  }
}

export function validateInitRestart(container: JsonObject, path: Path, errors: FieldError[], options: PodOptions): void {
  const rules = size(container.restartPolicyRules);
  if (!given(container.restartPolicy)) {
    if (rules > 0) errors.push(required(path.child('restartPolicy'), 'must specify restartPolicy when restart rules are used'));
    return;
  }
  const policy = text(container.restartPolicy);
  if (!checks(options, 'ContainerRestartRules')) {
    if (policy !== 'Always') errors.push(notSupported(path.child('restartPolicy'), policy, ['Always']));
  } else if (policy !== 'Always' || checks(options, 'RestartAllContainersOnContainerExits'))
    validateContainerRestart(container, path, errors, options);
  else if (rules > 0)
    errors.push(
      forbidden(path.child('restartPolicyRules'), 'restartPolicyRules are not allowed for init containers with restart policy Always'),
    );
}
