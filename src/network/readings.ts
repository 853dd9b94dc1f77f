// Where answers depend on the network plug-in: the same snapshot, read with blocks that match pods' addresses and with blocks that do not.

import type { Snapshot } from '../snapshot/snapshot.ts';
import { type Connection, type Connectivity, connectivity } from './connectivity.ts';
import { partyText } from './netpol-analyzer.ts';
import { portText } from './port-set.ts';

/** Tells whether the other reading says something else of a connection. The other reading is worked out only where it can differ. */
export function readingsDiffer(answer: Connectivity, snapshot: Snapshot): (connection: Connection) => boolean {
  const { network } = answer;
  if (!network.places.pods.some(({ parts }) => parts.length > 0)) return () => false;
  const other = connectivity(snapshot, { ...network.reading, blocksMatchPods: !network.reading.blocksMatchPods });
  const known = new Map([...other.connections()].map((connection) => [pair(connection), portText(other.network.ports, connection.ports)]));
  return (connection) => known.get(pair(connection)) !== portText(network.ports, connection.ports);
}

function pair({ from, to }: Connection): string {
  return `${partyText(from)} ${partyText(to)}`;
}
