// Bodies: objects of the kinds that there are, with something wrong in them, and texts and bytes that are no objects at all.

const text = (length, of = 'x') => of.repeat(length);

/** Values that stand where others are expected. */
const ODD_VALUES = [
  () => null, () => [], () => ({}), () => '', () => true, () => -1, () => 0, () => 1.5, () => '1', () => [null], () => [[]], () => ({ '': null }),
  () => 2147483648, () => -2147483649, () => RAW('9223372036854775807'), () => RAW('9223372036854775808'), () => RAW('-9223372036854775809'), () => RAW('1e308'), () => RAW('1e400'),
  () => RAW('-0'), () => RAW('0.1e-400'), () => RAW(text(400, '9')), () => RAW(`1${text(400, '0')}.5`), () => RAW('1E+2'), () => RAW('NaN'), () => RAW('01'), () => RAW('"\\ud800"'), () => RAW('"\\u0000"'), () => RAW('"\\x"'),
  () => '__proto__', () => 'constructor', () => 'ü\u0000\ufeff', () => '💥'.repeat(30), () => text(300), () => '../..', () => '%2e%2e', () => '{{.}}', () => '2026-13-45T99:99:99Z', () => '1Ki.5', () => '-1e99999Mi', () => '!!binary x',
  () => ({ toString: 1, valueOf: 2, toJSON: 'x', hasOwnProperty: null, then: 1, length: 5, constructor: { prototype: { polluted: 1 } } }),
  () => RAW('{"__proto__":{"polluted":true}}'), () => RAW('{"a":1,"a":2,"a":{"a":3}}'), () => RAW('{"constructor":{"prototype":{"polluted":true}}}'),
];

/** Text that goes into the document as it is. */
class Raw {
  constructor(value) {
    this.value = value;
  }
}
const RAW = (value) => new Raw(value);

/** Whole documents that are none. */
const ODD_DOCUMENTS = [
  '', ' ', 'null', '[]', '0', '"x"', 'true', '{', '}', '{}', '{"a"', '{"a":}', '[[[', '\ufeff{}', '{}{}', '{}\n---\n{}', '{"metadata":null}', '{"metadata":[]}', '{"metadata":{"name":null}}', '{"kind":"List","apiVersion":"v1","items":[null]}',
  'a: &a [*a]', 'a: &a {b: *a}', '&a [*a,*a,*a,*a]', 'x: !!js/function x', '- - - - -', 'a: b: c', '%YAML 9.9\n---\na', '--- |\n', 'a: 0x7fffffffffffffffff', '? a\n: b', '<<: *x', 'a: .inf', 'a: 1e999', '__proto__: {polluted: 1}', 'constructor: {prototype: {polluted: 1}}',
];

const NAMES = Array.from({ length: 4 }, (_, index) => `fuzz-${index}`);
const podSpec = () => ({ containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, name: 'http' }], env: [{ name: 'A', value: 'b' }], resources: { limits: { cpu: '1', memory: '1Gi' } } }], volumes: [{ name: 'v', emptyDir: {} }] });
const schema = (description) => ({
  type: 'object', description,
  properties: {
    spec: {
      type: 'object', required: ['size'],
      properties: {
        size: { type: 'integer', format: 'int32', minimum: 0, default: 1 }, name: { type: 'string', pattern: '^[a-z]*$', maxLength: 20 }, either: { 'x-kubernetes-int-or-string': true }, open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        list: { type: 'array', maxItems: 10, items: { type: 'object', required: ['key'], properties: { key: { type: 'string' }, value: { type: 'number', nullable: true } } }, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['key'] },
        set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' }, map: { type: 'object', additionalProperties: { type: 'string', format: 'date-time' } }, pod: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
      },
      'x-kubernetes-validations': [{ rule: 'self.size < 100 || has(self.name)', message: 'too large' }, { rule: '!has(oldSelf.size) || self.size >= oldSelf.size', message: 'shrinks', optionalOldSelf: false }],
    },
    status: { type: 'object', properties: { replicas: { type: 'integer' }, phase: { type: 'string', enum: ['a', 'b'] } } },
  },
});

/** A definition whose kind the requests are about. */
export function definition(plural = 'widgets') {
  const kind = plural[0].toUpperCase() + plural.slice(1, -1);
  return {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${plural}.fuzz.example.com` },
    spec: {
      group: 'fuzz.example.com', scope: 'Namespaced', names: { plural, singular: plural.slice(0, -1), kind, listKind: `${kind}List`, shortNames: [plural.slice(0, 2)] },
      versions: [
        { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema('what is stored') }, subresources: { status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.replicas' } }, additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }], selectableFields: [{ jsonPath: '.spec.name' }] },
        { name: 'v1beta1', served: true, storage: false, schema: { openAPIV3Schema: schema('what was before') } },
      ],
    },
  };
}

/** What is stored under which path. `admissionregistration.k8s.io` is left out: what it stores would answer in the server's place. */
export const KINDS = [
  { path: '/api/v1', plural: 'configmaps', namespaced: true, make: () => ({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' }, binaryData: { c: 'AAAA' } }) },
  { path: '/api/v1', plural: 'secrets', namespaced: true, make: () => ({ apiVersion: 'v1', kind: 'Secret', type: 'Opaque', data: { a: 'Yg==' }, stringData: { c: 'd' } }) },
  { path: '/api/v1', plural: 'pods', namespaced: true, subresources: ['status', 'log', 'exec', 'binding', 'eviction', 'ephemeralcontainers', 'resize', 'proxy'], make: () => ({ apiVersion: 'v1', kind: 'Pod', spec: podSpec() }) },
  { path: '/api/v1', plural: 'services', namespaced: true, subresources: ['status', 'proxy'], make: () => ({ apiVersion: 'v1', kind: 'Service', spec: { selector: { a: 'b' }, ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }] } }) },
  { path: '/api/v1', plural: 'serviceaccounts', namespaced: true, subresources: ['token'], make: () => ({ apiVersion: 'v1', kind: 'ServiceAccount' }) },
  { path: '/api/v1', plural: 'events', namespaced: true, make: () => ({ apiVersion: 'v1', kind: 'Event', involvedObject: { kind: 'Pod', name: 'x', namespace: 'default' }, reason: 'r', message: 'm', count: 1 }) },
  { path: '/api/v1', plural: 'persistentvolumeclaims', namespaced: true, subresources: ['status'], make: () => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }) },
  { path: '/api/v1', plural: 'limitranges', namespaced: true, make: () => ({ apiVersion: 'v1', kind: 'LimitRange', spec: { limits: [{ type: 'Container', max: { cpu: '4' } }] } }) },
  { path: '/api/v1', plural: 'nodes', namespaced: false, subresources: ['status', 'proxy'], make: () => ({ apiVersion: 'v1', kind: 'Node', spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } }) },
  { path: '/apis/apps/v1', plural: 'deployments', namespaced: true, subresources: ['status', 'scale'], make: () => ({ apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 1, selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: podSpec() } } }) },
  { path: '/apis/apps/v1', plural: 'statefulsets', namespaced: true, subresources: ['status', 'scale'], make: () => ({ apiVersion: 'apps/v1', kind: 'StatefulSet', spec: { replicas: 1, serviceName: 's', selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: podSpec() } } }) },
  { path: '/apis/apps/v1', plural: 'replicasets', namespaced: true, subresources: ['status', 'scale'], make: () => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', spec: { replicas: 0, selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: podSpec() } } }) },
  { path: '/apis/batch/v1', plural: 'cronjobs', namespaced: true, subresources: ['status'], make: () => ({ apiVersion: 'batch/v1', kind: 'CronJob', spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template: { spec: { ...podSpec(), restartPolicy: 'Never' } } } } } }) },
  { path: '/apis/rbac.authorization.k8s.io/v1', plural: 'roles', namespaced: true, make: () => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }) },
  { path: '/apis/rbac.authorization.k8s.io/v1', plural: 'rolebindings', namespaced: true, make: () => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'x' }, subjects: [{ kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' }] }) },
  { path: '/apis/coordination.k8s.io/v1', plural: 'leases', namespaced: true, make: () => ({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', spec: { holderIdentity: 'h', leaseDurationSeconds: 10, renewTime: '2026-01-02T03:04:05.000000Z' } }) },
  { path: '/apis/autoscaling/v2', plural: 'horizontalpodautoscalers', namespaced: true, subresources: ['status'], make: () => ({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', spec: { scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' }, maxReplicas: 3, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }] } }) },
  { path: '/apis/autoscaling/v1', plural: 'horizontalpodautoscalers', namespaced: true, make: () => ({ apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { annotations: { 'autoscaling.alpha.kubernetes.io/metrics': '[{}]' } }, spec: { scaleTargetRef: { kind: 'Deployment', name: 'd' }, maxReplicas: 3 } }) },
  { path: '/apis/policy/v1', plural: 'poddisruptionbudgets', namespaced: true, subresources: ['status'], make: () => ({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', spec: { minAvailable: '50%', selector: { matchLabels: { a: 'b' } } } }) },
  { path: '/apis/networking.k8s.io/v1', plural: 'ingresses', namespaced: true, make: () => ({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', spec: { rules: [{ host: 'a.b', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }] } }] } }) },
  { path: '/apis/certificates.k8s.io/v1', plural: 'certificatesigningrequests', namespaced: false, subresources: ['status', 'approval'], make: () => ({ apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', spec: { request: 'AAAA', signerName: 'example.com/x', usages: ['client auth'] } }) },
  { path: '/apis/authorization.k8s.io/v1', plural: 'subjectaccessreviews', namespaced: false, make: () => ({ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user: 'u', resourceAttributes: { verb: 'get', resource: 'pods' } } }) },
  { path: '/apis/authentication.k8s.io/v1', plural: 'tokenreviews', namespaced: false, make: () => ({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 'a.b.c' } }) },
  { path: '/apis/apiextensions.k8s.io/v1', plural: 'customresourcedefinitions', namespaced: false, subresources: ['status'], names: ['gadgets.fuzz.example.com'], make: () => definition('gadgets') },
  { path: '/apis/fuzz.example.com/v1', plural: 'widgets', namespaced: true, subresources: ['status', 'scale'], weight: 6, make: () => ({ apiVersion: 'fuzz.example.com/v1', kind: 'Widget', spec: { size: 3, name: 'a', either: '50%', list: [{ key: 'a', value: 1.5 }], set: ['a'], map: {}, open: { a: 1 }, pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } } } }) },
  { path: '/apis/fuzz.example.com/v1beta1', plural: 'widgets', namespaced: true, weight: 2, make: () => ({ apiVersion: 'fuzz.example.com/v1beta1', kind: 'Widget', spec: { size: 1 } }) },
].flatMap((kind) => Array.from({ length: kind.weight ?? 1 }, () => kind));

/** A name that may be there. */
export const nameOf = (random, kind) => random.pick(kind.names ?? NAMES);

/** The bytes of a request's body, and the type that it says it is of. `seeds` are documents of protobuf. */
export function makeBody(random, kind, name, verb, seeds) {
  if (random.chance(0.06)) return { type: oddType(random), bytes: random.bytes(random.below(200)) };
  if (random.chance(0.06)) return { type: oddType(random), bytes: Buffer.from(random.pick(ODD_DOCUMENTS)) };
  if (random.chance(0.04)) return { type: 'application/json', bytes: Buffer.from(deep(random)) };
  if (random.chance(0.05) && seeds.length > 0) return { type: 'application/vnd.kubernetes.protobuf', bytes: corrupt(random, random.pick(seeds)) };
  if (verb === 'patch') return patchBody(random, kind, name);
  const object = kind.make();
  object.metadata = { name, labels: { a: 'b' }, ...object.metadata };
  if (verb === 'create' && random.chance(0.2)) object.metadata = { generateName: 'fuzz-' };
  if (random.chance(0.2)) Object.assign(object.metadata, random.pick([{ resourceVersion: random.pick(['1', '0', 'x', '99999999999999999999', '-1']) }, { uid: 'x' }, { finalizers: ['example.com/f'] }, { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'x', uid: 'y', controller: true }] }, { managedFields: [{ manager: 'm', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { 'f:a': {} }, 'k:{"a":1}': {} } }] }, { deletionTimestamp: '2026-01-01T00:00:00Z' }]));
  for (let times = random.pick([0, 0, 0, 0, 1, 1, 2, 4]); times > 0; times--) mutate(random, object);
  let bytes = Buffer.from(write(random, object));
  if (random.chance(0.08)) bytes = corrupt(random, bytes);
  return { type: random.chance(0.9) ? 'application/json' : oddType(random), bytes };
}

function patchBody(random, kind, name) {
  const type = random.pick(['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml', 'application/apply-patch+yaml', oddType(random)]);
  if (type === 'application/json-patch+json') {
    const pointer = () => random.pick(['', '/', '/metadata', '/metadata/labels/a', '/metadata/annotations', '/spec', '/spec/list/0', '/spec/list/-', '/spec/list/99999999999', '/data/a', '/spec/size', '/a~1b~0', '/~2', 'x', '/__proto__/polluted', '/constructor/prototype/polluted', '/metadata/managedFields', '/spec/containers/0/image', '/spec/list/01', '/spec/list/-1', 5, null]);
    const operations = Array.from({ length: random.below(5) }, () => {
      const operation = { op: random.pick(['add', 'replace', 'remove', 'test', 'move', 'copy', 'nope', null]), path: pointer(), from: pointer(), value: random.pick(ODD_VALUES)() };
      if (random.chance(0.2)) delete operation[random.pick(Object.keys(operation))];
      return operation;
    });
    return { type, bytes: Buffer.from(write(random, random.chance(0.95) ? operations : operations[0] ?? null)) };
  }
  const object = kind.make();
  object.metadata = { name: random.chance(0.9) ? name : 'other', ...(random.chance(0.3) && { labels: { a: null, c: 'd' } }) };
  if (type.startsWith('application/strategic') && random.chance(0.4)) {
    Object.assign(object.spec ?? object, random.pick([{ $patch: 'delete' }, { $patch: 'replace' }, { $patch: 'nope' }, { $retainKeys: ['a'] }, { '$setElementOrder/list': [{ key: 'a' }] }, { '$deleteFromPrimitiveList/set': ['a'] }, { containers: [{ $patch: 'delete', name: 'c' }] }, { $retainKeys: 1 }, { '$setElementOrder/containers': 'x' }]));
  }
  for (let times = random.pick([0, 0, 0, 1, 1, 2, 4]); times > 0; times--) mutate(random, object);
  const bytes = Buffer.from(write(random, object));
  return { type, bytes: random.chance(0.05) ? corrupt(random, bytes) : bytes };
}

function oddType(random) {
  return random.pick(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'text/plain', '', 'application/json; charset=latin1', 'application/cbor', 'application/json;;;=', '*/*', 'a/b/c', 'application/merge-patch+json', '\u00e4']);
}

/** Puts something odd somewhere into a value. */
function mutate(random, root) {
  let parent = root;
  for (;;) {
    const keys = Object.keys(parent);
    if (keys.length === 0 || random.chance(0.15)) {
      const key = random.pick(['__proto__', 'constructor', 'extra', '', '$patch', 'a.b/c', 'ü', 'toString', text(300), 'x\u0000', 'apiVersion', 'kind', 'metadata', 'items']);
      const value = random.pick(ODD_VALUES)();
      if (Array.isArray(parent)) parent.push(value);
      else Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
      return;
    }
    const key = random.pick(keys);
    const value = parent[key];
    if (typeof value !== 'object' || value === null || value instanceof Raw || random.chance(0.25)) {
      if (random.chance(0.2)) delete parent[key];
      else if (random.chance(0.15) && Array.isArray(parent)) parent.push(parent[key]);
      else parent[key] = random.pick(ODD_VALUES)();
      return;
    }
    parent = value;
  }
}

function write(random, value) {
  if (value instanceof Raw) return value.value;
  if (Array.isArray(value)) return `[${value.map((item) => write(random, item)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.keys(value).map((key) => `${JSON.stringify(key)}:${write(random, value[key])}`);
  if (members.length > 0 && random.chance(0.02)) members.push(random.pick(members));
  return `{${members.join(random.chance(0.05) ? ' ,\n' : ',')}}`;
}

function deep(random) {
  const depth = random.pick([50, 900, 1100, 11_000, 60_000]);
  const [open, close] = random.pick([['[', ']'], ['{"a":', '}'], ['[{"a":', '}]'], ['{"properties":{"a":', '}}']]);
  const around = random.pick([(inner) => inner, (inner) => `{"metadata":{"name":"fuzz-1"},"data":${inner}}`, (inner) => `{"apiVersion":"fuzz.example.com/v1","kind":"Widget","metadata":{"name":"fuzz-1"},"spec":{"size":1,"open":${inner}}}`]);
  return around(open.repeat(depth) + (random.chance(0.8) ? '1' + close.repeat(depth) : ''));
}

/** Flips, cuts, doubles and puts in bytes that are not UTF-8. */
export function corrupt(random, bytes) {
  let result = Buffer.from(bytes);
  for (let times = 1 + random.below(3); times > 0 && result.length > 0; times--) {
    const at = random.below(result.length);
    switch (random.below(5)) {
      case 0: result[at] = random.below(256); break;
      case 1: result = result.subarray(0, at); break;
      case 2: result = Buffer.concat([result.subarray(0, at), random.pick([Buffer.of(0xff), Buffer.of(0xc3), Buffer.of(0xed, 0xa0, 0x80), Buffer.of(0), Buffer.of(0xf8, 0x88)]), result.subarray(at)]); break;
      case 3: result = Buffer.concat([result.subarray(0, at), result.subarray(random.below(result.length))]); break;
      default: result[at] ^= 1 << random.below(8);
    }
  }
  return result;
}
