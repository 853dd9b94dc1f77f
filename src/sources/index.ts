// `cofferdam/sources`: reads files, folders, archives, kustomizations, charts and saved snapshots. The only part of the library that touches the disk.

export { type Loaded, type LoadOptions, load } from './load.ts';
export { type Locator, positions } from './positions.ts';
export { type ReadSnapshot, readSnapshot } from './read-snapshot.ts';
