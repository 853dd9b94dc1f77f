// Every suite, by the name of its data folder.

import type { Suite } from './suite.ts';
import { apiserverAdmission } from './suites/apiserver-admission.ts';
import { apiserverAdmissionPolicy } from './suites/apiserver-admission-policy.ts';
import { apiserverApply } from './suites/apiserver-apply.ts';
import { apiserverAuthentication } from './suites/apiserver-authentication.ts';
import { apiserverAuthorization } from './suites/apiserver-authorization.ts';
import { apiserverCreate } from './suites/apiserver-create.ts';
import { apiserverDiscovery } from './suites/apiserver-discovery.ts';
import { apiserverInvalid } from './suites/apiserver-invalid.ts';
import { apiserverList } from './suites/apiserver-list.ts';
import { apiserverUpdate } from './suites/apiserver-update.ts';
import { audit2rbac } from './suites/audit2rbac.ts';
import { celAdmission } from './suites/cel-admission.ts';
import { celSpec } from './suites/cel-spec.ts';
import { byGeneratedCode } from './suites/generated-code.ts';
import { k8sCel } from './suites/k8s-cel.ts';
import { kalm } from './suites/kalm.ts';
import { kubectlSessions } from './suites/kubectl-sessions.ts';
import { kubehound } from './suites/kubehound.ts';
import { kubesplaining } from './suites/kubesplaining.ts';
import { nca } from './suites/nca.ts';
import { netpolAnalyzer } from './suites/netpol-analyzer.ts';
import { networkPolicyApi } from './suites/network-policy-api.ts';
import { pss } from './suites/pss.ts';
import { rbacAuthorizer } from './suites/rbac-authorizer.ts';
import { regolibrary } from './suites/regolibrary.ts';
import { vap } from './suites/vap.ts';

export const suites: readonly Suite[] = [
  apiserverApply,
  apiserverUpdate,
  apiserverAdmissionPolicy,
  apiserverAdmission,
  apiserverAuthentication,
  apiserverAuthorization,
  apiserverDiscovery,
  apiserverList,
  apiserverCreate,
  apiserverInvalid,
  audit2rbac,
  celAdmission,
  celSpec,
  k8sCel,
  kalm,
  kubehound,
  kubesplaining,
  nca,
  kubectlSessions,
  netpolAnalyzer,
  networkPolicyApi,
  pss,
  rbacAuthorizer,
  regolibrary,
  vap,
  byGeneratedCode(celSpec),
  byGeneratedCode(k8sCel),
  byGeneratedCode(celAdmission),
  byGeneratedCode(vap),
  byGeneratedCode(apiserverAdmissionPolicy),
];
