// Controls of where software comes from and how old it is: images, registries, components.

import type { Control } from '../control.ts';
import { blockedRegistries } from './blocked-registries.ts';
import { componentCve } from './component-cve.ts';
import { dashboardAccess } from './dashboard-access.ts';
import { imageDigest } from './image-digest.ts';
import { imageReference } from './image-reference.ts';
import { imageSignature } from './image-signature.ts';
import { imageTag } from './image-tag.ts';
import { kubernetesDashboard } from './kubernetes-dashboard.ts';
import { legacyRegistry } from './legacy-registry.ts';
import { nodeRuntimeCve } from './node-runtime-cve.ts';
import { pullAlways } from './pull-always.ts';
import { pullMovingTag } from './pull-moving-tag.ts';
import { subpathSymlink } from './subpath-symlink.ts';
import { tiller } from './tiller.ts';
import { tillerService } from './tiller-service.ts';
import { trustedRegistries } from './trusted-registries.ts';

export const supplyChain: readonly Control[] = [
  imageTag,
  imageDigest,
  imageReference,
  imageSignature,
  pullMovingTag,
  pullAlways,
  trustedRegistries,
  blockedRegistries,
  legacyRegistry,
  tiller,
  tillerService,
  kubernetesDashboard,
  dashboardAccess,
  componentCve,
  nodeRuntimeCve,
  subpathSymlink,
];
