// Addresses that mean something by themselves: what is not the internet (IANA special-purpose registries, RFC 6890 and its updates), and where
// clouds serve credentials and settings to whoever asks from a machine.

import { type Cidr, parseCidr } from '../lib/cidr.ts';
import { type AddressRange, rangeOf, within } from './address-space.ts';

const read = (texts: readonly string[]) => texts.flatMap((text) => parseCidr(text) ?? []);

const notInternet: readonly Cidr[] = read([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '168.63.129.16/32',
  '100.100.100.200/32',
  '::/3',
  '4000::/2',
  '8000::/1',
]);

export interface MetadataService {
  readonly name: string;
  readonly cidr: Cidr;
  readonly port: number;
}

const service = (name: string, text: string, port = 80): readonly MetadataService[] => {
  const cidr = parseCidr(text);
  return cidr === undefined ? [] : [{ name, cidr, port }];
};

/** Metadata services of clouds. */
export const metadataServices: readonly MetadataService[] = [
  ...service('instance metadata (169.254.169.254)', '169.254.169.254/32'),
  ...service('EKS Pod Identity (169.254.170.23)', '169.254.170.23/32'),
  ...service('ECS task metadata (169.254.170.2)', '169.254.170.2/32'),
  ...service('Azure WireServer (168.63.129.16)', '168.63.129.16/32'),
  ...service('Alibaba Cloud metadata (100.100.100.200)', '100.100.100.200/32'),
  ...service('instance metadata (fd00:ec2::254)', 'fd00:ec2::254/128'),
];

/** Bounds that a network must be cut at for the questions of this file. */
export const internetCuts: readonly Cidr[] = [...notInternet, ...metadataServices.map(({ cidr }) => cidr)];

/** True for a part of the address space that lies on the public internet. The part must be cut at `internetCuts`. */
export function isInternet(part: AddressRange): boolean {
  return !notInternet.some((cidr) => within(rangeOf(cidr), part));
}
