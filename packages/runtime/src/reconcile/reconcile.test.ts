import { notFound, type ResourceKind } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import { KubewrightError } from '../errors/kubewright-error.js';
import { isObjectReconciler, objectReconciler } from './object-reconciler.js';
import type { ReconcileContext } from './reconciler.js';
import { requestKey } from './request.js';
import { TerminalError } from './terminal-error.js';

const kind: ResourceKind = { group: '', version: 'v1', kind: 'Thing', plural: 'things', scope: 'Namespaced' };
const contextWith = (get: () => Promise<unknown>): ReconcileContext => ({ client: { get } }) as unknown as ReconcileContext;

describe('objectReconciler', () => {
  it('hands in the object and returns what the reconciler asks for', async () => {
    const reconciler = objectReconciler(kind, { reconcileObject: async (object) => ({ requeueAfter: object.metadata.generation! }) });
    expect(await reconciler.reconcile({ name: 'a' }, contextWith(async () => ({ metadata: { name: 'a', generation: 7 } })))).toEqual({ requeueAfter: 7 });
  });

  it('is content with an object that is gone, but not with one that its own work does not find', async () => {
    const missing = notFound({ group: '', resource: 'things' }, 'a');
    const reconciler = objectReconciler(kind, { reconcileObject: () => Promise.reject(missing) });
    expect(await reconciler.reconcile({ name: 'a' }, contextWith(() => Promise.reject(missing)))).toBeUndefined();
    await expect(reconciler.reconcile({ name: 'a' }, contextWith(async () => ({ metadata: {} })))).rejects.toBe(missing);
  });

  it('is told apart by its method', () => {
    expect(isObjectReconciler({ reconcileObject: async () => {} })).toBe(true);
    expect(isObjectReconciler({ reconcile: async () => {} })).toBe(false);
  });
});

describe('TerminalError', () => {
  it('is a KubewrightError, and other KubewrightErrors are no TerminalErrors', () => {
    expect(new TerminalError('no')).toBeInstanceOf(KubewrightError);
    expect(new TerminalError('no', { cause: 1 })).toMatchObject({ code: 'KW_TERMINAL', retry: 'never', cause: 1 });
    expect(new TerminalError('no')).toBeInstanceOf(TerminalError);
    expect(new KubewrightError('KW_CONNECTION', 'no')).not.toBeInstanceOf(TerminalError);
  });
});

describe('requestKey', () => {
  it('tells clusters, namespaces and names apart', () => {
    expect([{ name: 'a' }, { namespace: 'n', name: 'a' }, { cluster: 'c', namespace: 'n', name: 'a' }].map(requestKey)).toEqual(['a', 'n/a', 'c//n/a']);
  });
});
