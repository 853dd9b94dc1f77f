// Kubernetes' environments by version (k8s.io/apiserver/pkg/cel/environment/base.go, 1.23 to 1.37). A `stored` expression is one that the
// API server read back from etcd: it gets everything the newest known version has. A `new` one is checked with what the version before
// the API server's has, so that a rollback can still run it; callers pass that version themselves.

import { type Environment, emptyEnvironment, extend } from './environment.ts';
import type { Library } from './function.ts';
import { authorizer, authorizerSelectors } from './library/authorizer.ts';
import { formats } from './library/formats.ts';
import { jsonPatch } from './library/json-patch.ts';
import { kubernetesLists, kubernetesLists1, lists3 } from './library/lists.ts';
import { network } from './library/network.ts';
import { optionals } from './library/optionals.ts';
import { quantities } from './library/quantity.ts';
import { regexes } from './library/regex.ts';
import { semver } from './library/semver.ts';
import { sets } from './library/sets.ts';
import { standard } from './library/standard.ts';
import { strings0, strings2 } from './library/strings.ts';
import { twoVariables } from './library/two-variables.ts';
import { urls } from './library/url.ts';

export const oldestMinor = 23;
export const newestMinor = 37;

/** Libraries by the minor version of Kubernetes 1 that brought them. */
const since: readonly (readonly [number, Library])[] = [
  [0, urls],
  [0, regexes],
  [0, kubernetesLists],
  [27, authorizer],
  [28, quantities],
  [29, sets],
  [30, network],
  [31, formats],
  [31, authorizerSelectors],
  [32, twoVariables],
  [33, semver],
  [34, lists3],
  [37, kubernetesLists1],
];

const built = new Map<number, Environment>();

/** The environment of Kubernetes 1.`minor` without variables. `mutation` adds what only mutating policies have. */
export function kubernetesEnvironment(
  minor: number = newestMinor,
  { mutation = false }: { readonly mutation?: boolean } = {},
): Environment {
  const base = built.get(minor) ?? build(minor);
  built.set(minor, base);
  return mutation ? extend(base, { libraries: [jsonPatch] }) : base;
}

function build(minor: number): Environment {
  // cel-go 0.28, from Kubernetes 1.37 on, no longer lets `orValue` pass on values that are no optionals.
  const lenientOptionals = minor < 37;
  return extend(emptyEnvironment, {
    libraries: [
      standard(minor >= 28),
      ...(minor >= 28 ? [optionals(lenientOptionals)] : []),
      minor >= 29 ? strings2 : strings0,
      ...since.filter(([first]) => first <= minor).map(([, library]) => library),
    ],
    options: { optionals: minor >= 28, literalValidation: minor >= 29, lenientOptionals, walksPrefix: minor >= 37 },
  });
}
