import type { KubeObject } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import type { ResourceInfo } from '../registry/resource.js';
import type { AdmissionRequest } from './admission.js';
import { certificateSigners } from './certificate-signers.js';

const RIGHTS = ['jane approve example.com/one', 'bob approve example.com/*', 'bob sign example.com/one', 'bob attest example.com/one'];
const plugins = certificateSigners({ authorize: ({ user, verb, resource }) => ({ allowed: RIGHTS.includes(`${user.name} ${verb} ${resource?.name}`), reason: '' }) });

function write(user: string, part: Partial<AdmissionRequest> & { plural?: string }, object: object, old: object | undefined = object): void {
  const { plural = 'certificatesigningrequests', ...rest } = part;
  const request: AdmissionRequest = {
    operation: 'UPDATE', subresource: '', namespace: '', name: 'x', object: object as KubeObject, oldObject: old as KubeObject | undefined, user: { name: user, groups: [] }, dryRun: false, warnings: [],
    resource: { group: 'certificates.k8s.io', plural } as ResourceInfo, ...rest,
  };
  for (const plugin of plugins) void plugin.validate!(request);
}

const csr = (status: object = {}): object => ({ metadata: { name: 'x' }, spec: { signerName: 'example.com/one' }, status });

describe('rights on signers', () => {
  it('are needed to approve', () => {
    expect(() => write('jane', { subresource: 'approval' }, csr())).not.toThrow();
    expect(() => write('bob', { subresource: 'approval' }, csr())).not.toThrow();
    expect(() => write('eve', { subresource: 'approval' }, csr())).toThrow('certificatesigningrequests.certificates.k8s.io "x" is forbidden: user not permitted to approve requests with signerName "example.com/one"');
  });

  it('are needed to sign, or to say that it failed', () => {
    const sign = (user: string, status: object): void => write(user, { subresource: 'status' }, csr(status), csr());
    expect(() => sign('bob', { certificate: 'x' })).not.toThrow();
    expect(() => sign('jane', { certificate: 'x' })).toThrow('user not permitted to sign requests with signerName "example.com/one"');
    expect(() => sign('jane', { conditions: [{ type: 'Failed', status: 'True' }] })).toThrow('user not permitted to sign');
    expect(() => sign('jane', { conditions: [{ type: 'Other', status: 'True' }] })).not.toThrow();
  });

  it('are needed to bundle the trust in them', () => {
    const bundle = { metadata: { name: 'x' }, spec: { signerName: 'example.com/one' } };
    expect(() => write('bob', { plural: 'clustertrustbundles', operation: 'CREATE' }, bundle, undefined)).not.toThrow();
    expect(() => write('jane', { plural: 'clustertrustbundles', operation: 'CREATE', oldObject: undefined }, bundle)).toThrow('user not permitted to attest for signerName "example.com/one"');
    expect(() => write('jane', { plural: 'clustertrustbundles' }, bundle)).not.toThrow();
  });
});
