// `cofferdam/identity`: who can do what, exactly as the API server would answer, with the binding, role and rule behind it; whom a credential
// stands for; the least roles for what was recorded.

export { type AccessReview, allows, can, type Via } from './access-review.ts';
export { type Authorizer, authorizerOf } from './authorizer.ts';
export { type ChangedGrant, type GrantChanges, grantChanges } from './difference.ts';
export { type Permissions, permissionsOf } from './permissions.ts';
export { type RbacPlan, rbacPlan } from './plan.ts';
export { type ReviewedGrant, reviewGrants } from './review.ts';
export { type RequestAttributes, request } from './rules.ts';
export { anonymous, type Subject, serviceAccount, subjectText, type User } from './subjects.ts';
export { type Holder, type WhoCan, whoCan } from './who-can.ts';
