// What the policy commands work on: policies and objects from files or a live cluster, in one snapshot, with the ports of admission over it.

import { type KubeObject, nameOf } from '../../kube/object.ts';
import { knownReleases, loadSchemas } from '../../kube/schema/load.ts';
import { newestMinor } from '../../languages/cel/kubernetes.ts';
import { problem } from '../../lib/problem.ts';
import type { AdmissionContext, UserInfo } from '../../policy/admission.ts';
import { compilePolicies, isPolicyObject } from '../../policy/compile.ts';
import type { CompiledPolicy } from '../../policy/compiled.ts';
import { isServed, type Kinds, kindsOf, snapshotContext, typeSource } from '../../policy/of-snapshot.ts';
import { foreignPoliciesText } from '../../policy/other-languages.ts';
import { type PolicySet, policySet } from '../../policy/policy-set.ts';
import { typeCheck } from '../../policy/validating/type-check.ts';
import { counted, problemText } from '../../report/words.ts';
import { factsFor, type Resource, type Snapshot, snapshot } from '../../snapshot/snapshot.ts';
import { load } from '../../sources/load.ts';
import { meansCluster, readCluster } from '../cluster-flags.ts';
import type { CommandInput } from '../command.ts';
import { Stop } from '../exit.ts';
import { kubernetesVersion, verbatim, word } from '../flags.ts';
import { authorizedBy } from './authorized.ts';
import { boundEverywhere } from './bound.ts';

export interface PolicyInput {
  readonly snapshot: Snapshot;
  readonly policies: PolicySet;
  readonly kinds: Kinds;
  readonly context: AdmissionContext;
  readonly user: UserInfo;
  /** Everything that is neither a policy nor a binding. */
  readonly objects: readonly Resource[];
  /** What the answers rest on, and what is missing. */
  readonly notes: readonly string[];
}

/** Reads `--policy` and the words or the cluster. `needsObjects`: nothing but policies is nothing to look at. */
export async function policyInput(input: CommandInput, needsObjects = true): Promise<PolicyInput> {
  const { words, flags, now } = input;
  const version = kubernetesVersion(flags);
  const options = { now, ...(version !== undefined && { kubernetesVersion: version }), ...namespaceOption(flags) };
  const given = verbatim(flags, 'policy');
  const fromPolicies = given.length === 0 ? undefined : await load(given, options);
  // `--as` is whom the request comes from; nobody is impersonated.
  const clusterOnly = { ...flags, as: undefined, asGroup: undefined };
  const live = meansCluster(words, clusterOnly);
  const loaded = live ? await readCluster({ ...input, flags: clusterOnly }) : words.length === 0 ? undefined : await load(words, options);
  if (loaded === undefined && fromPolicies === undefined)
    throw new Stop(
      problem(
        'usage/bad-flag',
        'name policies with --policy and objects as files or folders ("-" for stdin), or a cluster with -A or --context',
      ),
    );
  const problems = [...(fromPolicies?.problems ?? []), ...(loaded?.problems ?? [])];
  const resources = [...(fromPolicies?.resources ?? []), ...(loaded?.resources ?? [])];
  const read = snapshot({ resources, facts: factsFor(loaded !== undefined && 'facts' in loaded ? loaded.facts : undefined, version) });
  const errors = problems.filter(({ level }) => (level ?? 'error') === 'error');
  if (!input.console.quiet) for (const each of errors.slice(0, 5)) input.console.err(`error: ${problemText(each)}\n`);
  const minor = Math.min(Number(read.facts.kubernetesVersion.split('.')[1]), newestMinor);
  const written = resources.map(({ object }) => object).filter(isPolicyObject);
  const compiled = compilePolicies([...written, ...(flags.bind === true ? boundEverywhere(written) : [])], { minor });
  const foreign = foreignPoliciesText(resources.map(({ object }) => object));
  if (compiled.length === 0) {
    const nothing = 'no ValidatingAdmissionPolicy or MutatingAdmissionPolicy was read';
    throw new Stop(errors[0] ?? problem('input/nothing', foreign === undefined ? nothing : `${nothing}; ${foreign}`));
  }
  const objects = resources.filter(({ object }) => !isPolicyObject(object));
  if (needsObjects && objects.length === 0)
    throw new Stop(errors[0] ?? problem('input/nothing', 'there are policies, but no object to judge'));
  const release = (await loadSchemas(read.facts.kubernetesVersion)) ?? (await loadSchemas(knownReleases[0] ?? ''));
  const kinds = kindsOf(read, release);
  const context = { ...snapshotContext(read, kinds, () => !live), authorize: authorizedBy(read), minor };
  return {
    snapshot: read,
    policies: policySet(compiled),
    kinds,
    context,
    user: userOf(flags),
    objects,
    notes: [
      ...notesOf(compiled, read, errors.length, live),
      ...(foreign === undefined ? [] : [foreign]),
      ...notServed(objects, kinds, read),
      ...typeWarnings(written, kinds, minor),
    ],
  };
}

function namespaceOption(flags: CommandInput['flags']): { readonly defaultNamespace?: string } {
  const namespace = word(flags, 'namespace');
  return namespace === undefined ? {} : { defaultNamespace: namespace };
}

function userOf(flags: CommandInput['flags']): UserInfo {
  const username = word(flags, 'as');
  if (username === undefined) return { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };
  return { username, groups: [...verbatim(flags, 'asGroup'), 'system:authenticated'] };
}

/** What the API server would write into the status of the policies. */
function typeWarnings(written: readonly KubeObject[], kinds: Kinds, minor: number): readonly string[] {
  const source = typeSource(kinds);
  return written
    .filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')
    .flatMap((object) =>
      typeCheck(object, source, minor).map(({ fieldRef, warning }) => `policy ${nameOf(object)}: ${fieldRef}: ${warning.split('\n')[0]}`),
    );
}

function notServed(objects: readonly Resource[], kinds: Kinds, { facts }: Snapshot): readonly string[] {
  const count = objects.filter((object) => !isServed(kinds, object)).length;
  return count === 0
    ? []
    : [`${counted(count, 'object')} of versions that Kubernetes ${facts.kubernetesVersion} does not serve, judged as written`];
}

function notesOf(policies: readonly CompiledPolicy[], { facts }: Snapshot, errors: number, live: boolean): readonly string[] {
  const unbound = policies.filter(({ targets }) => targets.length === 0).map(({ name }) => name);
  const broken = policies.flatMap(({ name, issues }) => issues.map(({ field, message }) => `policy ${name}: ${field}: ${message}`));
  return [
    `${counted(policies.length, 'policy', 'policies')}, Kubernetes ${facts.kubernetesVersion}${facts.versionKnown ? '' : ' assumed'}; objects are judged as if they were created now, defaulted, without what other admission plugins add`,
    ...(live ? [] : ['namespaces that are not in the input are taken to exist with the label of their name alone']),
    ...(unbound.length === 0
      ? []
      : [
          `without a binding, and so judging nothing: ${unbound.slice(0, 8).join(', ')}${unbound.length > 8 ? ' and more' : ''} (--bind judges by them everywhere)`,
        ]),
    ...broken,
    ...(errors > 0 ? [`${counted(errors, 'problem')} while reading: what was not read was not judged`] : []),
  ];
}
