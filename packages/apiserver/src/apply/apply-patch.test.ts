import type { KubeObject, TypedSchema } from '@kubewright/api';
import { ApiError } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import { builtinSchema } from '../schemas/builtin-schemas.js';
import { freezeDeep } from '../storage/immutable.js';
import { applyPatch } from './apply-patch.js';
import { API_VERSION, widget, WidgetHistory, widgetSchema } from './widget.fixture.js';

function errorOf(run: () => unknown): ApiError {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('applyPatch', () => {
  it('creates with what is applied and records it', () => {
    const history = new WidgetHistory();
    const created = history.apply('one', { size: 1, conf: { k: 'v' }, parts: [{ name: 'p', image: 'i' }] }, { metadata: { labels: { a: 'b' } } });
    expect(created.spec).toEqual({ size: 1, conf: { k: 'v' }, parts: [{ name: 'p', image: 'i' }] });
    expect(created.metadata.managedFields).toEqual([{
      manager: 'one', operation: 'Apply', apiVersion: API_VERSION, time: '2026-01-01T00:00:00Z', fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': { 'f:labels': { 'f:a': {} } },
        'f:spec': { 'f:conf': { 'f:k': {} }, 'f:parts': { 'k:{"name":"p"}': { '.': {}, 'f:image': {}, 'f:name': {} } }, 'f:size': {} },
      },
    }]);
  });

  it('removes what its manager no longer applies, but not what others own', () => {
    const history = new WidgetHistory();
    history.apply('one', { size: 1, nested: { a: 1, b: { c: 'x' } }, tags: ['b', 'a'] });
    history.apply('two', { nested: { b: { d: 'z' } }, tags: ['c', 'a'] });
    expect(history.live!.spec).toEqual({ size: 1, nested: { a: 1, b: { c: 'x', d: 'z' } }, tags: ['b', 'c', 'a'] });
    history.apply('one', { size: 1 });
    expect(history.live!.spec).toEqual({ size: 1, nested: { b: { d: 'z' } }, tags: ['c', 'a'] });
    history.apply('two', {});
    expect(history.live!.spec).toEqual({ size: 1 });
    expect(history.owned('two')).toEqual({ 'f:spec': {} });
  });

  it('takes an item of its own away with what an updater put into it, but not what that one put beside it', () => {
    const history = new WidgetHistory();
    history.apply('one', { parts: [{ name: 'p', image: 'i' }] });
    history.update('up', (object) => {
      Object.assign((object.spec!.parts as object[])[0]!, { conf: { k: 'v' } });
      (object.spec!.parts as object[]).push({ name: 'q' });
    });
    history.apply('one', { size: 1 });
    expect(history.live!.spec).toEqual({ size: 1, parts: [{ name: 'q' }] });
  });

  it('keeps an emptied structure that somebody owns as an empty one', () => {
    const history = new WidgetHistory();
    history.apply('one', { nested: { b: { d: 'z' } } });
    history.apply('one', {});
    expect(history.live!.spec).toEqual({});
  });

  it('changes nothing, not even times, when nothing changes', () => {
    const history = new WidgetHistory();
    const first = history.apply('one', { size: 1, ports: [{ port: 80 }] });
    expect(history.apply('one', { size: 1, ports: [{ port: 80 }] })).toEqual(first);
  });

  it('shares nothing with what is stored', () => {
    const history = new WidgetHistory();
    const live = freezeDeep(history.apply('one', { conf: { k: 'v' }, parts: [{ name: 'p' }] }));
    const result = history.apply('two', { size: 1 });
    (result.spec!.conf as Record<string, string>).k = 'changed';
    (result.spec!.parts as object[]).push({});
    expect(live.spec).toEqual({ conf: { k: 'v' }, parts: [{ name: 'p' }] });
  });

  it('shares nothing with what is stored when nothing changes', () => {
    const history = new WidgetHistory();
    const live = freezeDeep(history.apply('one', { size: 1 }));
    history.apply('one', { size: 1 }).metadata.managedFields![0]!.manager = 'changed';
    expect(live.metadata.managedFields![0]!.manager).toBe('one');
  });

  it('records a second owner of the same values without a time', () => {
    const history = new WidgetHistory();
    history.apply('one', { size: 1 });
    history.apply('two', { size: 1 });
    expect(history.entry('two')).toEqual({ manager: 'two', operation: 'Apply', apiVersion: API_VERSION, fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': { 'f:size': {} } } });
  });

  it('replaces atomic lists and maps as a whole', () => {
    const history = new WidgetHistory();
    history.apply('one', { args: ['x', 'y'], selector: { a: 'b' } });
    expect(history.owned('one')).toEqual({ 'f:spec': { 'f:args': {}, 'f:selector': {} } });
    expect(errorOf(() => history.apply('two', { args: ['x'] })).details?.causes).toEqual([
      { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.spec.args' },
    ]);
    history.apply('two', { args: ['x'], selector: { c: 'd' } }, { force: true });
    expect(history.live!.spec).toEqual({ args: ['x'], selector: { c: 'd' } });
    expect(history.entry('one')).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>, unknown]>([
    ['appends what is new', { tags: ['a', 'b'] }, { tags: ['c'] }, ['a', 'b', 'c']],
    ['follows the applied order', { tags: ['a', 'b', 'c'] }, { tags: ['c', 'a'] }, ['b', 'c', 'a']],
    ['puts new ones before the shared one that follows', { tags: ['a', 'b'] }, { tags: ['x', 'b'] }, ['a', 'x', 'b']],
  ])('merges sets: %s', (_name, first, second, expected) => {
    const history = new WidgetHistory();
    history.apply('one', first);
    history.apply('two', second);
    expect(history.live!.spec!.tags).toEqual(expected);
  });

  it('takes the default of a key that is left out', () => {
    const history = new WidgetHistory();
    history.apply('one', { ports: [{ port: 80, name: 'a' }] });
    history.apply('two', { ports: [{ port: 80, protocol: 'UDP' }, { port: 80, protocol: 'TCP' }] });
    expect(history.live!.spec!.ports).toHaveLength(2);
    expect(history.owned('one')).toEqual({ 'f:spec': { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {} } } } });
  });

  describe('conflicts', () => {
    it('tells a single one in one line', () => {
      const history = new WidgetHistory();
      history.update('kubectl', (object) => (object.spec = { size: 1 }));
      const error = errorOf(() => history.apply('two', { size: 2 }));
      expect(error).toMatchObject({ httpStatus: 409, reason: 'Conflict' });
      expect(error.message).toBe('Apply failed with 1 conflict: conflict with "kubectl" using example.com/v1: .spec.size');
      expect(error.status.details).toEqual({ causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "kubectl" using example.com/v1', field: '.spec.size' }] });
    });

    it('groups several by manager', () => {
      const history = new WidgetHistory();
      history.update('b', (object) => (object.spec = { size: 1, color: 'red' }));
      history.apply('a', { on: true, parts: [{ name: 'p', image: 'i' }] });
      expect(errorOf(() => history.apply('two', { size: 2, color: 'blue', on: false, parts: [{ name: 'p', image: 'j' }] })).message).toBe([
        'Apply failed with 4 conflicts: conflicts with "a":', '- .spec.on', '- .spec.parts[name="p"].image',
        'conflicts with "b" using example.com/v1:', '- .spec.color', '- .spec.size',
      ].join('\n'));
      expect(history.live!.spec).toMatchObject({ size: 1, on: true });
    });

    it('names the subresource', () => {
      const history = new WidgetHistory();
      history.apply('ctl', { size: 3 }, { subresource: 'scale' });
      expect(errorOf(() => history.apply('two', { size: 2 })).message).toBe('Apply failed with 1 conflict: conflict with "ctl" with subresource "scale": .spec.size');
    });

    it('gives the fields over by force', () => {
      const history = new WidgetHistory();
      history.apply('one', { size: 1, on: true });
      history.apply('two', { size: 2 }, { force: true });
      expect(history.owned('one')).toEqual({ 'f:spec': { 'f:on': {} } });
      expect(history.owned('two')).toEqual({ 'f:spec': { 'f:size': {} } });
    });

    it('lets kubectl take over what its client-side apply wrote and nobody changed', () => {
      const history = new WidgetHistory();
      const lastApplied = JSON.stringify({ apiVersion: API_VERSION, kind: 'Widget', metadata: { name: 'w' }, spec: { size: 1, color: 'red' } });
      history.update('kubectl-client-side-apply', (object) => {
        object.metadata.annotations = { 'kubectl.kubernetes.io/last-applied-configuration': lastApplied };
        object.spec = { size: 1, color: 'red' };
      });
      history.update('ctl', (object) => (object.spec!.color = 'green'));
      expect(errorOf(() => history.apply('kubectl', { size: 2, color: 'blue' })).message).toBe(
        'Apply failed with 1 conflict: conflict with "ctl" using example.com/v1: .spec.color');
      expect(history.apply('kubectl', { size: 2 }).metadata.annotations).toEqual({
        'kubectl.kubernetes.io/last-applied-configuration': '{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"size":2}}\n',
      });
    });
  });

  it('counts what was there before the first apply as an updater', () => {
    const applied = applyPatch({
      live: widget({ size: 1, color: 'red' }, { uid: 'u' }), applied: widget({ on: true }), manager: 'one', force: false, subresource: '',
      apiVersion: API_VERSION, schema: widgetSchema, now: '2026-01-01T00:00:00Z',
    });
    expect(applied.metadata.managedFields).toMatchObject([
      { manager: 'one', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:on': {} } } },
      { manager: 'before-first-apply', operation: 'Update', fieldsV1: { 'f:spec': { '.': {}, 'f:color': {}, 'f:size': {} } } },
    ]);
  });

  it('does not own fields that the write can not set', () => {
    const applied = applyPatch({
      live: undefined, applied: { ...widget({ size: 1 }), status: { phase: 'Up' } } as KubeObject, manager: 'one', force: false, subresource: '',
      apiVersion: API_VERSION, schema: widgetSchema, now: '2026-01-01T00:00:00Z', ignored: [['status']],
    });
    expect(applied.metadata.managedFields![0]!.fieldsV1).toEqual({ 'f:spec': { 'f:size': {} } });
  });

  it.each<[string, unknown, number, string]>([
    ['another version', { ...widget({}), apiVersion: 'example.com/v7' }, 400, 'invalid object type: example.com/v7, Kind=Widget'],
    ['no kind', { apiVersion: API_VERSION, metadata: { name: 'w' } }, 400, 'invalid object type: example.com/v1, Kind='],
    ['a record', widget({}, { managedFields: [] }), 400, 'metadata.managedFields must be nil'],
    ['unknown fields', widget({ zzz: 1 }), 500, 'failed to create typed patch object (/w; example.com/v1, Kind=Widget): .spec.zzz: field not declared in schema'],
    ['unknown metadata', widget({}, { foo: 'bar' }), 500, 'failed to create typed patch object (/w; example.com/v1, Kind=Widget): .metadata.foo: field not declared in schema'],
    ['a wrong scalar', widget({ color: { r: 1 } }), 500,
      'failed to create typed patch object (/w; example.com/v1, Kind=Widget): .spec.color: expected string, got &value.valueUnstructured{Value:map[string]interface {}{"r":1}}'],
    ['a wrong number', widget({ size: 'many' }), 500, 'failed to create typed patch object (/w; example.com/v1, Kind=Widget): .spec.size: expected numeric (int or float), got string'],
    ['a wrong boolean', widget({ on: 'x' }), 500, 'failed to create typed patch object (/w; example.com/v1, Kind=Widget): .spec.on: expected boolean, got &{x}'],
    ['a map for a list', widget({ parts: { name: 'x' } }), 500, 'failed to create typed patch object (/w; example.com/v1, Kind=Widget): .spec.parts: expected list, got &{map[name:x]}'],
    ['duplicate keys', widget({ ports: [{ port: 81 }, { port: 81, protocol: 'TCP' }] }), 500,
      'failed to create typed patch object (/w; example.com/v1, Kind=Widget): .spec.ports: duplicate entries for key [port=81,protocol="TCP"]'],
    ['duplicates in a set', widget({ tags: ['d', 'd'] }), 500, 'failed to create typed patch object (/w; example.com/v1, Kind=Widget): .spec.tags: duplicate entries for key [="d"]'],
    ['null in a set', widget({ tags: [null] }), 500,
      "failed to create typed patch object (/w; example.com/v1, Kind=Widget): .spec.tags: element 0: associative list without keys has an element that's an explicit null"],
    ['no key', widget({ parts: [{ image: 'x' }] }), 500,
      'failed to create typed patch object (/w; example.com/v1, Kind=Widget): .spec.parts: element 0: associative list with keys has an element that omits all key fields ["name"] (and doesn\'t have default values for any key fields)'],
    ['several problems', widget({ color: 7, size: 'x' }), 500,
      'failed to create typed patch object (/w; example.com/v1, Kind=Widget): errors:\n  .spec.color: expected string, got &value.valueUnstructured{Value:7}\n  .spec.size: expected numeric (int or float), got string'],
  ])('refuses %s', (_name, applied, status, message) => {
    const error = errorOf(() => applyPatch({
      live: undefined, applied: applied as KubeObject, manager: 'one', force: false, subresource: '', apiVersion: API_VERSION, schema: widgetSchema, now: '',
    }));
    expect([error.httpStatus, error.message]).toEqual([status, message]);
  });
});

describe('applyPatch without a schema', () => {
  it('deduces: objects are granular, lists are atomic', () => {
    const base = { force: false, subresource: '', apiVersion: API_VERSION, schema: undefined, now: '2026-01-01T00:00:00Z' };
    const first = applyPatch({ ...base, live: undefined, manager: 'one', applied: widget({ a: { b: 1 }, list: [1, 2] }) });
    expect(first.metadata.managedFields![0]!.fieldsV1).toEqual({ 'f:spec': { '.': {}, 'f:a': { '.': {}, 'f:b': {} }, 'f:list': {} } });
    const second = applyPatch({ ...base, live: first, manager: 'two', applied: widget({ a: { c: 2 } }) }) as ReturnType<typeof widget>;
    expect(second.spec).toEqual({ a: { b: 1, c: 2 }, list: [1, 2] });
    const third = applyPatch({ ...base, live: second, manager: 'one', applied: widget({ a: { b: 1 } }) }) as ReturnType<typeof widget>;
    expect(third.spec).toEqual({ a: { b: 1, c: 2 } });
  });
});

describe('applyPatch of built-in types', () => {
  const deployment = (containers: unknown[], replicas?: number): KubeObject => ({
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' },
    spec: { ...(replicas !== undefined && { replicas }), selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers } } },
  } as KubeObject);
  const base = { force: false, subresource: '', apiVersion: 'apps/v1', schema: builtinSchema('apps', 'v1', 'Deployment') as TypedSchema, now: '2026-01-01T00:00:00Z' };

  it('merges containers by name and ports by number and protocol', () => {
    const live = applyPatch({ ...base, live: undefined, manager: 'one', applied: deployment([{ name: 'c', image: 'i:1', ports: [{ containerPort: 80 }] }], 2) });
    const merged = applyPatch({ ...base, live, manager: 'two', applied: deployment([{ name: 'c', ports: [{ containerPort: 80, protocol: 'UDP' }] }, { name: 'side', image: 's:1' }]) });
    expect(merged).toMatchObject({
      spec: { replicas: 2, template: { spec: { containers: [{ name: 'c', image: 'i:1', ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }] }, { name: 'side' }] } } },
    });
    expect(merged.metadata.managedFields!.find(({ manager }) => manager === 'two')!.fieldsV1).toMatchObject({
      'f:spec': { 'f:selector': {}, 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:name': {}, 'f:ports': { 'k:{"containerPort":80,"protocol":"UDP"}': {} } } } } } },
    });
  });

  it('treats selectors as one value', () => {
    const live = applyPatch({ ...base, live: undefined, manager: 'one', applied: deployment([{ name: 'c', image: 'i' }]) });
    const applied = { ...deployment([{ name: 'c' }]) } as KubeObject & { spec: { selector: unknown } };
    applied.spec.selector = { matchLabels: { a: 'c' } };
    expect(errorOf(() => applyPatch({ ...base, live, manager: 'two', applied })).message).toBe('Apply failed with 1 conflict: conflict with "one": .spec.selector');
  });
});
