// Configurations of the API server's own kinds, read as it reads them: kind and version must be known, and nothing in them may be unknown
// (k8s.io/apimachinery/pkg/runtime/serializer, strict, 0.36). Problems are in the server's words, with which it refuses to start.

import type { Schema } from '../../kube/schema/schema.ts';
import { asString, field, isObject, type Json, type JsonObject } from '../../lib/json.ts';
import { failure, ok, type Result } from '../../lib/result.ts';
import { heldAgainst } from '../decode/typed.ts';
import { goQuote } from '../fields/go-text.ts';

/** A kind in all its versions, whose fields are the same. */
export interface ConfigurationKind {
  /** `apiserver.config.k8s.io/v1 AdmissionConfiguration`. */
  readonly known: readonly string[];
  readonly schema: Schema;
}

const scheme = 'pkg/runtime/scheme.go:111';
const noObject = `couldn't get version/kind; json parse error: json: cannot unmarshal`;
const typeMeta = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** The configuration, or what is wrong with it. */
export function readVersioned(value: Json, { known, schema }: ConfigurationKind): Result<JsonObject, string> {
  if (!isObject(value)) {
    const type = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return failure(`${noObject} ${type} into Go value of type ${typeMeta}`);
  }
  const kind = asString(field(value, 'kind')) ?? '';
  const apiVersion = asString(field(value, 'apiVersion')) ?? '';
  if (kind === '' || apiVersion === '')
    return failure(`Object '${kind === '' ? 'Kind' : 'apiVersion'}' is missing in '${JSON.stringify(value)}'`);
  if (!known.includes(`${apiVersion} ${kind}`))
    return failure(`no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)} in scheme ${goQuote(scheme)}`);
  const { error, strict } = heldAgainst(value, schema);
  if (error !== undefined) return failure(error);
  return strict.length > 0 ? failure(`strict decoding error: ${strict.join(', ')}`) : ok(value);
}

const text: Schema = { type: 'string' };
const texts: Schema = { type: 'array', items: text };

/** Fields of a kind, with those that every kind has. */
function kindOf(definition: string, properties: readonly (readonly [string, Schema])[]): Schema {
  return { type: 'object', definition, properties: new Map([['apiVersion', text], ['kind', text], ...properties]) };
}

function structOf(definition: string, properties: readonly (readonly [string, Schema])[]): Schema {
  return { type: 'object', definition, properties: new Map(properties) };
}

export const admissionConfigurations: ConfigurationKind = {
  known: ['apiserver.config.k8s.io/v1 AdmissionConfiguration', 'apiserver.k8s.io/v1alpha1 AdmissionConfiguration'],
  schema: kindOf('apiserver.v1.AdmissionConfiguration', [
    [
      'plugins',
      {
        type: 'array',
        items: structOf('apiserver.v1.AdmissionPluginConfiguration', [
          ['name', text],
          ['path', text],
          ['configuration', {}],
        ]),
      },
    ],
  ]),
};

const modes = ['enforce', 'audit', 'warn'];

export const podSecurityConfigurations: ConfigurationKind = {
  known: ['v1', 'v1beta1', 'v1alpha1'].map((version) => `pod-security.admission.config.k8s.io/${version} PodSecurityConfiguration`),
  schema: kindOf('podsecurity.v1.PodSecurityConfiguration', [
    [
      'defaults',
      structOf(
        'podsecurity.v1.PodSecurityDefaults',
        modes.flatMap((mode): readonly (readonly [string, Schema])[] => [
          [mode, text],
          [`${mode}-version`, text],
        ]),
      ),
    ],
    [
      'exemptions',
      structOf('podsecurity.v1.PodSecurityExemptions', [
        ['usernames', texts],
        ['namespaces', texts],
        ['runtimeClasses', texts],
      ]),
    ],
  ]),
};

export const quotaConfigurations: ConfigurationKind = {
  known: [
    'apiserver.config.k8s.io/v1 ResourceQuotaConfiguration',
    'resourcequota.admission.k8s.io/v1beta1 Configuration',
    'resourcequota.admission.k8s.io/v1alpha1 Configuration',
  ],
  schema: kindOf('resourcequota.v1.Configuration', [
    [
      'limitedResources',
      {
        type: 'array',
        items: structOf('resourcequota.v1.LimitedResource', [
          ['apiGroup', text],
          ['resource', text],
          ['matchContains', texts],
          [
            'matchScopes',
            {
              type: 'array',
              items: structOf('core.v1.ScopedResourceSelectorRequirement', [
                ['scopeName', text],
                ['operator', text],
                ['values', texts],
              ]),
            },
          ],
        ]),
      },
    ],
  ]),
};
