// Controls of staying up: probes, numbers, budgets, autoscalers, schedules, versions, and what live objects say of themselves.

import type { Control } from '../control.ts';
import { claimUnbound } from './claim-unbound.ts';
import { crashLooping } from './crash-looping.ts';
import { cronjobConcurrency } from './cronjob-concurrency.ts';
import { cronjobDeadline } from './cronjob-deadline.ts';
import { cronjobReview } from './cronjob-review.ts';
import { dnsNdots } from './dns-ndots.ts';
import { endpointsEmpty } from './endpoints-empty.ts';
import { hpaMax } from './hpa-max.ts';
import { hpaMin } from './hpa-min.ts';
import { hpaStaticReplicas } from './hpa-static-replicas.ts';
import { hpaTarget } from './hpa-target.ts';
import { jobTtl } from './job-ttl.ts';
import { kubernetesEol } from './kubernetes-eol.ts';
import { livenessProbe } from './liveness-probe.ts';
import { nakedPod } from './naked-pod.ts';
import { nodeAffinity } from './node-affinity.ts';
import { pdbBlocks } from './pdb-blocks.ts';
import { pdbEmpty } from './pdb-empty.ts';
import { pdbMissing } from './pdb-missing.ts';
import { pdbSelectsNothing } from './pdb-selects-nothing.ts';
import { pdbUnhealthyPods } from './pdb-unhealthy-pods.ts';
import { pdbVsHpa } from './pdb-vs-hpa.ts';
import { podPending } from './pod-pending.ts';
import { priorityClassExists } from './priority-class-exists.ts';
import { priorityClassSet } from './priority-class-set.ts';
import { probePort } from './probe-port.ts';
import { probesIdentical } from './probes-identical.ts';
import { readinessProbe } from './readiness-probe.ts';
import { replicas } from './replicas.ts';
import { restartPolicy } from './restart-policy.ts';
import { rollingUpdate } from './rolling-update.ts';
import { selectorMismatch } from './selector-mismatch.ts';
import { spreading } from './spreading.ts';
import { statefulsetService } from './statefulset-service.ts';
import { topologySpread } from './topology-spread.ts';
import { unavailable } from './unavailable.ts';

export const reliability: readonly Control[] = [
  livenessProbe,
  readinessProbe,
  probesIdentical,
  probePort,
  replicas,
  pdbMissing,
  pdbBlocks,
  pdbEmpty,
  pdbSelectsNothing,
  pdbVsHpa,
  pdbUnhealthyPods,
  hpaMin,
  hpaMax,
  hpaTarget,
  hpaStaticReplicas,
  spreading,
  topologySpread,
  nodeAffinity,
  rollingUpdate,
  restartPolicy,
  cronjobDeadline,
  cronjobConcurrency,
  cronjobReview,
  jobTtl,
  priorityClassSet,
  priorityClassExists,
  dnsNdots,
  nakedPod,
  selectorMismatch,
  statefulsetService,
  kubernetesEol,
  crashLooping,
  podPending,
  unavailable,
  endpointsEmpty,
  claimUnbound,
];
