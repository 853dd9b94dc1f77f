// k8s-cel: Kubernetes' CEL libraries, its cost model and the validation rules of custom resources. Figures of each library go to notes.

import { equal } from '../../src/languages/cel/compare.ts';
import { type Environment, extend } from '../../src/languages/cel/environment.ts';
import { estimateCost } from '../../src/languages/cel/estimate.ts';
import { readType } from '../../src/languages/cel/function.ts';
import { kubernetesEnvironment } from '../../src/languages/cel/kubernetes.ts';
import { Ip, IpBlock } from '../../src/languages/cel/library/address.ts';
import { authorizerValue } from '../../src/languages/cel/library/authorizer.ts';
import { QuantityValue } from '../../src/languages/cel/library/quantity.ts';
import { Version } from '../../src/languages/cel/library/semver.ts';
import { compile, type Program } from '../../src/languages/cel/program.ts';
import { CelError, type Value } from '../../src/languages/cel/value.ts';
import type { CaseResult, Suite } from '../suite.ts';
import { decodeValue, type EncodedValue, exactLines, shown } from './cel-value.ts';
import { type Case, type Expected, type Judge, matches } from './k8s-cel-case.ts';
import { customResources } from './k8s-cel-resources.ts';

const allowing = authorizerValue(() => ({ allowed: true, reason: '' }));
const withAuthorizer = (environment: Environment) => extend(environment, { variables: { authorizer: readType('authorizer') } });

/** Values of the libraries, as they are written in the expected results. */
function expectedValue(encoded: EncodedValue): Value | { readonly text: string } {
  for (const kind of ['ipValue', 'cidrValue', 'quantityValue', 'semverValue']) if (kind in encoded) return { text: String(encoded[kind]) };
  return decodeValue(encoded);
}

function sameAs(value: Value, wanted: Value | { readonly text: string }): boolean {
  if (wanted !== null && typeof wanted === 'object' && 'text' in wanted) {
    if (value instanceof Version) return value.text === wanted.text;
    return (value instanceof Ip || value instanceof IpBlock || value instanceof QuantityValue) && value.toString() === wanted.text;
  }
  return equal(value, wanted as Value);
}

/** `cidr`, `ip`, `quantity`, `semver`, `format`. */
const value: Judge = ({ expr = '', expect }) => {
  const compiled = compile(expr, kubernetesEnvironment());
  if (!compiled.ok) {
    const messages = compiled.issues.map(({ message }) => message);
    const wanted = (expect.compileErrors ?? []).map((pattern) => new RegExp(pattern));
    const all = wanted.length > 0 && wanted.every((pattern) => messages.some((message) => pattern.test(message)));
    return all && messages.every((message) => wanted.some((pattern) => pattern.test(message))) ? undefined : messages.join('; ');
  }
  const { value: result } = compiled.program.evaluate({});
  if (result instanceof CelError)
    return expect.error !== undefined && matches(result.message, expect) ? undefined : `error ${result.message}`;
  return expect.value !== undefined && sameAs(result, expectedValue(expect.value)) ? undefined : shown(result);
};

/** `versions`: true, or does not compile or is not true. */
const versions: Judge = ({ expr = '', kubernetes = '', environment, expect }) => {
  const asked = Number(kubernetes.split('.')[1]);
  const compiled = compile(expr, withAuthorizer(kubernetesEnvironment(environment === 'stored' ? undefined : asked)));
  const holds = compiled.ok && compiled.program.evaluate({ authorizer: allowing }).value === true;
  return holds === (expect.value !== undefined) ? undefined : String(holds);
};

/** `cost`: run-time cost without folding. */
const cost: Judge = ({ expr = '', expect }) => {
  const base = withAuthorizer(kubernetesEnvironment(undefined, { mutation: true }));
  const compiled = compile(expr, { ...base, options: { ...base.options, folding: false, homogeneous: false } });
  if (!compiled.ok) return compiled.issues.map(({ message }) => message).join('; ');
  return costs(compiled.program, { authorizer: allowing }, expect);
};

function costs(program: Program, variables: Readonly<Record<string, Value>>, expect: Expected): string | undefined {
  const { cost: spent, value: result } = program.evaluate(variables, Number.POSITIVE_INFINITY);
  if (expect.cost !== undefined && spent !== expect.cost) return `cost ${spent}, value ${shown(result)}`;
  const { checked, node } = program;
  if (expect.estimatedCost === undefined || checked === undefined) return undefined;
  const { min, max } = estimateCost(node, checked, (_, { kind }) =>
    kind === 'string' || kind === 'bytes' ? { min: 0n, max: 12n } : undefined,
  );
  const wanted = expect.estimatedCost;
  return min === BigInt(wanted.min ?? 0) && max === BigInt(wanted.max ?? 0) ? undefined : `estimate ${min}..${max}`;
}

const judges: Readonly<Record<string, Judge>> = {
  cidr: value,
  ip: value,
  quantity: value,
  semver: value,
  format: value,
  versions,
  cost,
  ...customResources,
};

export const k8sCel: Suite = {
  name: 'k8s-cel',
  async *run(folder, note): AsyncGenerator<CaseResult> {
    const counts = new Map<string, { passed: number; all: number }>();
    for await (const each of exactLines<Case>(folder, 'cases.jsonl')) {
      const judge = judges[each.library];
      if (judge === undefined) continue;
      const wrong = judge(each);
      const count = counts.get(each.library) ?? { passed: 0, all: 0 };
      counts.set(each.library, { passed: count.passed + (wrong === undefined ? 1 : 0), all: count.all + 1 });
      yield wrong === undefined
        ? { id: each.id, passed: true }
        : { id: each.id, passed: false, detail: `${each.expr ?? ''}: expected ${JSON.stringify(each.expect)}, got ${wrong}` };
    }
    for (const [library, { passed, all }] of counts) note(`k8s-cel ${library}: ${passed} of ${all}`);
  },
};
