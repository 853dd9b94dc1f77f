// Controls of identity: service accounts and their tokens, what roles give, and whom bindings give it to.

import type { Control } from '../control.ts';
import { adminBoundEverywhere } from './admin-bound-everywhere.ts';
import { allServiceAccountsBound } from './all-service-accounts-bound.ts';
import { anonymousBound } from './anonymous-bound.ts';
import { anonymousPublicInfo } from './anonymous-public-info.ts';
import { authenticatedBound } from './authenticated-bound.ts';
import { authenticatedSensitive } from './authenticated-sensitive.ts';
import { awsAuthMasters } from './aws-auth-masters.ts';
import { awsAuthUnreadable } from './aws-auth-unreadable.ts';
import { bootstrapTokenEndless } from './bootstrap-token-endless.ts';
import { clusterAdminBound } from './cluster-admin-bound.ts';
import { defaultServiceAccount } from './default-service-account.ts';
import { defaultServiceAccountBound } from './default-service-account-bound.ts';
import { defaultServiceAccountToken } from './default-service-account-token.ts';
import { deprecatedServiceAccountField } from './deprecated-service-account-field.ts';
import { longLivedToken } from './long-lived-token.ts';
import { mastersBound } from './masters-bound.ts';
import { namespaceAdminBound } from './namespace-admin-bound.ts';
import { namespaceWithoutServiceAccount } from './namespace-without-service-account.ts';
import { rights } from './rights.ts';
import { roleMissing } from './role-missing.ts';
import { rolesForAwsUsers } from './roles-for-aws-users.ts';
import { ruleWithoutEffect } from './rule-without-effect.ts';
import { serviceAccountMissing } from './service-account-missing.ts';
import { serviceAccountRights } from './service-account-rights.ts';
import { serviceAccountUnused } from './service-account-unused.ts';
import { subjectInvalid } from './subject-invalid.ts';
import { tokenAutomounted } from './token-automounted.ts';
import { tokenWithRights } from './token-with-rights.ts';
import { tooManyRoles } from './too-many-roles.ts';
import { wildcardApiGroups } from './wildcard-api-groups.ts';
import { wildcardResources } from './wildcard-resources.ts';
import { wildcardRights } from './wildcard-rights.ts';
import { wildcardVerbs } from './wildcard-verbs.ts';
import { workloadAdmin } from './workload-admin.ts';
import { workloadTakeover } from './workload-takeover.ts';

export const identity: readonly Control[] = [
  tokenAutomounted,
  defaultServiceAccount,
  defaultServiceAccountToken,
  namespaceWithoutServiceAccount,
  deprecatedServiceAccountField,
  serviceAccountMissing,
  serviceAccountUnused,
  tokenWithRights,
  workloadAdmin,
  workloadTakeover,
  longLivedToken,
  bootstrapTokenEndless,
  wildcardRights,
  wildcardVerbs,
  wildcardResources,
  wildcardApiGroups,
  ...rights,
  ruleWithoutEffect,
  clusterAdminBound,
  namespaceAdminBound,
  adminBoundEverywhere,
  anonymousBound,
  anonymousPublicInfo,
  authenticatedBound,
  authenticatedSensitive,
  mastersBound,
  awsAuthMasters,
  awsAuthUnreadable,
  defaultServiceAccountBound,
  allServiceAccountsBound,
  roleMissing,
  subjectInvalid,
  tooManyRoles,
  serviceAccountRights,
  rolesForAwsUsers,
];
