// Estimates for Kubernetes' libraries (k8s.io/apiserver/pkg/cel/library/cost.go), by the function's name.

import { authorizerCheck, createList, createStruct, perCharacter, perPatternCharacter } from '../cost.ts';
import { addCost, addSize, factor, fixed, maximum, product, type Range, timesCost } from '../range.ts';
import type { CallEstimate, Part, Sized } from './part.ts';

/** Kubernetes' libraries. */
export function kubernetesEstimate(
  sized: Sized,
  name: string,
  overload: string,
  target: Part | undefined,
  args: readonly Part[],
): CallEstimate | undefined {
  const [first, second] = args;
  const walked = (part: Part, by = perCharacter): CallEstimate => ({ cost: factor(sized(part), by) });
  switch (name) {
    case 'check':
      return { cost: fixed(authorizerCheck) };
    case 'fieldSelector':
    case 'labelSelector': {
      if (first === undefined) return undefined;
      const length = sized(first);
      return {
        cost: addCost(addCost(fixed(createList), factor(length, perCharacter)), factor(factor(length, 0.5), createList + createStruct)),
      };
    }
    case 'isSorted':
    case 'sum':
    case 'max':
    case 'min':
    case 'indexOf':
    case 'lastIndexOf':
    case 'includes':
      return target === undefined ? undefined : elementwise(sized, name, target);
    case 'url':
    case 'jsonpatch.escapeKey':
      return first === undefined ? undefined : { ...walked(first), size: sized(first) };
    case 'lowerAscii':
    case 'upperAscii':
    case 'substring':
    case 'trim':
      return target === undefined ? undefined : { ...walked(target), size: sized(target) };
    case 'replace':
      return target === undefined || first === undefined || second === undefined ? undefined : replaced(sized, target, first, second);
    case 'split': {
      if (target === undefined) return undefined;
      const limit =
        second?.node?.kind === 'literal' && typeof second.node.value === 'number'
          ? BigInt.asUintN(64, BigInt(second.node.value))
          : undefined;
      return { ...walked(target, 2 * perCharacter), size: { min: 0n, max: limit ?? sized(target).max } };
    }
    case 'join':
      return target === undefined ? undefined : joined(sized, target, first);
    case 'find':
    case 'findAll': {
      if (target === undefined || first === undefined) return undefined;
      const text = sized(target);
      const cost = timesCost(factor(addSize(text, fixed(1)), perCharacter), factor(sized(first), perPatternCharacter));
      return { cost, size: { min: 0n, max: text.max } };
    }
    case 'cidr':
    case 'isIP':
    case 'isCIDR':
    case 'quantity':
    case 'isQuantity':
    case 'semver':
    case 'isSemver':
      return first === undefined ? undefined : walked(first);
    case 'ip':
      return overload === 'cidr_ip' ? { cost: fixed(1) } : first === undefined ? undefined : walked(first);
    case 'ip.isCanonical':
      return first === undefined ? undefined : walked(first, 2 * perCharacter);
    case 'containsIP':
    case 'containsCIDR':
      return first === undefined ? undefined : contained(sized, name, overload, first);
    case 'validate':
      return first === undefined ? undefined : { cost: factor(walked(first).cost, 128 * perPatternCharacter) };
    case '_==_':
      return first === undefined || second === undefined ? undefined : libraryEquality(first, second);
    default:
      return nominal.has(name) ? { cost: fixed(1) } : undefined;
  }
}

function elementOf(list: Part): Part | undefined {
  const [type] = list.type.parameters;
  if (type === undefined) return undefined;
  return { path: list.path === undefined ? undefined : [...list.path, '@items'], type, size: undefined };
}

function elementwise(sized: Sized, name: string, target: Part): CallEstimate {
  const element = elementOf(target);
  const size = sized(target);
  if (element === undefined) return { cost: factor(size, name === 'includes' ? 1 : perCharacter) };
  const text = element.type.kind === 'string' || element.type.kind === 'bytes';
  const each = text ? addCost(fixed(1), factor(sized(element), perCharacter)) : fixed(1);
  return { cost: timesCost(size, each) };
}

function replaced(sized: Sized, target: Part, old: Part, by: Part): CallEstimate {
  const text = sized(target);
  const sought = sized(old);
  const put = sized(by);
  const plusOne = (size: bigint) => (size < maximum ? size + 1n : size);
  const ratio = (size: bigint, parts: bigint) => factor({ min: 0n, max: size }, 1 / Number(parts)).max;
  let count = { min: 0n, max: 0n };
  let kept = { min: 0n, max: 0n };
  if (sought.min === 0n) {
    count = { ...count, max: plusOne(text.max) };
    kept = { ...kept, max: text.max };
  } else if (put.max <= sought.min) kept = { ...kept, max: text.max };
  else count = { ...count, max: ratio(text.max, sought.min) };
  if (sought.max === 0n) {
    count = { ...count, min: plusOne(text.min) };
    kept = { ...kept, min: text.min };
  } else if (sought.max <= put.min) kept = { ...kept, min: text.min };
  else count = { ...count, min: ratio(text.min, sought.max) };
  return { cost: factor(text, 2 * perCharacter), size: addSize(product(count, put), kept) };
}

function joined(sized: Sized, target: Part, separator: Part | undefined): CallEstimate {
  const element = elementOf(target);
  const list = sized(target);
  let size: Range = element === undefined ? fixed(0) : product(list, sized(element));
  if (separator !== undefined) {
    const count = { min: list.min > 0n ? list.min - 1n : 0n, max: list.max > 0n ? list.max - 1n : 0n };
    size = addSize(size, product(sized(separator), count));
  }
  return { cost: factor(size, perCharacter), size };
}

function contained(sized: Sized, name: string, overload: string, other: Part): CallEstimate {
  const address = { min: 4n, max: 16n };
  let cost = factor(addSize(address, address), perCharacter);
  if (name === 'containsCIDR') cost = addCost(addCost(cost, factor(address, perCharacter)), fixed(1));
  if (overload.endsWith('_string')) cost = addCost(cost, factor(sized(other), perCharacter));
  return { cost };
}

const equalForOne = new Set(['net.IP', 'net.CIDR', 'kubernetes.Quantity', 'kubernetes.Semver']);

function libraryEquality(a: Part, b: Part): CallEstimate | undefined {
  if (a.type.name !== b.type.name || a.type.kind !== b.type.kind) return undefined;
  const { name } = a.type;
  if (equalForOne.has(name) || name.startsWith('kubernetes.authorization.')) return { cost: fixed(1) };
  if (name === 'kubernetes.NamedFormat') return { cost: factor({ min: 1n, max: 64n }, perCharacter) };
  if (name === 'kubernetes.URL')
    return { cost: factor({ min: 1n, max: b.size === undefined ? 1n : atLeastOne(b.size.max) }, perCharacter) };
  return undefined;
}

function atLeastOne(size: bigint): bigint {
  return size > 1n ? size : 1n;
}

const nominal = new Set(
  'serviceAccount path group resource subresource namespace name allowed reason error errored masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast format.named sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch getScheme getHostname getHost getPort getEscapedPath getQuery'.split(
    ' ',
  ),
);
