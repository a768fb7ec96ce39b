// Packs the schemas of built-in types: node scripts/pack-core-types.mjs CORE_TYPES.json OPENAPI_V2.json
// CORE_TYPES has the types that controller-gen was asked for, exactly as it sees them. OPENAPI fills in the others: it agrees with controller-gen
// (compared over the common types) but for defaults, inlined references and enums, which controller-gen does not read; these are put right here.
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const [coreFile, openapiFile] = process.argv.slice(2);
const core = JSON.parse(readFileSync(coreFile, 'utf8'));
const openapi = JSON.parse(readFileSync(openapiFile, 'utf8')).definitions;
const packed = {};

for (const [key, schema] of Object.entries(core)) packed[shortKey(key)] = fromCore(schema, key.slice(0, key.lastIndexOf('.')));
for (const [key, schema] of Object.entries(openapi)) {
  const short = openapiKey(key);
  if (short && !packed[short]) packed[short] = fromOpenapi(schema);
}
packed['meta/v1.Time'] = { type: 'string', format: 'date-time' };
packed['meta/v1.MicroTime'] = { type: 'string', format: 'date-time' };
packed['meta/v1.Duration'] = { type: 'string' };
packed['meta/v1.ObjectMeta'] = { type: 'object' };
packed['meta/v1.FieldsV1'] = { type: 'object' };
// The validation markers of metav1.Condition, which OpenAPI leaves out.
packed['meta/v1.Condition'] = {
  type: 'object',
  properties: {
    lastTransitionTime: { type: 'string', format: 'date-time' },
    message: { type: 'string', maxLength: 32768 },
    observedGeneration: { type: 'integer', format: 'int64', minimum: 0 },
    reason: { type: 'string', minLength: 1, maxLength: 1024, pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$' },
    status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
    type: {
      type: 'string',
      maxLength: 316,
      pattern: '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$',
    },
  },
  required: ['lastTransitionTime', 'message', 'reason', 'status', 'type'],
};
// client-go's JSON types are open.
for (const name of ['JSON', 'JSONSchemaPropsOrArray', 'JSONSchemaPropsOrBool', 'JSONSchemaPropsOrStringArray'])
  packed[`apiextensions/v1.${name}`] = { 'x-kubernetes-preserve-unknown-fields': true };

for (const [key, schema] of Object.entries(packed)) checkReferences(schema, key);
const sorted = Object.fromEntries(Object.entries(packed).sort(([a], [b]) => (a < b ? -1 : 1)));
const out = new URL('../data/core-types.json.gz', import.meta.url);
writeFileSync(out, gzipSync(JSON.stringify(sorted), { level: 9 }));
console.log(`${Object.keys(sorted).length} types, ${Object.keys(core).length} of them from controller-gen`);

/** k8s.io/api/core/v1.Container -> core/v1.Container */
function shortKey(key) {
  if (key.endsWith('resource.Quantity')) return 'meta/v1.Quantity';
  if (key.endsWith('intstr.IntOrString')) return 'meta/v1.IntOrString';
  return key.replace(/^k8s\.io\/(?:apimachinery\/pkg\/apis|apiextensions-apiserver\/pkg\/apis|api)\//, '');
}

/** io.k8s.api.core.v1.Container -> core/v1.Container */
function openapiKey(key) {
  if (key.endsWith('resource.Quantity')) return 'meta/v1.Quantity';
  if (key.endsWith('intstr.IntOrString')) return 'meta/v1.IntOrString';
  const found = /^io\.k8s\.(?:api|apimachinery\.pkg\.apis|apiextensions-apiserver\.pkg\.apis|kube-aggregator\.pkg\.apis)\.(\w+)\.(v\w+)\.(\w+)$/.exec(
    key,
  );
  return found ? `${found[1]}/${found[2]}.${found[3]}` : undefined;
}

function fromCore(schema, pkg) {
  let out = { ...schema };
  if (out.$ref) {
    const name = out.$ref.replace('#/definitions/', '');
    out.$ref = shortKey(name.includes('~0') ? name.replaceAll('~1', '/').replace('~0', '.') : `${pkg}.${name}`);
  }
  const embedded = out.allOf ?? [];
  delete out.allOf;
  out = children(out, (child) => fromCore(child, pkg));
  // Only Go embedding comes as allOf of references here.
  for (const part of embedded) {
    const name = part.$ref.replace('#/definitions/', '');
    const base = fromCore(core[`${pkg}.${name}`], pkg);
    const required = [...new Set([...(out.required ?? []), ...(base.required ?? [])])].sort();
    out = { ...base, ...out, properties: { ...base.properties, ...out.properties }, ...(required.length > 0 ? { required } : {}) };
  }
  return out;
}

function fromOpenapi(schema) {
  const out = { ...schema };
  for (const part of out.allOf ?? []) if (part.$ref) out.$ref = part.$ref;
  for (const key of Object.keys(out))
    if (/^(allOf|enum|description|title|example|x-kubernetes-(patch|group|unions|validations).*)$/.test(key)) delete out[key];
  if (out.$ref) out.$ref = openapiKey(out.$ref.replace('#/definitions/', ''));
  // A union of the aggregator's own: any JSON.
  if (!out.$ref && !out.type && !out['x-kubernetes-int-or-string']) out['x-kubernetes-preserve-unknown-fields'] = true;
  if (out.required) out.required = [...out.required].sort();
  const done = children(out, fromOpenapi);
  for (const [name, child] of Object.entries(schema.properties ?? {}))
    if (name === 'protocol' && child.enum?.includes('TCP') && child.enum.includes('SCTP'))
      done.properties.protocol = { type: 'string', default: 'TCP' };
  return done;
}

function children(schema, map) {
  const out = { ...schema };
  if (out.items) out.items = map(out.items);
  if (out.additionalProperties && typeof out.additionalProperties === 'object') out.additionalProperties = map(out.additionalProperties);
  if (out.properties) out.properties = Object.fromEntries(Object.entries(out.properties).map(([name, child]) => [name, map(child)]));
  return out;
}

function checkReferences(schema, key) {
  if (schema.$ref && !packed[schema.$ref]) throw new Error(`${key} refers to ${schema.$ref}, which is not there`);
  children(schema, (child) => (checkReferences(child, key), child));
}
