// ConfigMaps, Secrets and ServiceAccounts (kubernetes pkg/apis/core/validation, 1.36). What a Secret holds is never shown.

import { type Json, type JsonObject, sameJson } from '../../../lib/json.ts';
import { withoutEnd } from '../../../lib/text.ts';
import { type FieldError, forbidden, invalid, required, tooLong } from '../../fields/error.ts';
import { fieldPath } from '../../fields/path.ts';
import { goJsonComplaint } from '../go-json.ts';
import { keyPairComplaint } from '../key-pair.ts';
import { complain } from '../meta/labels.ts';
import { configKey, dnsSubdomain } from '../meta/names.ts';
import { type MetadataRules, validateMetadata, validateMetadataUpdate } from '../meta/object-meta.ts';
import { annotationsOf, byteLength, member, pairs, text } from '../read.ts';
import type { Validator } from '../validator.ts';

const metadata: MetadataRules = { namespaced: true, name: dnsSubdomain };
const maxSize = 1024 * 1024;

/** How many bytes a base64 text stands for. */
function decodedLength(value: string): number {
  return Math.floor((withoutEnd(value, '=').length * 3) / 4);
}

function validateConfigMap(map: JsonObject, errors: FieldError[]): void {
  validateMetadata(map, metadata, errors);
  let total = 0;
  for (const [key, value] of pairs(map.data)) {
    const at = fieldPath('data').key(key);
    complain(key, configKey(key), at, errors);
    if (member(map.binaryData, key) !== undefined) errors.push(invalid(at, key, 'duplicate of key present in binaryData'));
    total += byteLength(value);
  }
  for (const [key, value] of pairs(map.binaryData)) {
    complain(key, configKey(key), fieldPath('binaryData').key(key), errors);
    total += decodedLength(value);
  }
  if (total > maxSize) errors.push(tooLong(fieldPath(''), maxSize));
}

/** Once `immutable` is set, it stays, and so does the data; here an empty map is not an absent one. */
function validateImmutability(object: JsonObject, old: JsonObject, fields: readonly string[], errors: FieldError[]): void {
  if (old.immutable !== true) return;
  const words = 'field is immutable when `immutable` is set';
  if (object.immutable !== true) errors.push(forbidden('immutable', words));
  for (const field of fields) if (!sameJson(object[field] ?? null, old[field] ?? null)) errors.push(forbidden(field, words));
}

export const configMap: Validator = {
  create: (map) => {
    const errors: FieldError[] = [];
    validateConfigMap(map, errors);
    return errors;
  },
  update: (map, old) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(map, old, errors);
    validateImmutability(map, old, ['data', 'binaryData'], errors);
    validateConfigMap(map, errors);
    return errors;
  },
};

function validateSecret(secret: JsonObject, errors: FieldError[]): void {
  validateMetadata(secret, metadata, errors);
  const data = fieldPath('data');
  let total = 0;
  for (const [key, value] of pairs(secret.data)) {
    complain(key, configKey(key), data.key(key), errors);
    total += decodedLength(value);
  }
  if (total > maxSize) errors.push(tooLong(data, maxSize));
  const has = (key: string) => member(secret.data, key) !== undefined;
  const need = (...keys: readonly string[]) => {
    for (const key of keys) if (!has(key)) errors.push(required(data.key(key)));
  };
  switch (text(secret.type)) {
    case 'kubernetes.io/service-account-token': {
      const annotation = 'kubernetes.io/service-account.name';
      if ((member(annotationsOf(secret), annotation) ?? '') === '')
        errors.push(required(fieldPath('metadata', 'annotations').key(annotation)));
      return;
    }
    case 'kubernetes.io/dockercfg':
      need('.dockercfg');
      validateJson(secret.data, '.dockercfg', errors);
      return;
    case 'kubernetes.io/dockerconfigjson':
      need('.dockerconfigjson');
      validateJson(secret.data, '.dockerconfigjson', errors);
      return;
    case 'kubernetes.io/basic-auth':
      if (!has('username') && !has('password')) need('username', 'password');
      return;
    case 'kubernetes.io/ssh-auth':
      if ((member(secret.data, 'ssh-privatekey') ?? '') === '') errors.push(required(data.key('ssh-privatekey')));
      return;
    case 'kubernetes.io/tls':
      need('tls.crt', 'tls.key');
  }
}

function validateJson(data: Json | undefined, key: string, errors: FieldError[]): void {
  const value = member(data, key);
  const complaint = value === undefined ? undefined : goJsonComplaint(decoded(value));
  if (complaint !== undefined) errors.push(invalid(fieldPath('data').key(key), '<secret contents redacted>', complaint));
}

function decoded(value: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(value), (character) => character.charCodeAt(0)));
  } catch {
    return '';
  }
}

export const secret: Validator = {
  create: (object) => {
    const errors: FieldError[] = [];
    validateSecret(object, errors);
    return errors;
  },
  update: (object, old) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(object, old, errors);
    if (text(object.type) !== text(old.type)) errors.push(invalid('type', text(object.type), 'field is immutable'));
    validateImmutability(object, old, ['data'], errors);
    validateSecret(object, errors);
    return errors;
  },
  warnings: (object) => {
    if (object.type !== 'kubernetes.io/tls') return [];
    const part = (key: string) => decoded(member(object.data, key) ?? '');
    const complaint = keyPairComplaint(part('tls.crt'), part('tls.key'));
    return complaint === undefined ? [] : [complaint];
  },
};

export const serviceAccount: Validator = {
  create: (object) => {
    const errors: FieldError[] = [];
    validateMetadata(object, metadata, errors);
    return errors;
  },
  update: (object, old) => {
    const errors: FieldError[] = [];
    validateMetadataUpdate(object, old, errors);
    validateMetadata(object, metadata, errors);
    return errors;
  },
  warnings: (object, old) => {
    const mountable = 'kubernetes.io/enforce-mountable-secrets';
    const has = (account: JsonObject | undefined) => account !== undefined && member(annotationsOf(account), mountable) !== undefined;
    if (!has(object) || has(old)) return [];
    return [`metadata.annotations[${mountable}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`];
  },
};
