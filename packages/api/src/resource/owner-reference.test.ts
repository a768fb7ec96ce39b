import { describe, expect, it } from 'vitest';

import { Deployment } from '../apps/v1.js';
import { ConfigMap, Namespace } from '../core/v1.js';
import type { KubeObject } from '../meta/object-meta.js';
import {
  AlreadyOwnedError, controllerOf, isControlledBy, ownerReferenceTo, removeOwnerReference, setControllerReference, setOwnerReference,
} from './owner-reference.js';

const owner = { metadata: { name: 'web', namespace: 'ns', uid: 'u1' } };
const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u1', controller: true, blockOwnerDeletion: true };
const child = (): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'ns' } });

describe('owner references', () => {
  it('name the owner; only a controller blocks its deletion unless told otherwise', () => {
    expect(ownerReferenceTo(owner, Deployment)).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u1' });
    expect(ownerReferenceTo(owner, Deployment, { controller: true })).toEqual(reference);
    expect(ownerReferenceTo(owner, Deployment, { controller: true, blockOwnerDeletion: false })).not.toHaveProperty('blockOwnerDeletion');
  });

  it('need an owner that a server has stored', () => {
    expect(() => ownerReferenceTo({ metadata: { name: 'web' } }, Deployment)).toThrow('Deployment web has no metadata.uid: create it before it owns something');
  });

  it('make a controller, once', () => {
    const object = child();
    setControllerReference(owner, Deployment, object);
    setControllerReference({ metadata: { ...owner.metadata, uid: 'u2' } }, Deployment, object);
    expect(object.metadata.ownerReferences).toEqual([{ ...reference, uid: 'u2' }]);
    expect(controllerOf(object)?.uid).toBe('u2');
    expect(isControlledBy(object, owner)).toBe(false);
  });

  it('refuse a second controller', () => {
    const object = child();
    setControllerReference(owner, Deployment, object);
    const other = { metadata: { name: 'other', namespace: 'ns', uid: 'u3' } };
    expect(() => setControllerReference(other, Deployment, object)).toThrow(AlreadyOwnedError);
    expect(() => setControllerReference(other, Deployment, object)).toThrow('ConfigMap ns/c is already owned by another Deployment controller web');
    setOwnerReference(other, ConfigMap, object);
    expect(object.metadata.ownerReferences).toHaveLength(2);
    expect(removeOwnerReference(other, ConfigMap, object)).toBe(true);
    expect(removeOwnerReference(other, ConfigMap, object)).toBe(false);
    expect(object.metadata.ownerReferences).toEqual([reference]);
  });

  it('stay within a namespace', () => {
    const object = child();
    object.metadata.namespace = 'elsewhere';
    expect(() => setControllerReference(owner, Deployment, object)).toThrow('ConfigMap elsewhere/c must not have an owner in another namespace: Deployment ns/web');
    expect(() => setOwnerReference(owner, Deployment, { kind: 'Namespace', metadata: { name: 'n' } })).toThrow('cluster-scoped Namespace n must not have the namespace-scoped owner Deployment ns/web');
    setControllerReference({ metadata: { name: 'n', uid: 'u9' } }, Namespace, object);
    expect(controllerOf(object)?.kind).toBe('Namespace');
    expect(object.metadata.ownerReferences).toHaveLength(1);
  });
});
