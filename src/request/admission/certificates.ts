// Plugins about certificates: who may approve, sign and attest for a signer, and that nobody asks for system:masters
// (plugin/pkg/admission/certificates, Kubernetes 1.36).

import { asString, dig, sameJson } from '../../lib/json.ts';
import { forbidden } from '../status.ts';
import { mayActFor } from './authorize.ts';
import { requestSubject } from './certificate-request.ts';
import type { Attributes, Plugin } from './plugin.ts';

const group = 'certificates.k8s.io';

function isAbout({ target }: Attributes, resource: string, subresource: string): boolean {
  return target.group === group && target.resource === resource && target.subresource === subresource;
}

export const certificateApproval: Plugin = {
  name: 'CertificateApproval',
  validate: (attributes) => {
    if (attributes.operation !== 'UPDATE' || !isAbout(attributes, 'certificatesigningrequests', 'approval')) return undefined;
    const signer = asString(dig(attributes.old, 'spec', 'signerName')) ?? '';
    if (mayActFor(attributes, 'approve', signer)) return undefined;
    return forbidden(
      attributes.target,
      attributes.name,
      `user not permitted to approve requests with signerName ${JSON.stringify(signer)}`,
    );
  },
};

export const certificateSigning: Plugin = {
  name: 'CertificateSigning',
  validate: (attributes) => {
    const { operation, old, object, target, name } = attributes;
    if (operation !== 'UPDATE' || !isAbout(attributes, 'certificatesigningrequests', 'status')) return undefined;
    const same = ['certificate', 'conditions'].every((key) => sameJson(dig(old, 'status', key) ?? [], dig(object, 'status', key) ?? []));
    const signer = asString(dig(old, 'spec', 'signerName')) ?? '';
    if (same || mayActFor(attributes, 'sign', signer)) return undefined;
    return forbidden(target, name, `user not permitted to sign requests with signerName ${JSON.stringify(signer)}`);
  },
};

const clientSigner = 'kubernetes.io/kube-apiserver-client';

export const certificateSubjectRestriction: Plugin = {
  name: 'CertificateSubjectRestriction',
  validate: (attributes) => {
    const { operation, object, target, name } = attributes;
    if (operation !== 'CREATE' || !isAbout(attributes, 'certificatesigningrequests', '')) return undefined;
    if (dig(object, 'spec', 'signerName') !== clientSigner) return undefined;
    const subject = requestSubject(asString(dig(object, 'spec', 'request')) ?? '');
    if (subject === undefined) return forbidden(target, name, 'failed to parse CSR: PEM block type must be CERTIFICATE REQUEST');
    if (!subject.organizations.includes('system:masters')) return undefined;
    return forbidden(target, name, `use of ${clientSigner} signer with system:masters group is not allowed`);
  },
};

export const clusterTrustBundleAttest: Plugin = {
  name: 'ClusterTrustBundleAttest',
  validate: (attributes) => {
    const { operation, object, target, name, serving } = attributes;
    if (operation === 'DELETE' || target.group !== group || target.resource !== 'clustertrustbundles') return undefined;
    const signer = asString(dig(object, 'spec', 'signerName')) ?? '';
    if (signer === '' || !serving.server.features.has('ClusterTrustBundle') || mayActFor(attributes, 'attest', signer)) return undefined;
    return forbidden(target, name, `user not permitted to attest for signerName ${JSON.stringify(signer)}`);
  },
};
