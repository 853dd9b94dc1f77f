// The warnings that the API server puts into the status of a ValidatingAdmissionPolicy (kube-apiserver 1.36, typechecking.go): validations
// and message expressions compiled with the types of the kinds that its rules name without wildcards. They change no verdict.

import type { GroupVersionKind } from '../../kube/object.ts';
import { issueLines } from '../../languages/cel/issue-text.ts';
import { compile } from '../../languages/cel/program.ts';
import type { Type } from '../../languages/cel/type.ts';
import { types } from '../../languages/cel/type.ts';
import { asList, asString, dig, field, type Json, type JsonObject, strings } from '../../lib/json.ts';
import type { GroupVersionResource } from '../admission.ts';
import { admissionEnvironment, withVariables } from '../cel/environment.ts';
import { readParamKind } from '../params.ts';

export interface ExpressionWarning {
  /** `spec.validations[0].expression`. */
  readonly fieldRef: string;
  readonly warning: string;
}

export interface TypeSource {
  readonly kindOf: (resource: GroupVersionResource) => GroupVersionKind | undefined;
  /** The type of a kind; undefined where it is not known. */
  readonly typeOf: (kind: GroupVersionKind) => Type | undefined;
}

const maxTypes = 10;

/** The warnings of a policy, in the order of its validations. */
export function typeCheck(policy: JsonObject, source: TypeSource, minor?: number): readonly ExpressionWarning[] {
  const { spec } = policy;
  const kinds = kindsOf(spec, source);
  const paramKind = readParamKind(field(spec, 'paramKind'));
  const [, group = '', version = ''] = /^(?:([^/]*)\/)?(.*)$/.exec(paramKind?.apiVersion ?? '') ?? [];
  const params = paramKind === undefined ? undefined : (source.typeOf({ group, version, kind: paramKind.kind }) ?? types.dyn);
  const environments = kinds.map(({ kind, type }) => {
    const typed = { object: type, ...(params !== undefined && { params }) };
    const base = admissionEnvironment(minor, { params: paramKind !== undefined, authorizer: true }, typed);
    const seen = new Map<string, Type>();
    for (const variable of asList(field(spec, 'variables'))) {
      const compiled = compile(asString(field(variable, 'expression')) ?? '', withVariables(base, seen));
      seen.set(asString(field(variable, 'name')) ?? '', compiled.ok ? compiled.program.type : types.dyn);
    }
    return { kind, environment: withVariables(base, seen) };
  });
  const check = (fieldRef: string, expression: string): readonly ExpressionWarning[] => {
    const texts = environments.flatMap(({ kind, environment }) => {
      const compiled = compile(expression, environment);
      return compiled.ok ? [] : [`${kind.group}/${kind.version}, Kind=${kind.kind}: ${issueLines(expression, compiled.issues)}\n`];
    });
    return texts.length === 0 ? [] : [{ fieldRef, warning: texts.join('\n') }];
  };
  return asList(field(spec, 'validations')).flatMap((validation, index) => {
    const place = `spec.validations[${index}]`;
    const message = asString(field(validation, 'messageExpression')) ?? '';
    const warnings = check(`${place}.expression`, asString(field(validation, 'expression')) ?? '');
    return message === '' ? warnings : [...warnings, ...check(`${place}.messageExpression`, message)];
  });
}

/** The kinds of all rules that name group, version and resource, in order. */
function kindsOf(
  spec: Json | undefined,
  { kindOf, typeOf }: TypeSource,
): readonly { readonly kind: GroupVersionKind; readonly type: Type }[] {
  const found = new Map<string, GroupVersionKind>();
  for (const rule of asList(dig(spec, 'matchConstraints', 'resourceRules'))) {
    const [groups, versions] = [strings(field(rule, 'apiGroups')), strings(field(rule, 'apiVersions'))];
    if ([...groups, ...versions].some((name) => name.includes('*'))) continue;
    const resources = strings(field(rule, 'resources')).filter((name) => !/[*/]/.test(name));
    for (const group of [...groups].sort())
      for (const version of [...versions].sort())
        for (const resource of [...resources].sort()) {
          const kind = kindOf({ group, version, resource });
          if (kind !== undefined && found.size < maxTypes) found.set(`${kind.group}\0${kind.version}\0${kind.kind}`, kind);
        }
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, kind]) => {
      const type = typeOf(kind);
      return type === undefined ? [] : [{ kind, type }];
    });
}
