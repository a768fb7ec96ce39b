import { FakeClock, readAll, SeededRandom, type Transport } from '@kubewright/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ApiServer } from './api-server.js';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const TOKEN = '/api/v1/namespaces/default/serviceaccounts/sa/token';
const JSON_PATCH = 'application/json-patch+json';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const APPLY = 'application/apply-patch+yaml';
const AUTOSCALERS = (version: string): string => `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers`;

type Row = readonly [about: string, request: string, body: unknown, headers: Record<string, string>, status: number, message: string | RegExp];

const type = (contentType: string): Record<string, string> => ({ 'content-type': contentType });

const ANSWERS: readonly Row[] = [
  ['a patch of a type that only other servers know', `PATCH ${CONFIG_MAPS}/a`, 'x', type('application/apply-patch+cbor'), 415, '415: Unsupported Media Type'],
  ['a patch that is a document', `PATCH ${CONFIG_MAPS}/a`, {}, type('application/json'), 415, '415: Unsupported Media Type'],
  ['a JSON patch that is no list', `PATCH ${CONFIG_MAPS}/a`, {}, type(JSON_PATCH), 400, 'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp'],
  ['a JSON patch whose test fails', `PATCH ${CONFIG_MAPS}/a`, [{ op: 'test', path: '/data/k', value: 'no' }], type(JSON_PATCH), 422, 'the server rejected our request due to an error in our request'],
  ['a merge patch that is a list', `PATCH ${CONFIG_MAPS}/a`, [], type(MERGE), 400, 'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}'],
  ['a number where a text belongs, by strategic merge', `PATCH ${CONFIG_MAPS}/a`, { data: { k: 1 } }, type(STRATEGIC), 422, ' "" is invalid: patch: Invalid value: "map[data:map[k:1]]": cannot convert int64 to string'],
  ['a list where a map belongs, by strategic merge', `PATCH ${CONFIG_MAPS}/a`, { data: ['x'] }, type(STRATEGIC), 422, ' "" is invalid: patch: Invalid value: "map[data:[x]]": cannot restore map from slice'],
  ['a flag where a number belongs, by strategic merge', 'PATCH /api/v1/namespaces/default/pods/p', { spec: { priority: true } }, type(STRATEGIC), 422, ' "" is invalid: patch: Invalid value: "map[spec:map[priority:true]]": unrecognized type: int32'],
  ['force without apply', `PATCH ${CONFIG_MAPS}/a?force=true`, {}, type(MERGE), 422, 'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch'],
  ['apply without a manager', `PATCH ${CONFIG_MAPS}/b`, {}, type(APPLY), 422, 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'],
  ['apply of a value of a wrong type', `PATCH ${CONFIG_MAPS}/b?fieldManager=m`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' }, data: { k: 1 } }, type(APPLY), 500,
    'failed to create typed patch object (/b; /v1, Kind=ConfigMap): .data.k: expected string, got &value.valueUnstructured{Value:1}'],
  ['apply of a list of objects', `PATCH ${CONFIG_MAPS}/b?fieldManager=m`, { apiVersion: 'v1', kind: 'List', items: [] }, type(APPLY), 400, 'invalid object type: /v1, Kind=List'],
  ['apply under another name', `PATCH ${CONFIG_MAPS}/b?fieldManager=m`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }, type(APPLY), 400, 'the name of the object (c) does not match the name on the URL (b)'],
  ['apply of an object that is gone', `PATCH ${CONFIG_MAPS}/b?fieldManager=m`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b', uid: 'x' } }, type(APPLY), 409,
    'Operation cannot be fulfilled on configmaps "b": uid mismatch: the provided object specified uid x, and no existing object was found'],
  ['keys that stand twice, under Strict', `POST ${CONFIG_MAPS}?fieldValidation=Strict`, '{"metadata":{"name":"x"},"data":{"a":"1","a":"2"},"foo":1}', {}, 400,
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: duplicate field "data.a", unknown field "foo"'],
  ['a version that is not served any more', 'POST /apis/apps/v1/namespaces/default/deployments', { apiVersion: 'extensions/v1beta1', kind: 'Deployment' }, {}, 400,
    'the API version in the data (extensions/v1beta1) does not match the expected API version (apps/v1)'],
  ['an event of the other group', 'POST /api/v1/namespaces/default/events', { apiVersion: 'events.k8s.io/v1', kind: 'Event' }, {}, 400, 'the API version in the data (events.k8s.io/v1) does not match the expected API version (v1)'],
  ['another kind of another group', `POST ${CONFIG_MAPS}`, { apiVersion: 'apps/v1', kind: 'Deployment' }, {}, 400, 'Deployment in version "v1" cannot be handled as a ConfigMap: converting (v1.Deployment) to (core.ConfigMap): unknown conversion'],
  ['a time that is none', 'POST /apis/coordination.k8s.io/v1/namespaces/default/leases', { spec: { renewTime: '2024-13-01' } }, {}, 400, 'Lease in version "v1" cannot be handled as a Lease: parsing time "2024-13-01": month out of range'],
  ['a time with too few digits', 'POST /apis/coordination.k8s.io/v1/namespaces/default/leases', { spec: { renewTime: '2024-01-01T00:00:10.5Z' } }, {}, 400,
    'Lease in version "v1" cannot be handled as a Lease: parsing time "2024-01-01T00:00:10.5Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse ".5Z" as ".000000"'],
  ['a port that is no whole number', 'POST /api/v1/namespaces/default/services', { spec: { ports: [{ port: 1, targetPort: 1.5 }] } }, {}, 400,
    'Service in version "v1" cannot be handled as a Service: json: cannot unmarshal number 1.5 into Go struct field ServicePort.spec.ports.targetPort of type int32'],
  ['an unknown level of validation', `POST ${CONFIG_MAPS}?fieldValidation=Foo`, {}, {}, 422, 'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Foo": supported values: "", "Ignore", "Strict", "Warn"'],
  ['an empty dryRun', `POST ${CONFIG_MAPS}?dryRun=`, {}, {}, 422, 'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: [""]: supported values: "All"'],
  ['a manager of control characters', `POST ${CONFIG_MAPS}?fieldManager=a%00b`, {}, {}, 422, /fieldManager: Invalid value: "a\\u0000b": invalid character U\+0000 \(at position 1\)$/],
  ['a name in the path of a create', `POST ${CONFIG_MAPS}/a`, {}, {}, 405, 'the server does not allow this method on the requested resource'],
  ['a condition on the uid', `DELETE ${CONFIG_MAPS}/a`, { preconditions: { uid: 'no' } }, {}, 409, /^Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition \(no\) does not match the UID in record/],
  ['both ways to say what becomes of dependents', `DELETE ${CONFIG_MAPS}/a`, { orphanDependents: true, propagationPolicy: 'Orphan' }, {}, 422, /orphanDependents and deletionPropagation cannot be both set$/],
  ['a deletion by fields that can not be selected', `DELETE ${CONFIG_MAPS}?fieldSelector=data.x%3D1`, undefined, {}, 400, /^"data.x" is not a known field selector/],
  ['a limit that is no number', `GET ${CONFIG_MAPS}?limit=x`, undefined, {}, 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
  ['options of watches in a list, all told at once', `GET ${CONFIG_MAPS}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan`, undefined, {}, 422,
    'ListOptions.meta.k8s.io "" is invalid: [resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided, sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list]'],
  ['a match that no watch has', `GET ${CONFIG_MAPS}?watch=1&resourceVersionMatch=Exact&resourceVersion=1`, undefined, {}, 422,
    'ListOptions.meta.k8s.io "" is invalid: [resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided, resourceVersionMatch: Unsupported value: "Exact": supported values: "NotOlderThan"]'],
  ['a watch from no version', `GET ${CONFIG_MAPS}?watch=1&resourceVersion=x`, undefined, {}, 500, 'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax'],
  ['a list in a form that its route does not have', `GET ${CONFIG_MAPS}`, undefined, { accept: 'text/html' }, 406,
    '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch'],
  ['groups without a user', `GET ${CONFIG_MAPS}`, undefined, { 'impersonate-group': 'g' }, 500, 'requested [{Group  g    }] without impersonating a user'],
  ['a token under another name', `POST ${TOKEN}`, { metadata: { name: 'other' }, spec: {} }, {}, 422, 'TokenRequest.authentication.k8s.io "sa" is invalid: metadata.name: Invalid value: "other": must match the service account name if specified'],
  ['a token that is too short', `POST ${TOKEN}`, { spec: { expirationSeconds: 10 } }, {}, 422, /spec.expirationSeconds: Invalid value: 10: may not specify a duration less than 10 minutes$/],
  ['a token bound to what binds none', `POST ${TOKEN}`, { spec: { boundObjectRef: { kind: 'ConfigMap', apiVersion: 'v1', name: 'a' } } }, {}, 400, 'cannot bind token to object of type /v1, Kind=ConfigMap'],
  ['an event of the newer kind without what it needs', 'POST /apis/events.k8s.io/v1/namespaces/default/events', { metadata: { name: 'e' }, eventTime: '2026-01-01T00:00:00.000000Z', type: 'Odd', reportingController: 'a b', reportingInstance: 'i', action: 'A', reason: 'R' }, {}, 422,
    /^Event "e" is invalid: \[reportingController: Invalid value: "a b": name part must consist of .*, type: Invalid value: "": has invalid value: Odd\]$/],
  ['a schedule with a field too few', 'POST /apis/batch/v1/namespaces/default/cronjobs', { metadata: { name: 'c' }, spec: { schedule: '* * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } } } } }, {}, 422,
    'CronJob.batch "c" is invalid: spec.schedule: Invalid value: "* * * *": expected exactly 5 fields, found 4: [* * * *]'],
  ['an autoscaler of nothing', `POST ${AUTOSCALERS('v2')}`, { metadata: { name: 'x' } }, {}, 422, /^HorizontalPodAutoscaler.autoscaling "x" is invalid: \[spec.maxReplicas: Required value: must be set and greater than 0, /],
  ['an update of a budget without its version', 'PUT /apis/policy/v1/namespaces/default/poddisruptionbudgets/b', { metadata: { name: 'b' }, spec: {} }, {}, 422, 'poddisruptionbudgets.policy "b" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update'],
];

describe('the server', () => {
  let server: ApiServer;
  let transport: Transport;

  beforeAll(async () => {
    server = new ApiServer({ clock: new FakeClock(), random: new SeededRandom(1) });
    await server.start();
    transport = server.transport();
    await call(`POST ${CONFIG_MAPS}`, { metadata: { name: 'a' }, data: { k: 'v' } });
    await call('POST /api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'sa' } });
    await call('POST /api/v1/namespaces/default/pods', { metadata: { name: 'p' }, spec: { serviceAccountName: 'sa', containers: [{ name: 'c', image: 'i' }] } });
    await call('POST /apis/policy/v1/namespaces/default/poddisruptionbudgets', { metadata: { name: 'b' }, spec: {} });
  });

  afterAll(async () => server.close());

  async function call(request: string, body?: unknown, headers: Record<string, string> = {}): Promise<{ status: number; text: string; body: Record<string, unknown> }> {
    const [method = '', path = ''] = request.split(' ');
    const payload = body === undefined ? {} : { body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) };
    const response = await transport.dispatch({ method, path, headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }, ...payload });
    const text = Buffer.from(await readAll(response.body)).toString();
    return { status: response.status, text, body: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown> };
  }

  it.each(ANSWERS)('answers %s as the real one does', async (_about, request, body, headers, status, message) => {
    const answer = await call(request, body, headers);
    if (typeof message === 'string') expect([answer.status, answer.body.message]).toEqual([status, message]);
    else {
      expect(answer.body.message).toMatch(message);
      expect(answer.status).toBe(status);
    }
  });

  it.each([['curl/8.5.0', '', true], ['Mozilla/5.0 (X11)', '', true], ['kubectl/v1.36', '', false], ['curl/8.5.0', '?pretty=false', false], ['kubectl/v1.36', '?pretty=true', true], ['kubectl/v1.36', '?pretty=yes', false]])(
    'writes JSON for people where people read it: %s %s', async (agent, query, isPretty) => {
      const { text } = await call(`GET ${CONFIG_MAPS}/a${query}`, undefined, { 'user-agent': agent });
      expect(text.includes('\n  "metadata"')).toBe(isPretty);
    });

  it('shows an autoscaler of one version in the other, and back, without loss', async () => {
    const metrics = [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
      { type: 'Pods', pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '5' } } },
    ];
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' };
    await call(`POST ${AUTOSCALERS('v2')}`, { metadata: { name: 'h' }, spec: { scaleTargetRef, maxReplicas: 3, metrics, behavior: { scaleUp: { stabilizationWindowSeconds: 5 } } } });
    const { body: first } = await call(`GET ${AUTOSCALERS('v1')}/h`);
    expect(first.spec).toEqual({ scaleTargetRef, maxReplicas: 3, minReplicas: 1, targetCPUUtilizationPercentage: 60 });
    expect(Object.keys((first.metadata as { annotations: object }).annotations)).toEqual(['autoscaling.alpha.kubernetes.io/metrics', 'autoscaling.alpha.kubernetes.io/behavior']);
    expect((await call(`PUT ${AUTOSCALERS('v1')}/h`, { ...first, spec: { ...(first.spec as object), maxReplicas: 4 } })).status).toBe(200);
    const { body: second } = await call(`GET ${AUTOSCALERS('v2')}/h`);
    expect(second.spec).toMatchObject({ maxReplicas: 4, metrics: [metrics[1], metrics[0]], behavior: { scaleUp: { stabilizationWindowSeconds: 5, selectPolicy: 'Max' } } });
    expect((second.metadata as { annotations?: object }).annotations).toBeUndefined();
  });
});
