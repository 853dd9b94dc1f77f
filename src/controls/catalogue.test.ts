// What must hold of the catalogue as a whole: foreign names are real and mean one thing, texts are ours and short, and every idea of the union
// of all scanners has its controls or the reason why not.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tools } from './foreign/tools.ts';
import { catalogue } from './index.ts';
import { union } from './union.ts';

const known = new Set(tools.flatMap(({ checks }) => checks));

test('every foreign name is one that its tool has', () => {
  const strange = catalogue.flatMap(({ id, aliases }) =>
    aliases.filter((alias) => !known.has(alias) && !tools.some(({ form }) => form?.test(alias) === true)).map((alias) => `${id}: ${alias}`),
  );
  assert.deepEqual(strange, [], 'correct the name, or add it to foreign/tools.ts where the tool really has it');
});

/** Foreign checks that several of our controls answer together: the foreign one fails where any of ours does. */
const shared: Readonly<Record<string, string>> = {
  'requests and limits, missing or out of range': 'C-0004 C-0009 C-0050 LimitsNotSet POP-106 POP-107 container-resources',
  'probes of both kinds': 'POP-102 pod-probes',
  'identity of the process': 'C-0013 CKV_K8S_40 KSV-0020 KSV-0021 RunAsUser container-security-context-user-group-id',
  'host namespaces': 'C-0038',
  capabilities: 'C-0057 CKV_K8S_25 CapabilityAdded KSV-0022 KSV-0106 dangerousCapabilities',
  'security contexts and seccomp': 'C-0211 CKV_K8S_29 KSV-0030',
  'default service accounts': 'C-0189 C-0225',
  'rights that come together':
    'C-0191 C-0267 CKV2_K8S_2 CKV_K8S_49 KSV-0041 KSV-0046 KSV-0048 KSV-0050 KSV-0056 KSV-0112 KSV-0113 access-to-create-pods access-to-secrets clusterrolePodExecAttach rolePodExecAttach rule:rule-can-bind-escalate wildcard-in-rules',
  bindings: 'C-0262 KSV-0111 KSV-0122',
  'controller manager and scheduler': 'KCV-0034',
  'objects in the default namespace': 'C-0212 CKV_K8S_21',
  namespaces: 'KSV-0039 rule:pod-security-admission-restricted-applied-1 rule:pod-security-admission-restricted-applied-2',
  credentials: 'C-0012 C-0207 C-0259 CKV_K8S_35 read-secret-from-env-var',
  'API versions': 'KSV-0107 stable-version kubernetes-evaluate-k8s-deprecated-removed-apis',
  'sandboxes for agents': 'C-0303 C-0304',
};

test('a foreign name stands for one control, or for several that are listed as parts of it', () => {
  const intended = new Set(Object.values(shared).flatMap((names) => names.split(' ')));
  const owners = Map.groupBy(
    catalogue.flatMap(({ id, aliases }) => aliases.map((alias) => ({ id, alias }))),
    ({ alias }) => alias,
  );
  const several = [...owners].filter(([, list]) => list.length > 1);
  assert.deepEqual(
    several.filter(([alias]) => !intended.has(alias)).map(([alias, list]) => `${alias}: ${list.map(({ id }) => id).join(', ')}`),
    [],
    'list the name under `shared` if its check is the sum of these controls',
  );
  const single = [...intended].filter((alias) => !several.some(([name]) => name === alias));
  assert.deepEqual(single, [], 'these names no longer stand for several controls: take them off `shared`');
});

describe('texts', () => {
  for (const { id, title, why, fix, parameters } of catalogue)
    test(id, () => {
      assert.ok(title.length <= 90, `${id}: the title has ${title.length} characters; 90 are enough for a statement`);
      assert.match(title, /^[A-Za-z`](?:(?![.!?;] ).)*[^.!?:;]$/, `${id}: the title is one statement without a full stop`);
      assert.doesNotMatch(
        title,
        /\b(?:[Ee]nsure|[Mm]inimi[sz]e|[Ss]hould|[Mm]ust|[Cc]onsider|[Pp]refer)\b/,
        `${id}: the title states what holds where the control passes`,
      );
      for (const text of [why, fix]) {
        assert.ok(text.length <= 260, `${id}: ${text.length} characters are more than a sentence or two`);
        assert.match(text, /^[A-Za-z`'"].*[.]$/, `${id}: whole sentences`);
        assert.doesNotMatch(text, standardPhrases, `${id}: say it in our own words`);
      }
      for (const name of Object.keys(parameters ?? {})) assert.match(name, /^[a-z][A-Za-z]*$/, `${id}: parameter ${name}`);
    });
});

/** Turns of phrase of benchmarks and of other tools' remedies. */
const standardPhrases =
  /\b(?:Ensure that|Minimi[sz]e the admission|It is recommended|Refer to https?:|best practice|Rationale|Remediation)\b|https?:\/\/[a-z0-9]/i;

describe('the union of all scanners', () => {
  test('has every row from 1 to 137 once, in order', () => {
    assert.deepEqual(
      union.map(({ row }) => row),
      Array.from({ length: 137 }, (_, index) => index + 1),
    );
  });
  const ids = new Set(catalogue.map(({ id }) => id));
  for (const { row, idea, controls, left } of union)
    test(`${row}: ${idea}`, () => {
      assert.deepEqual(
        controls.filter((id) => !ids.has(id)),
        [],
        'no such control',
      );
      assert.ok(controls.length > 0 || (left ?? '') !== '', 'name the controls, or the reason why there are none');
    });
});
