// Formats that the API server does not know, which it ignores with a warning; of an update, those alone that are new
// (k8s.io/apiextensions-apiserver pkg/registry/customresourcedefinition, 1.36).

import { isKnownFormat } from '../../../kube/schema/formats.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { text } from '../read.ts';
import { definitionOf, schemasOf } from './definition.ts';
import { someSchema } from './schema-props.ts';

const ofNumbers: Readonly<Record<string, readonly string[]>> = { integer: ['int32', 'int64'], number: ['float', 'double'] };

export function formatWarnings(crd: JsonObject, old: JsonObject | undefined, minor: string): readonly string[] {
  const before = new Set(old === undefined ? [] : unknownFormats(old, minor));
  const found = unknownFormats(crd, minor).filter((format) => !before.has(format));
  return [...new Set(found)].map((format) => `unrecognized format ${JSON.stringify(format)}`);
}

function unknownFormats(crd: JsonObject, minor: string): readonly string[] {
  const found: string[] = [];
  for (const schema of schemasOf(definitionOf(crd)))
    someSchema(schema, (part) => {
      const format = text(part.format);
      if (format !== '' && !isKnown(format, text(part.type), minor)) found.push(format);
      return false;
    });
  return found;
}

function isKnown(format: string, type: string, minor: string): boolean {
  if (type === '' || type === 'string') return isKnownFormat(format, minor);
  return Object.hasOwn(ofNumbers, type) && ofNumbers[type]?.includes(format) === true;
}
