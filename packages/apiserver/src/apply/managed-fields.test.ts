import type { KubeObject } from '@kubewright/api';
import { structuralSchema } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import { builtinSchema } from '../schemas/builtin-schemas.js';
import { keepTimesWithoutChange } from './managed-entries.js';
import { updateManagedFields } from './managed-fields.js';
import { parentManagedFields, scaleManagedFields } from './scale-managed-fields.js';
import { API_VERSION, widget, WidgetHistory, widgetSchema } from './widget.fixture.js';

describe('updateManagedFields', () => {
  it('gives everything that was created to the creator, but for what only the server sets', () => {
    const history = new WidgetHistory();
    history.update('creator', (object) => {
      object.metadata = { name: 'w', namespace: 'n', uid: 'u', creationTimestamp: 'now', generation: 1, labels: { a: 'x' } };
      object.spec = { size: 1, tags: ['t'], conf: { k: 'v' }, nested: { b: {} }, args: [] };
    });
    expect(history.live!.metadata.managedFields).toEqual([{
      manager: 'creator', operation: 'Update', apiVersion: API_VERSION, time: '2026-01-01T00:00:00Z', fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } },
        'f:spec': { '.': {}, 'f:args': {}, 'f:conf': { '.': {}, 'f:k': {} }, 'f:nested': { '.': {}, 'f:b': {} }, 'f:size': {}, 'f:tags': { '.': {}, 'v:"t"': {} } },
      },
    }]);
  });

  it('moves changed fields, drops removed ones, and leaves others and their times', () => {
    const history = new WidgetHistory();
    history.update('one', (object) => (object.spec = { size: 1, color: 'red', on: true }));
    history.update('two', (object) => (object.spec = { size: 2, color: 'red' }));
    expect(history.entry('one')).toMatchObject({ time: '2026-01-01T00:00:00Z', fieldsV1: { 'f:spec': { '.': {}, 'f:color': {} } } });
    expect(history.entry('two')).toMatchObject({ time: '2026-01-01T00:01:00Z', fieldsV1: { 'f:spec': { 'f:size': {} } } });
  });

  it('owns nothing by writing what is there', () => {
    const history = new WidgetHistory();
    const before = history.update('one', (object) => (object.spec = { size: 1 }));
    history.update('two', (object) => (object.spec!.size = 1));
    expect(history.live!.metadata.managedFields).toEqual(before.metadata.managedFields);
  });

  it('adds to the entry of the same manager and refreshes its time', () => {
    const history = new WidgetHistory();
    history.update('one', (object) => (object.spec = { size: 1 }));
    history.update('one', (object) => (object.spec!.on = true));
    expect(history.live!.metadata.managedFields).toHaveLength(1);
    expect(history.entry('one')).toMatchObject({ time: '2026-01-01T00:01:00Z', fieldsV1: { 'f:spec': { '.': {}, 'f:on': {}, 'f:size': {} } } });
  });

  it('keeps an applier and an updater of one name apart, appliers first', () => {
    const history = new WidgetHistory();
    history.update('same', (object) => (object.spec = { on: true }));
    history.apply('same', { size: 1 });
    expect(history.live!.metadata.managedFields!.map(({ operation }) => operation)).toEqual(['Apply', 'Update']);
    history.update('same', (object) => (object.spec!.size = 2));
    expect(history.owned('same', 'Apply')).toBeUndefined();
    expect(history.owned('same', 'Update')).toEqual({ 'f:spec': { '.': {}, 'f:on': {}, 'f:size': {} } });
  });

  it('ignores the record of a client that creates', () => {
    const entry = { manager: 'x', operation: 'Update' as const, apiVersion: API_VERSION, fieldsType: 'FieldsV1' as const, fieldsV1: { 'f:spec': {} } };
    const entries = updateManagedFields({
      before: undefined, after: widget({ size: 1 }, { managedFields: [entry] }), manager: '', subresource: '', apiVersion: API_VERSION, schema: widgetSchema, now: '2026-01-02T00:00:00Z',
    });
    expect(entries).toMatchObject([{ manager: 'unknown', fieldsV1: { 'f:spec': { '.': {}, 'f:size': {} } } }]);
  });

  it('lets clients edit the record, not empty it, and reset it by one empty entry', () => {
    const history = new WidgetHistory();
    history.update('one', (object) => (object.spec = { size: 1 }));
    const original = history.live!.metadata.managedFields;
    history.update('two', (object) => (object.metadata.managedFields = []));
    expect(history.live!.metadata.managedFields).toEqual(original);
    const edited = [{ manager: 'x', operation: 'Apply' as const, apiVersion: API_VERSION, time: '2020-01-01T00:00:00Z', fieldsType: 'FieldsV1' as const, fieldsV1: { 'f:spec': { 'f:size': {} } } }];
    history.update('two', (object) => (object.metadata.managedFields = edited));
    expect(history.live!.metadata.managedFields).toEqual(edited);
    history.update('two', (object) => (object.metadata.managedFields = [{ ...edited[0]!, fieldsV1: { spec: {} } }]));
    expect(history.live!.metadata.managedFields).toEqual(edited);
    history.update('two', (object) => (object.metadata.managedFields = [{}]));
    expect(history.live!.metadata.managedFields).toBeUndefined();
    history.update('two', (object) => (object.spec!.size = 5));
    expect(history.live!.metadata.managedFields).toBeUndefined();
  });

  it('joins the oldest of more than ten updaters', () => {
    const history = new WidgetHistory();
    history.update('m00', (object) => (object.spec = { conf: { k00: 'v' } }));
    for (let i = 1; i <= 11; i++) {
      const key = String(i).padStart(2, '0');
      history.update(`m${key}`, (object) => ((object.spec!.conf as Record<string, string>)[`k${key}`] = 'v'));
    }
    const managers = history.live!.metadata.managedFields!.map(({ manager }) => manager);
    expect(managers).toEqual(['ancient-changes', 'm03', 'm04', 'm05', 'm06', 'm07', 'm08', 'm09', 'm10', 'm11']);
    expect(history.owned('ancient-changes')).toEqual({ 'f:spec': { '.': {}, 'f:conf': { '.': {}, 'f:k00': {}, 'f:k01': {}, 'f:k02': {} } } });
  });

  it('allows equal items in what is stored', () => {
    const history = new WidgetHistory();
    history.update('one', (object) => (object.spec = { tags: ['a', 'a', 'b'] }));
    expect(history.owned('one')).toEqual({ 'f:spec': { '.': {}, 'f:tags': { '.': {}, 'v:"a"': {}, 'v:"b"': {} } } });
    history.update('two', (object) => (object.spec!.tags = ['a', 'b']));
    expect(history.owned('two')).toEqual({ 'f:spec': { 'f:tags': { 'v:"a"': {} } } });
  });

  it('gives the record up where the object no longer fits its types, and does not stop the write', () => {
    const before = widget({ size: 'text' }, { uid: 'u', managedFields: [{ manager: 'x', operation: 'Update', apiVersion: API_VERSION, fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': {} } }] });
    const after = structuredClone(before);
    expect(updateManagedFields({ before, after, manager: 'm', subresource: '', apiVersion: API_VERSION, schema: widgetSchema, now: '' })).toEqual([]);
  });

  it('forgets entries of versions that are no longer served and reads others in theirs', () => {
    const history = new WidgetHistory();
    history.update('old', (object) => (object.spec = { size: 1, color: 'red' }));
    const before = structuredClone(history.live!);
    before.metadata.managedFields![0]!.apiVersion = 'example.com/v1beta1';
    const after = structuredClone(before);
    after.spec!.size = 2;
    const write = { before, after, manager: 'm', subresource: '', apiVersion: API_VERSION, schema: widgetSchema, now: '2026-01-02T00:00:00Z' };
    expect(updateManagedFields({ ...write, view: () => undefined }).map(({ manager }) => manager)).toEqual(['m']);
    const view = () => ({ schema: widgetSchema, convert: (object: KubeObject) => ({ ...object, apiVersion: 'example.com/v1beta1' }) });
    expect(updateManagedFields({ ...write, view })).toMatchObject([{ manager: 'old', fieldsV1: { 'f:spec': { '.': {}, 'f:color': {} } } }, { manager: 'm' }]);
  });

  it('widens ownership where a granular map became atomic', () => {
    const history = new WidgetHistory();
    history.apply('one', { conf: { k: 'v' }, size: 1 });
    const schema = structuralSchema({ type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer' }, conf: { type: 'object', 'x-kubernetes-map-type': 'atomic', additionalProperties: { type: 'string' } } } } } });
    const after = structuredClone(history.live!);
    after.spec!.size = 2;
    const entries = updateManagedFields({ before: history.live, after, manager: 'm', subresource: '', apiVersion: API_VERSION, schema, now: '2026-01-02T00:00:00Z' });
    expect(entries[0]).toMatchObject({ manager: 'one', fieldsV1: { 'f:spec': { 'f:conf': {} } } });
  });

  it('does not give structures that are always there to who fills them', () => {
    const schema = builtinSchema('apps', 'v1', 'Deployment');
    const after = {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' },
      spec: { replicas: 1, selector: { matchLabels: { a: 'b' } }, strategy: { type: 'Recreate' }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } } },
    } as KubeObject;
    expect(updateManagedFields({ before: undefined, after, manager: 'm', subresource: '', apiVersion: 'apps/v1', schema, now: '2026-01-02T00:00:00Z' })[0]!.fieldsV1).toEqual({
      'f:spec': {
        'f:replicas': {}, 'f:selector': {}, 'f:strategy': { 'f:type': {} },
        'f:template': {
          'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } },
          'f:spec': { 'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:image': {}, 'f:name': {}, 'f:resources': {} } } },
        },
      },
    });
  });
});

describe('keepTimesWithoutChange', () => {
  it('keeps the old entries when times alone differ, and only then', () => {
    const entry = (time: string, field = 'f:a') => ({ manager: 'm', operation: 'Apply' as const, apiVersion: API_VERSION, time, fieldsType: 'FieldsV1' as const, fieldsV1: { [field]: {} } });
    const before = widget({ size: 1 }, { managedFields: [entry('1')] });
    expect(keepTimesWithoutChange<KubeObject>(before, widget({ size: 1 }, { managedFields: [entry('2')] }))).toEqual([entry('1')]);
    expect(keepTimesWithoutChange<KubeObject>(before, widget({ size: 2 }, { managedFields: [entry('2')] }))).toEqual([entry('2')]);
    expect(keepTimesWithoutChange<KubeObject>(before, widget({ size: 1 }, { managedFields: [entry('2', 'f:b')] }))).toEqual([entry('2', 'f:b')]);
  });
});

describe('the record of a scale', () => {
  const paths = (apiVersion: string) => (apiVersion === API_VERSION ? ['spec', 'replicas'] : undefined);
  const entry = (manager: string, fields: Record<string, object>, more = {}) => (
    { manager, operation: 'Apply' as const, apiVersion: API_VERSION, time: '2026-01-01T00:00:00Z', fieldsType: 'FieldsV1' as const, fieldsV1: { 'f:spec': fields }, ...more });

  it('has who owns the replicas, and gives them back', () => {
    const parent = [entry('one', { 'f:replicas': {}, 'f:size': {} }), entry('two', { 'f:size': {} })];
    const scale = scaleManagedFields(parent, paths);
    expect(scale).toEqual([{ ...entry('one', { 'f:replicas': {} }), apiVersion: 'autoscaling/v1' }]);
    expect(parentManagedFields(parent, scale, paths, API_VERSION)).toEqual(parent);
    const taken = [{ ...entry('hpa', { 'f:replicas': {} }), operation: 'Update' as const, apiVersion: 'autoscaling/v1', subresource: 'scale' }];
    expect(parentManagedFields(parent, taken, paths, API_VERSION)).toMatchObject([
      { manager: 'one', fieldsV1: { 'f:spec': { 'f:size': {} } } }, { manager: 'two' },
      { manager: 'hpa', operation: 'Update', apiVersion: API_VERSION, subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    ]);
  });
});
