import { describe, expect, expectTypeOf, it } from 'vitest';

import { StatefulSet } from '../apps/v1.js';
import { Namespace, Pod } from '../core/v1.js';
import type { KubeObject, ObjectMeta } from '../meta/object-meta.js';
import { CustomResource } from './custom-resource.js';
import type { Int32, IntOrString, MapList, Quantity } from './helper-types.js';
import { resourceKind, type KindRef, type ObjectOf, type ResourceKind } from './resource-kind.js';

interface WidgetSpec {
  replicas?: Int32;
  port: IntOrString;
  memory?: Quantity;
  parts: MapList<{ name: string; size: Int32 }, 'name'>;
}

class Widget {
  spec!: WidgetSpec;
  status?: { readyReplicas?: Int32 };
}
CustomResource({ group: 'demo.example.com', version: 'v1' })(Widget);

class PolicyV1beta2 {
  metadata!: ObjectMeta;
  spec?: { mode: 'on' | 'off' };
}
CustomResource({ group: 'demo.example.com', version: 'v1beta2', kind: 'Policy', scope: 'Cluster' })(PolicyV1beta2);

/** The shape of a client's methods. */
declare function get<K extends KindRef<never> | KindRef>(kind: K): ObjectOf<K>;

describe('resourceKind', () => {
  it('says where objects of a decorated class live', () => {
    expect(resourceKind(Widget)).toEqual({ group: 'demo.example.com', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' });
    expect(resourceKind(PolicyV1beta2)).toEqual({ group: 'demo.example.com', version: 'v1beta2', kind: 'Policy', plural: 'policies', scope: 'Cluster' });
  });

  it('returns constants of built-in kinds as they are', () => {
    expect(resourceKind(Pod)).toBe(Pod);
    expect(StatefulSet).toEqual({ group: 'apps', version: 'v1', kind: 'StatefulSet', plural: 'statefulsets', scope: 'Namespaced' });
    expect(Namespace.scope).toBe('Cluster');
  });

  it('names a class that is not decorated, and the cure', () => {
    class Plain {}
    expect(() => resourceKind(Plain)).toThrow('class Plain is not a resource: decorate it with @CustomResource');
  });

  it('does not take the definition of a base class for that of a class', () => {
    class Derived extends Widget {}
    expect(() => resourceKind(Derived)).toThrow('class Derived');
  });
});

describe('ObjectOf', () => {
  it('is the interface behind a constant', () => {
    expectTypeOf<ObjectOf<typeof Pod>['spec']['containers'][number]['name']>().toEqualTypeOf<string>();
    expectTypeOf<ReturnType<typeof get<typeof StatefulSet>>>().toExtend<StatefulSet>();
  });

  it('is the shape of a class, with metadata where it declares none', () => {
    expectTypeOf<ReturnType<typeof get<typeof Widget>>['spec']>().toEqualTypeOf<WidgetSpec>();
    expectTypeOf<ObjectOf<typeof Widget>['metadata']>().toEqualTypeOf<ObjectMeta>();
    expectTypeOf<NonNullable<ObjectOf<typeof PolicyV1beta2>['spec']>['mode']>().toEqualTypeOf<'on' | 'off'>();
  });

  it('is any object for a kind that is not known at compile time', () => {
    expectTypeOf<ObjectOf<ResourceKind>>().toExtend<KubeObject>();
    expectTypeOf<ObjectOf<KindRef>>().toExtend<KubeObject>();
  });

  it('lets plain literals be objects', () => {
    const widget: ObjectOf<typeof Widget> = { metadata: { name: 'a' }, spec: { replicas: 3, port: 'web', memory: '400Mi', parts: [{ name: 'p', size: 1 }] } };
    const pod: Pod = { metadata: { name: 'a' }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' } } }] } };
    const replicas: number | undefined = widget.spec.replicas;
    const set: StatefulSet = { metadata: { name: 'a' }, spec: { serviceName: 'a', selector: {}, replicas, template: { spec: pod.spec } } };
    expect(set.spec.replicas).toBe(3);
    // @ts-expect-error a class's members keep their types
    const bad: ObjectOf<typeof Widget> = { metadata: {}, spec: { port: 1, parts: 'none' } };
    expect(bad).toBeDefined();
  });
});
