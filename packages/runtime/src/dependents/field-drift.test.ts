import type { KubeObject } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import { fieldDrift } from './field-drift.js';

const OWNER = 'operator/widget';

/** A live object as a server keeps it after an apply: with defaults, with fields of others, and with the set of fields of ours. */
function live(fieldsV1: object, rest: object, more: object[] = []): KubeObject {
  const own = { manager: OWNER, operation: 'Apply' as const, apiVersion: 'apps/v1', fieldsType: 'FieldsV1' as const, fieldsV1: fieldsV1 as Record<string, unknown> };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default', managedFields: [...more, own] }, ...rest } as KubeObject;
}

const desired = (rest: object): object => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' }, ...rest });

const container = 'k:{"name":"web"}';
const port = 'k:{"containerPort":80,"protocol":"TCP"}';

describe('fieldDrift', () => {
  it.each<[string, object, object, object, string]>([
    ['the same value', { 'f:spec': { 'f:replicas': {} } }, { spec: { replicas: 1, paused: false } }, { spec: { replicas: 1 } }, 'none'],
    ['another value', { 'f:spec': { 'f:replicas': {} } }, { spec: { replicas: 2 } }, { spec: { replicas: 1 } }, 'drifted'],
    ['a field more than we own', { 'f:spec': { 'f:replicas': {} } }, { spec: { replicas: 1, paused: true } }, { spec: { replicas: 1, paused: true } }, 'drifted'],
    ['a field less than we own', { 'f:spec': { 'f:replicas': {}, 'f:paused': {} } }, { spec: { replicas: 1, paused: true } }, { spec: { replicas: 1 } }, 'drifted'],
    ['a field that is undefined', { 'f:spec': { 'f:replicas': {} } }, { spec: { replicas: 1 } }, { spec: { replicas: 1, paused: undefined } }, 'none'],
    ['an empty object', { 'f:spec': { 'f:template': {} } }, { spec: { template: {} } }, { spec: { template: {} } }, 'none'],
    ['quantities that mean the same', { 'f:spec': { 'f:requests': { 'f:cpu': {} } } }, { spec: { requests: { cpu: '1' } } }, { spec: { requests: { cpu: '1000m' } } }, 'none'],
    ['quantities that differ', { 'f:spec': { 'f:requests': { 'f:cpu': {} } } }, { spec: { requests: { cpu: '2' } } }, { spec: { requests: { cpu: '1000m' } } }, 'drifted'],
    ['texts that look like quantities', { 'f:data': { 'f:cpu': {} } }, { data: { cpu: '1' } }, { data: { cpu: '1000m' } }, 'drifted'],
    [
      'an item by its key, in another order, beside one of somebody else',
      { 'f:spec': { 'f:containers': { [container]: { '.': {}, 'f:name': {}, 'f:image': {} } } } },
      { spec: { containers: [{ name: 'sidecar', image: 'x' }, { name: 'web', image: 'nginx', imagePullPolicy: 'Always' }] } },
      { spec: { containers: [{ name: 'web', image: 'nginx' }] } },
      'none',
    ],
    [
      'a key whose other half the server filled in',
      { 'f:spec': { 'f:ports': { [port]: { '.': {}, 'f:containerPort': {} } } } },
      { spec: { ports: [{ containerPort: 80, protocol: 'TCP' }] } },
      { spec: { ports: [{ containerPort: 80 }] } },
      'none',
    ],
    [
      'an item that went',
      { 'f:spec': { 'f:containers': { [container]: { '.': {}, 'f:name': {} } } } },
      { spec: { containers: [{ name: 'web' }] } },
      { spec: { containers: [] } },
      'drifted',
    ],
    [
      'an item under another key',
      { 'f:spec': { 'f:containers': { [container]: { '.': {}, 'f:name': {} } } } },
      { spec: { containers: [{ name: 'web' }] } },
      { spec: { containers: [{ name: 'other' }] } },
      'drifted',
    ],
    ['members of a set', { 'f:metadata': { 'f:finalizers': { '.': {}, 'v:"a"': {} } } }, { metadata: { name: 'web', finalizers: ['b', 'a'] } }, { metadata: { name: 'web', finalizers: ['a'] } }, 'none'],
    ['a member that is missing', { 'f:metadata': { 'f:finalizers': { '.': {}, 'v:"a"': {} } } }, { metadata: { name: 'web', finalizers: ['b'] } }, { metadata: { name: 'web', finalizers: ['a'] } }, 'drifted'],
    ['an atomic list', { 'f:spec': { 'f:args': {} } }, { spec: { args: ['a', 'b'] } }, { spec: { args: ['a', 'b'] } }, 'none'],
    ['an atomic list in another order', { 'f:spec': { 'f:args': {} } }, { spec: { args: ['b', 'a'] } }, { spec: { args: ['a', 'b'] } }, 'drifted'],
    ['a field that became an object', { 'f:spec': { 'f:x': { 'f:y': {} } } }, { spec: { x: 1 } }, { spec: { x: { y: 1 } } }, 'drifted'],
  ])('sees %s', (_what, owned, has, wants, drift) => {
    const object = live(owned, has);
    object.metadata = { ...object.metadata, ...live(owned, {}).metadata, ...((has as { metadata?: object }).metadata ?? {}) };
    expect(fieldDrift(object, desired(wants), OWNER)).toBe(drift);
  });

  it('looks at what we applied to the object itself, in the version that we apply', () => {
    const fields = { 'f:spec': { 'f:replicas': {} } };
    const object = live(fields, { spec: { replicas: 1 } }, [{ manager: OWNER, operation: 'Apply', apiVersion: 'apps/v1', subresource: 'scale', fieldsV1: {} }]);
    expect(fieldDrift(object, desired({ spec: { replicas: 1 } }), OWNER)).toBe('none');
    expect(fieldDrift(object, desired({ spec: { replicas: 1 } }), 'somebody-else')).toBe('drifted');
    expect(fieldDrift(object, { ...desired({ spec: { replicas: 1 } }), apiVersion: 'apps/v2' }, OWNER)).toBe('drifted');
    expect(fieldDrift({ ...object, metadata: { name: 'web' } }, desired({ spec: { replicas: 1 } }), OWNER)).toBe('unknown');
  });
});
