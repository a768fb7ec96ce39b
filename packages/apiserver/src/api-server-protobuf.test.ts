import type { KubeObject } from '@kubewright/api';
import { FakeClock, readAll, SeededRandom, type Transport } from '@kubewright/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ApiServer } from './api-server.js';
import { encodeProtobuf, openEnvelope, readRaw } from './protobuf/envelope.js';
import { findMessage, messageOf } from './protobuf/message.js';

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const WIDGETS = '/apis/demo.example.com/v1/namespaces/default/widgets';

const DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'widgets.demo.example.com' },
  spec: {
    group: 'demo.example.com', scope: 'Namespaced', names: { plural: 'widgets', kind: 'Widget' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', additionalProperties: { type: 'integer', default: 3 } } } } } }],
  },
};

const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort: 80 }], readinessProbe: { httpGet: { port: 'http' } } }] } };
const selector = { matchLabels: { app: 'a' } };
const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };

/** Path of the collection and an object for it. */
const OBJECTS: readonly (readonly [path: string, object: KubeObject & Record<string, unknown>])[] = [
  [CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', labels: { x: '' } }, data: { k: 'v', empty: '' }, binaryData: { b: 'AAH/' } }],
  ['/api/v1/namespaces/default/secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, data: { k: 'dg==', empty: '' } }],
  ['/api/v1/namespaces/default/pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { ...template.spec, volumes: [{ name: 'v', emptyDir: {} }], terminationGracePeriodSeconds: 0 } }],
  ['/api/v1/namespaces/default/services', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { selector: { app: 'a' }, ports: [{ name: 'a', port: 80 }, { name: 'b', port: 81, targetPort: 'http' }] } }],
  ['/api/v1/namespaces/default/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'a' } }],
  ['/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' } }],
  ['/api/v1/namespaces/default/persistentvolumeclaims', { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...claim }],
  ['/apis/apps/v1/namespaces/default/deployments', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: { replicas: 0, selector, template } }],
  ['/apis/apps/v1/namespaces/default/statefulsets', { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'a' }, spec: { serviceName: 'a', selector, template, volumeClaimTemplates: [claim] } }],
  ['/apis/apps/v1/namespaces/default/daemonsets', { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'a' }, spec: { selector, template } }],
  ['/apis/batch/v1/namespaces/default/jobs', { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'a' }, spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } }],
  ['/apis/rbac.authorization.k8s.io/v1/clusterroles', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'a' }, rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] }],
  ['/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'a' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'a' }, subjects: [{ kind: 'User', name: 'u' }] }],
  ['/apis/coordination.k8s.io/v1/namespaces/default/leases', { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'a' }, spec: { holderIdentity: '', renewTime: '2026-01-02T03:04:05.000006Z', leaseTransitions: 0 } }],
  ['/apis/policy/v1/namespaces/default/poddisruptionbudgets', { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'a' }, spec: { selector, minAvailable: '50%' } }],
  ['/apis/networking.k8s.io/v1/namespaces/default/networkpolicies', { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'a' }, spec: { podSelector: {}, ingress: [{}] } }],
  ['/apis/apiextensions.k8s.io/v1/customresourcedefinitions', DEFINITION],
];

describe('ApiServer in protobuf', () => {
  let clock: FakeClock;
  let server: ApiServer;
  let transport: Transport;

  beforeEach(async () => {
    clock = new FakeClock();
    server = new ApiServer({ clock, random: new SeededRandom(1) });
    await server.start();
    transport = server.transport();
    await call('POST', '/api/v1/namespaces/default/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } });
  });

  afterEach(async () => {
    await server.close();
    expect(clock.pending).toBe(0);
  });

  interface Answer {
    status: number;
    contentType: unknown;
    body: Buffer;
    object: KubeObject & Record<string, unknown> & { items: KubeObject[] };
  }

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const bytes = body === undefined || body instanceof Uint8Array ? body : encodeProtobuf(body)!;
    const response = await transport.dispatch({ method, path, headers: { accept: PROTOBUF, ...(bytes && { 'content-type': PROTOBUF }), ...headers }, ...(bytes && { body: bytes }) });
    const answer = Buffer.from(await readAll(response.body));
    const object = answer[0] === 0x7b ? (JSON.parse(answer.toString()) as Answer['object']) : decode(answer);
    return { status: response.status, contentType: response.headers['content-type'], body: answer, object };
  }

  const json = (path: string): Promise<Answer> => call('GET', path, undefined, { accept: 'application/json' });

  it.each(OBJECTS)('creates objects of %s; writing back what was read changes nothing', async (path, object) => {
    const created = await call('POST', path, object);
    expect(created).toMatchObject({ status: 201, contentType: PROTOBUF, object: { kind: object.kind, apiVersion: object.apiVersion, metadata: { name: object.metadata.name } } });
    const named = `${path}/${object.metadata.name ?? ''}`;
    const { body, object: read } = await call('GET', named);
    const { object: inJson } = await json(named);
    expect(inJson).toMatchObject({ metadata: { resourceVersion: read.metadata.resourceVersion } });
    const written = await call('PUT', named, body);
    expect(written.status).toBe(200);
    expect((await json(named)).object).toEqual(inJson);
  });

  it('creates the same object as from JSON', async () => {
    for (const [path, object] of OBJECTS) {
      const dryRun = `${path}?dryRun=All`;
      const one = await call('POST', dryRun, object, { accept: 'application/json' });
      const other = await call('POST', dryRun, Buffer.from(JSON.stringify(object)), { accept: 'application/json', 'content-type': 'application/json' });
      expect(withoutIdentity(one.object)).toEqual(withoutIdentity(other.object));
    }
  });

  it('lists, and shows metadata of custom resources, but not the resources themselves', async () => {
    await call('POST', CONFIG_MAPS, OBJECTS[0]![1]);
    expect((await call('GET', CONFIG_MAPS)).object).toMatchObject({ kind: 'ConfigMapList', metadata: { resourceVersion: expect.any(String) as string }, items: [{ metadata: { name: 'a' }, data: { k: 'v' } }] });
    await define();
    await call('POST', WIDGETS, Buffer.from('{"apiVersion":"demo.example.com/v1","kind":"Widget","metadata":{"name":"w"}}'), { 'content-type': 'application/json', accept: 'application/json' });
    const metadata = `${PROTOBUF};as=PartialObjectMetadataList;v=v1;g=meta.k8s.io`;
    expect((await call('GET', WIDGETS, undefined, { accept: metadata })).object).toMatchObject({ kind: 'PartialObjectMetadataList', items: [{ metadata: { name: 'w' } }] });
    expect(await call('GET', WIDGETS)).toMatchObject({ status: 406, contentType: PROTOBUF, object: { kind: 'Status', reason: 'NotAcceptable' } });
    expect(await call('GET', WIDGETS, undefined, { accept: `${PROTOBUF},application/json` })).toMatchObject({ status: 200, contentType: 'application/json' });
    expect(await call('GET', CONFIG_MAPS, undefined, { accept: `${PROTOBUF};as=Table;v=v1;g=meta.k8s.io` })).toMatchObject({ status: 406 });
    expect(await call('POST', WIDGETS, encodeProtobuf({ apiVersion: 'v1', kind: 'ConfigMap' }), { accept: 'application/json' })).toMatchObject({
      status: 400, object: { message: 'ConfigMap in version "v1" cannot be handled as a Widget: object *unstructured.Unstructured does not implement the protobuf marshalling interface and cannot be encoded to a protobuf message' },
    });
  });

  it('streams watch events with a length before each', async () => {
    const stop = new AbortController();
    const response = await transport.dispatch({ method: 'GET', path: `${CONFIG_MAPS}?watch=1`, headers: { accept: PROTOBUF }, lane: 'watch' }, stop.signal);
    expect(response.headers['content-type']).toBe(`${PROTOBUF};stream=watch`);
    await call('POST', CONFIG_MAPS, OBJECTS[0]![1]);
    await call('DELETE', `${CONFIG_MAPS}/a`, { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0 });
    const seen: unknown[] = [];
    for await (const chunk of response.body) {
      const frame = Buffer.from(chunk);
      expect(frame.readUInt32BE()).toBe(frame.length - 4);
      // Inside of an event is an envelope, not JSON, so that only the type is read here.
      const type = /^\n.(ADDED|MODIFIED|DELETED)\x12/s.exec(frame.subarray(4).toString('latin1'))?.[1];
      seen.push([type, decode(frame.subarray(frame.indexOf('k8s\0'))).kind]);
      if (seen.length === 2) break;
    }
    stop.abort();
    expect(seen).toEqual([['ADDED', 'ConfigMap'], ['DELETED', 'ConfigMap']]);
  });

  it('reads options of deletions and bodies of subresources', async () => {
    const [path, pod] = OBJECTS[2]!;
    await call('POST', path, pod);
    const preconditions = { uid: 'other' };
    expect(await call('DELETE', `${path}/a`, { apiVersion: 'v1', kind: 'DeleteOptions', preconditions })).toMatchObject({ status: 409 });
    expect(await call('DELETE', `${path}/a`, { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Nowhere' })).toMatchObject({ status: 422, object: { kind: 'Status', details: { kind: 'DeleteOptions' } } });
    expect(await call('POST', `${path}/a/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'a' }, deleteOptions: { dryRun: ['All'] } })).toMatchObject({ status: 201, object: { status: 'Success' } });
    expect(await call('POST', `${path}/a/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a' }, target: { kind: 'Node', name: 'n' } })).toMatchObject({ status: 201 });
    expect((await json(`${path}/a`)).object.spec).toMatchObject({ nodeName: 'n' });
    await call('POST', OBJECTS[7]![0], OBJECTS[7]![1]);
    const scale = `${OBJECTS[7]![0]}/a/scale`;
    const { object } = await call('GET', scale);
    expect(await call('PUT', scale, { ...object, spec: { replicas: 3 } })).toMatchObject({ status: 200, object: { kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 3 } } });
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', metadata: {}, spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } };
    expect(await call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review)).toMatchObject({ status: 201, object: { status: { allowed: true } } });
  });

  it.each([
    ['no envelope', Buffer.from('{}'), 'the object provided is unrecognized (must be of type ConfigMap): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] ({})'],
    ['nothing in it', Buffer.from('k8s\0'), 'the object provided is unrecognized (must be of type ConfigMap): empty body (6b387300)'],
    ['a message that ends early', Buffer.from('k8s\0\x12\x02\n\x09', 'latin1'), 'ConfigMap in version "v1" cannot be handled as a ConfigMap: unexpected EOF'],
    ['a field of another wire type', Buffer.from('k8s\0\x12\x02\x08\x01', 'latin1'), 'ConfigMap in version "v1" cannot be handled as a ConfigMap: proto: wrong wireType = 0 for field Metadata'],
    ['another kind', encodeProtobuf({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } })!, 'Secret in version "v1" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion'],
  ])('refuses %s', async (_name, body, message) => {
    expect(await call('POST', CONFIG_MAPS, body)).toMatchObject({ status: 400, contentType: PROTOBUF, object: { kind: 'Status', reason: 'BadRequest', message } });
  });

  it('tells its groups and resources', async () => {
    expect((await call('GET', '/api/v1')).object).toMatchObject({ kind: 'APIResourceList', resources: expect.arrayContaining([expect.objectContaining({ name: 'pods', verbs: expect.arrayContaining(['watch']) as unknown })]) as unknown });
    const { body } = await call('GET', '/apis', undefined, { accept: `${PROTOBUF};g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList` });
    expect(readRaw(openEnvelope(body).raw, findMessage('k8s.io.api.apidiscovery.v2.APIGroupDiscoveryList')!).items).toEqual(expect.arrayContaining([expect.objectContaining({ metadata: { name: 'apps' } })]));
  });

  async function define(): Promise<void> {
    await call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', DEFINITION);
    for (let tries = 0; tries < 100; tries++) {
      if ((await json(WIDGETS)).status === 200) return;
      await clock.yield();
    }
    throw new Error('the definition is not served');
  }
});

/** Without what is made up anew for each object. */
function withoutIdentity(object: KubeObject): unknown {
  return JSON.parse(JSON.stringify(object).replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'UID').replace(/10\.\d+\.\d+\.\d+/g, 'IP').replace(/(?<=kube-api-access-)\w+/g, 'SUFFIX'));
}

function decode(bytes: Uint8Array): KubeObject & Record<string, unknown> & { items: KubeObject[] } {
  const { raw, ...typeMeta } = openEnvelope(bytes);
  return { ...typeMeta, ...readRaw(raw, messageOf(typeMeta.apiVersion, typeMeta.kind)!) } as never;
}
