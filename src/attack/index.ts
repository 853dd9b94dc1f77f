// `cofferdam/attack`: how a cluster can be taken, what is the least to change, and what a change opens and closes.

export {
  type Certificate,
  comparePaths,
  type Fix,
  type FixPlan,
  fixesFor,
  type PathChanges,
  type Paths,
  pathsIn,
  type Threat,
  usualThreat,
} from './answer.ts';
export { attackGraph } from './build.ts';
export { withManifests, withPatches } from './change.ts';
export { type ChokePoint, chokePoints } from './choke-points.ts';
export type { Edge } from './edge.ts';
export { edges } from './edges/index.ts';
export type { AttackGraph, Evidence, Unknown } from './graph.ts';
export type { AttackPath, Step } from './path.ts';
export { reachOf } from './paths.ts';
export { placed, placeWords, usualGoals, usualStarts } from './places.ts';
export { applied, type Repair } from './repair.ts';
export { type Risk, risks } from './risk.ts';
export { type Vertex, vertexId, vertexText } from './vertex.ts';
