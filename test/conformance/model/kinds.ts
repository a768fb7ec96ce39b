import type { ModelKind } from './expected.js';
import { atomicList, boolean, fits, free, integer, listBy, mapOf, same, setOf, string, struct, isMap, type Json, type JsonMap, type Shape } from './shape.js';

const metadata = struct({ name: string, namespace: string, labels: mapOf(string), annotations: mapOf(string) });
const whole = (fields: Record<string, Shape>): Shape => struct({ apiVersion: string, kind: string, metadata, ...fields });

/** Every kind of list and map, with defaults in fields, in keys and in structs. */
export const widgetSpec = struct({
  size: integer,
  level: { is: 'scalar', type: 'integer', default: 5 },
  on: boolean,
  tags: setOf(string),
  numbers: setOf(integer),
  args: atomicList(string),
  ports: listBy(['port', 'protocol'], { port: integer, protocol: { is: 'scalar', type: 'string', default: 'TCP' }, name: string, opts: mapOf(string) }),
  parts: listBy(['name'], {
    name: string, image: string, conf: mapOf(string), tags: setOf(string), pull: { is: 'scalar', type: 'string', default: 'Always' },
    inner: listBy(['id'], { id: integer, v: string }), args: atomicList(string),
  }),
  conf: mapOf(string),
  selector: mapOf(string, { atomic: true }),
  pair: struct({ x: integer, y: integer }, { atomic: true }),
  nested: struct({ a: integer, b: struct({ c: string, d: { is: 'scalar', type: 'string', default: 'D' } }) }),
  mode: struct({ how: { is: 'scalar', type: 'string', default: 'auto' }, n: integer }, { default: {} }),
  groups: mapOf(struct({ n: integer, m: string, tags: setOf(string) })),
  rows: mapOf(setOf(string)),
  free,
});
export const widgetStatus = struct({ phase: string, count: integer, conditions: listBy(['type'], { type: string, status: string, reason: string }), notes: mapOf(string) });

export const widget: ModelKind = {
  name: 'Widget', group: 'model.example.com', plural: 'widgets', apiVersion: 'model.example.com/v1', kind: 'Widget',
  shape: whole({ spec: widgetSpec, status: widgetStatus }),
  hasStatus: true, hasGeneration: true, unconditional: false,
  zero: { apiVersion: 'model.example.com/v1', kind: 'Widget' } satisfies JsonMap,
  isValid: (object) => fits(object, widget.shape),
};

/** The same without a door for the status, which is a field like any other then. */
export const gadget: ModelKind = { ...widget, name: 'Gadget', plural: 'gadgets', kind: 'Gadget', hasStatus: false, zero: { ...widget.zero, kind: 'Gadget' } };

export const configMap: ModelKind = {
  name: 'ConfigMap', group: '', plural: 'configmaps', apiVersion: 'v1', kind: 'ConfigMap',
  shape: whole({ data: mapOf(string) }),
  hasStatus: false, hasGeneration: false, unconditional: true,
  zero: { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} },
  complete: (object) => {
    const { data, ...rest } = object;
    return data === undefined || data === null || Object.keys(data).length === 0 ? rest : object;
  },
  patchKey: () => undefined,
};

const container = { name: string, image: string, workingDir: string, stdin: boolean, command: atomicList(string), env: listBy(['name'], { name: string, value: string }), ports: listBy(['containerPort', 'protocol'], { containerPort: integer, protocol: { is: 'scalar', type: 'string', default: 'TCP' }, name: string }) } as const;
const containers = listBy(['name'], container);
const strategy = struct({ type: string, rollingUpdate: struct({ maxSurge: free, maxUnavailable: free }) });
const podSpec = struct({ containers, nodeSelector: mapOf(string, { atomic: true }), terminationGracePeriodSeconds: integer });
const selector = { matchLabels: { app: 'x' } };

/** A workload: a struct in a struct, items with items, and keys of which the API gives one. Its selector and the labels of its pods are always the same. */
export const deployment: ModelKind = {
  name: 'Deployment', group: 'apps', plural: 'deployments', apiVersion: 'apps/v1', kind: 'Deployment',
  shape: whole({ spec: struct({ replicas: integer, paused: boolean, minReadySeconds: integer, selector: mapOf(free, { atomic: true }), strategy, template: struct({ metadata: struct({ labels: mapOf(string), annotations: mapOf(string) }), spec: podSpec }) }) }),
  hasStatus: true, hasGeneration: true, countsAnnotations: true, unconditional: true, fixed: ['selector', 'strategy', 'template'],
  zero: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: {}, spec: { strategy: {}, template: { metadata: {}, spec: { containers: null } } }, status: {} },
  fill: (content) => {
    const spec = (content['spec'] ?? {}) as JsonMap;
    const template = (spec['template'] ?? {}) as JsonMap;
    const metadata = (template['metadata'] ?? {}) as JsonMap;
    const pod = (template['spec'] ?? {}) as JsonMap;
    const { strategy: _, ...rest } = spec;
    const given = (pod['containers'] ?? []) as JsonMap[];
    const filled = (given.length > 0 ? given : [{ name: 'a' }]).map((item) => ({ image: 'a', ...item }));
    return { ...content, spec: { ...rest, selector, template: { ...template, metadata: { ...metadata, labels: { ...(metadata['labels'] as JsonMap | undefined), app: 'x' } }, spec: { ...pod, containers: filled } } } };
  },
  complete: (object) => {
    const spec = mapIn(object, 'spec');
    const template = mapIn(spec, 'template');
    const pod = mapIn(template, 'spec');
    const items = Array.isArray(pod['containers']) ? (pod['containers'] as JsonMap[]) : undefined;
    const full = items?.map((item) => withoutEmpty({
      imagePullPolicy: 'Always', terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', resources: {}, ...item,
      ...(item['ports'] !== undefined && { ports: (item['ports'] as JsonMap[]).map((port) => ({ protocol: 'TCP', ...port })) }),
    }, ['command', 'env', 'ports', 'stdin']));
    return {
      ...object,
      spec: withoutEmpty({
        replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, ...spec,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' }, ...mapIn(spec, 'strategy') },
        template: {
          ...template, metadata: withoutEmpty(mapIn(template, 'metadata'), ['labels', 'annotations']),
          spec: withoutEmpty({ dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', terminationGracePeriodSeconds: 30, schedulerName: 'default-scheduler', securityContext: {}, ...pod, ...(full && { containers: full }) }, ['nodeSelector']),
        },
      }, ['paused', 'minReadySeconds']),
      status: {},
    };
  },
  isValid: (object) => {
    const spec = mapIn(object, 'spec');
    const template = mapIn(spec, 'template');
    const items = (mapIn(template, 'spec')['containers'] ?? []) as JsonMap[];
    return same(spec['selector'], selector) && mapIn(mapIn(template, 'metadata'), 'labels')['app'] === 'x' && items.length > 0 && items.every((item) => item['image'] !== undefined && item['name'] !== undefined
      && ((item['env'] ?? []) as JsonMap[]).every(({ name }) => name !== undefined) && ((item['ports'] ?? []) as JsonMap[]).every(({ containerPort, protocol }) => containerPort !== undefined && isProtocol(protocol))
      && areUnique(((item['ports'] ?? []) as JsonMap[]).flatMap(({ name }) => (name === undefined ? [] : [name])))) && areUnique(items.map(({ name }) => name!));
  },
  patchKey: (list) => (list === containers || list === container.env ? 'name' : list === container.ports ? 'containerPort' : undefined),
};

const servicePorts = listBy(['port', 'protocol'], { port: integer, protocol: { is: 'scalar', type: 'string', default: 'TCP' }, name: string, appProtocol: string });

/** A Service without an address; a PUT makes it, and what the server allocates belongs to nobody. */
export const service: ModelKind = {
  name: 'Service', group: '', plural: 'services', apiVersion: 'v1', kind: 'Service',
  shape: whole({ spec: struct({ ports: servicePorts, selector: mapOf(string, { atomic: true }), publishNotReadyAddresses: boolean }) }),
  hasStatus: true, hasGeneration: false, unconditional: true, createsOnUpdate: true, fixed: ['selector'],
  zero: { apiVersion: 'v1', kind: 'Service', metadata: {}, spec: {}, status: { loadBalancer: {} } },
  fill: (content) => ({ ...content, spec: { ...(content['spec'] as JsonMap), clusterIP: 'None', selector: { app: 'x' } } }),
  complete: (object) => {
    const spec = mapIn(object, 'spec');
    const ports = Array.isArray(spec['ports']) ? (spec['ports'] as JsonMap[]).map((port) => ({ protocol: 'TCP', port: 0, targetPort: port['port'] ?? 0, ...port })) : undefined;
    return { ...object, spec: withoutEmpty({ sessionAffinity: 'None', type: 'ClusterIP', internalTrafficPolicy: 'Cluster', ...spec, ...(ports && { ports }) }, ['ports', 'selector', 'publishNotReadyAddresses']), status: { loadBalancer: {} } };
  },
  settle: (object) => ({ ...object, spec: { clusterIP: 'None', clusterIPs: ['None'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', ...mapIn(object, 'spec') } }),
  isValid: (object) => {
    const ports = (mapIn(object, 'spec')['ports'] ?? []) as JsonMap[];
    const names = ports.flatMap(({ name }) => (name === undefined ? [] : [name]));
    return (ports.length < 2 || names.length === ports.length) && areUnique(names) && areUnique(ports.map(({ port, protocol }) => `${String(port)}/${String(protocol)}`)) && ports.every(({ port, protocol }) => port !== 0 && isProtocol(protocol));
  },
  patchKey: (list) => (list === servicePorts ? 'port' : undefined),
};

function mapIn(object: JsonMap, name: string): JsonMap {
  const value = object[name];
  return isMap(value) ? value : {};
}

/** What is empty, false or zero and no pointer is not shown. */
function withoutEmpty(object: JsonMap, names: readonly string[]): JsonMap {
  const isNothing = (value: Json): boolean => !value || (typeof value === 'object' && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(object).filter(([name, value]) => !names.includes(name) || !isNothing(value)));
}

function isProtocol(protocol: Json | undefined): boolean {
  return ['TCP', 'UDP', 'SCTP'].includes(protocol as string);
}

function areUnique(values: readonly Json[]): boolean {
  return new Set(values.map((value) => JSON.stringify(value))).size === values.length;
}
