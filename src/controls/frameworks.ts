// Framework requirements that controls point at, by id only: `cis:5.2.2`. Titles and texts belong to their publishers.

/** The frameworks controls may name, and the form of their ids. */
export const frameworks = {
  pss: { title: 'Kubernetes Pod Security Standards', id: /^(?:baseline|restricted)$/ },
  cis: { title: 'CIS Kubernetes Benchmark 2.0.1', id: /^[1-5](?:\.[0-9]{1,2}){1,2}$/ },
  nsa: { title: 'NSA/CISA Kubernetes Hardening Guidance 1.2', id: /^[a-z-]+$/ },
  attack: { title: 'MITRE ATT&CK, Containers', id: /^T[0-9]{4}(?:\.[0-9]{3})?$/ },
  matrix: { title: 'Microsoft threat matrix for Kubernetes', id: /^MS-TA[0-9]{4}$/ },
  owasp: { title: 'OWASP Kubernetes Top Ten 2022', id: /^K(?:0[1-9]|10)$/ },
  pci: { title: 'PCI SSC guidance for containers 2022', id: /^[0-9]{1,2}(?:\.[0-9a-z]+)*$/ },
  bsi: { title: 'BSI IT-Grundschutz APP.4.4', id: /^APP\.4\.4\.A[0-9]{1,2}$/ },
  stig: { title: 'DISA Kubernetes STIG', id: /^V-[0-9]{6}$/ },
} as const;

export type Framework = keyof typeof frameworks;
export type FrameworkId = `${Framework}:${string}`;

/** Splits `cis:5.2.2`. */
export function frameworkOf(id: FrameworkId): { readonly framework: Framework; readonly requirement: string } {
  const colon = id.indexOf(':');
  return { framework: id.slice(0, colon) as Framework, requirement: id.slice(colon + 1) };
}
