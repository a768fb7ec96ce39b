import { deepEqual, type KubeObject } from '@kubewright/api';
import type { CertificateSigningRequest } from '@kubewright/api/certificates/v1';

import type { Authorizer } from '../authz/authorizer.js';
import type { AdmissionPlugin, AdmissionRequest } from './admission.js';
import { refusal } from './refusal.js';

const GROUP = 'certificates.k8s.io';

/** Who may write a request for a certificate may not yet approve it, or sign it: that is a right on the signer which it names. */
export function certificateSigners(authorizer: Authorizer): AdmissionPlugin[] {
  return [
    {
      name: 'CertificateApproval',
      validate(request) {
        if (!isUpdate(request, 'approval')) return;
        requireRight(authorizer, request, 'approve', signerOf(request.oldObject), (signer) => `user not permitted to approve requests with signerName "${signer}"`);
      },
    },
    {
      name: 'CertificateSigning',
      validate(request) {
        if (!isUpdate(request, 'status')) return;
        const [next, old] = [request.object, request.oldObject].map((object) => (object as CertificateSigningRequest | undefined)?.status);
        const failed = (status: typeof next): object[] => (status?.conditions ?? []).filter(({ type }) => type === 'Failed');
        if ((next?.certificate ?? '') === (old?.certificate ?? '') && deepEqual(failed(next), failed(old))) return;
        requireRight(authorizer, request, 'sign', signerOf(request.oldObject), (signer) => `user not permitted to sign requests with signerName "${signer}"`);
      },
    },
    {
      name: 'ClusterTrustBundleAttest',
      validate(request) {
        const { operation, resource, object, oldObject } = request;
        if (resource.group !== GROUP || resource.plural !== 'clustertrustbundles' || (operation !== 'CREATE' && operation !== 'UPDATE')) return;
        const spec = (given: KubeObject | undefined): unknown => (given as { spec?: unknown } | undefined)?.spec;
        const signer = signerOf(object);
        if (signer === '' || (oldObject && deepEqual(spec(object), spec(oldObject)))) return;
        requireRight(authorizer, request, 'attest', signer, () => `user not permitted to attest for signerName "${signer}"`);
      },
    },
  ];
}

function isUpdate({ operation, resource, subresource }: AdmissionRequest, wanted: string): boolean {
  return operation === 'UPDATE' && resource.group === GROUP && resource.plural === 'certificatesigningrequests' && subresource === wanted;
}

function signerOf(object: KubeObject | undefined): string {
  return (object as { spec?: { signerName?: string } } | undefined)?.spec?.signerName ?? '';
}

/** The right may be for the signer itself, or for all signers of its domain. @throws ApiError Forbidden */
function requireRight(authorizer: Authorizer, request: AdmissionRequest, verb: string, signer: string, explain: (signer: string) => string): void {
  const mayUse = (name: string): boolean => authorizer.authorize({ user: request.user, verb, path: '', resource: { group: GROUP, version: '*', plural: 'signers', subresource: '', namespace: '', name } }).allowed;
  if (!mayUse(signer) && !mayUse(`${signer.split('/', 1)[0]}/*`)) throw refusal(request, explain(signer));
}
