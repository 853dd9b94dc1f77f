// `cofferdam/network`: who may reach whom and through what, what a change opens, what is exposed, and which policies change nothing.

export { type Idle, type IdleAnswer, idle } from './checks.ts';
export { type Connection, type Connectivity, connectivity, type Party } from './connectivity.ts';
export { type ChangedConnection, type Difference, difference } from './difference.ts';
export { type Enforcement, enforcement } from './enforcement.ts';
export { type Exposure, exposure, type WayIn, type WorkloadExposure } from './exposure.ts';
export { defaultReading, type Network, network } from './network.ts';
export { traceBetween } from './trace.ts';
