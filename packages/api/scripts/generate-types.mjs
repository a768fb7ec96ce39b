/**
 * Writes the interfaces of the built-in kinds, src/<group>/<version>.ts, and their entries in package.json's `exports`.
 *
 *     node scripts/generate-types.mjs [--check] [folder with OpenAPI v3 documents] [discovery: a folder, or one file with all documents]
 *
 * With --check nothing is written, and the exit code is 1 if something would change. Same input, same bytes. Names and shapes are those of the JSON; only these are bent for the people who write objects:
 * - `metadata` is required in kinds, `spec` in kinds and templates (a server fills them in, so readers need no `?.`);
 * - closed lists of strings stay open (`'TCP' | 'UDP' | (string & {})`): servers add values, and a field of a custom resource is a plain string;
 * - lists (PodList) are left out, `KubeList<Pod>` says the same.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const isCheck = process.argv.includes('--check');
const [openapiDir = resolve(root, '../apiserver/data/openapi-v3'), discoveryPath = resolve(root, '../apiserver/data/discovery.json.gz')] = process.argv.slice(2).filter((argument) => argument !== '--check');

/** Kinds that are commonly written without a spec. */
const SPEC_OPTIONAL = new Set(['Namespace', 'Node']);

/** Groups whose folder has another name than its export, because src/ has a folder of that name for something else. */
const FOLDERS = { resource: 'dynamicresource' };

/** Types that are written by hand: schema name -> [type, file in src that exports it]. No file: a type of the language. */
const HAND_WRITTEN = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': ['string | number'],
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': ['string | number'],
  'io.k8s.apimachinery.pkg.runtime.RawExtension': ['Record<string, unknown>'],
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': ['string'],
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': ['string'],
  'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta': ['ObjectMeta', 'meta/object-meta'],
  'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta': ['ListMeta', 'meta/object-meta'],
  'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions': ['DeleteOptions', 'meta/delete-options'],
  'io.k8s.apimachinery.pkg.apis.meta.v1.Condition': ['Condition', 'meta/condition'],
  'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector': ['LabelSelector', 'selector/label-selector'],
  'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement': ['LabelSelectorRequirement', 'selector/label-selector'],
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldSelectorRequirement': ['FieldSelectorRequirement', 'selector/field-selector'],
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': ['unknown'],
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps': ['JSONSchemaProps', 'schema/json-schema'],
};

main();

function main() {
  const documents = readFolder(openapiDir);
  const schemas = {};
  for (const name of Object.keys(documents).sort()) Object.assign(schemas, documents[name].components?.schemas);
  const files = new Map();
  for (const document of Object.values(readFolder(discoveryPath))) {
    if (document.kind === 'APIResourceList') collectKinds(document, schemas, files);
  }
  for (const file of [...files.keys()].sort()) {
    write(join(root, 'src', `${sourceOf(file)}.ts`), render(file, files.get(file), schemas));
  }
  writeExports([...files.keys()].sort());
}

function write(path, text) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  if (isCheck) {
    console.error(`${path} is out of date: run node packages/api/scripts/generate-types.mjs`);
    process.exitCode = 1;
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** `{ apis__apps__v1: document }` from a folder of files, or from one file that is already such an object. */
function readFolder(path) {
  if (!existsSync(path)) throw new Error(`${path} does not exist: give the folder with the recorded documents as an argument`);
  if (!statSync(path).isDirectory()) return readJson(path);
  const names = readdirSync(path).filter((name) => /\.json(\.gz)?$/.test(name)).sort();
  return Object.fromEntries(names.map((name) => [basename(name).replace(/\.json(\.gz)?$/, ''), readJson(join(path, name))]));
}

function readJson(path) {
  const bytes = readFileSync(path);
  return JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
}

/** Files by name (`apps/v1`): the kinds that they serve and the schemas that belong in them. */
function collectKinds(list, schemas, files) {
  const slash = list.groupVersion.indexOf('/');
  const group = slash < 0 ? '' : list.groupVersion.slice(0, slash);
  const version = list.groupVersion.slice(slash + 1);
  for (const resource of list.resources) {
    const gvk = { group: resource.group ?? group, version: resource.version ?? version, kind: resource.kind };
    const schema = Object.keys(schemas).find((name) => fileOf(name) && isKind(schemas[name], gvk));
    if (!schema) continue;
    addSchema(schema, schemas, files);
    if (resource.name.includes('/')) continue;
    const kind = { group, version, kind: resource.kind, plural: resource.name, scope: resource.namespaced ? 'Namespaced' : 'Cluster' };
    files.get(fileOf(schema)).kinds.set(typeName(schema), kind);
  }
}

function isKind(schema, gvk) {
  return schema['x-kubernetes-group-version-kind']?.length === 1 && Object.entries(gvk).every(([key, value]) => schema['x-kubernetes-group-version-kind'][0][key] === value);
}

function addSchema(name, schemas, files) {
  if (HAND_WRITTEN[name]) return;
  const file = fileOf(name);
  if (!file) throw new Error(`${name}: neither in a group nor in the list of types that are written by hand`);
  if (!files.has(file)) files.set(file, { kinds: new Map(), schemas: new Set() });
  if (files.get(file).schemas.has(name)) return;
  files.get(file).schemas.add(name);
  for (const reference of referencesIn(schemas[name])) addSchema(reference, schemas, files);
}

function referencesIn(node) {
  if (typeof node !== 'object' || node === null) return [];
  const own = typeof node.$ref === 'string' ? [refName(node.$ref)] : [];
  return [...own, ...Object.values(node).flatMap(referencesIn)];
}

function refName(ref) {
  return ref.slice(ref.lastIndexOf('/') + 1);
}

function typeName(name) {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** `io.k8s.api.apps.v1.Deployment` -> `apps/v1`; undefined for schemas outside of groups. */
function fileOf(name) {
  const match = /^io\.k8s\.(?:api|apiextensions-apiserver\.pkg\.apis|kube-aggregator\.pkg\.apis)\.([a-z]+)\.(v[a-z0-9]+)\.\w+$/.exec(name);
  return match ? `${match[1]}/${match[2]}` : undefined;
}

/** `resource/v1`, as packages import it, lies in `dynamicresource/v1`. Files that are written by hand lie where they say. */
function sourceOf(file) {
  const [group, version] = file.split('/');
  return /^v\d/.test(version) ? `${FOLDERS[group] ?? group}/${version}` : file;
}

function render(file, { kinds, schemas: names }, schemas) {
  const imports = new Map();
  const use = (name) => {
    const [type, from = fileOf(name)] = HAND_WRITTEN[name] ?? [typeName(name)];
    if (HAND_WRITTEN[name]?.length !== 1 && from !== file) imports.set(from, (imports.get(from) ?? new Set()).add(type));
    return type;
  };
  if (kinds.size > 0) imports.set('resource/resource-kind', new Set(['ResourceKind']));
  const body = [...names].sort((a, b) => (typeName(a) < typeName(b) ? -1 : 1)).map((name) => renderType(name, schemas[name], kinds.get(typeName(name)), use));
  const lines = [...imports.keys()].sort().map((from) => `import type { ${[...imports.get(from)].sort().join(', ')} } from '../${sourceOf(from)}.js';`);
  return `// Generated by scripts/generate-types.mjs; do not edit.\n${lines.join('\n')}\n\n${body.join('\n\n')}\n`;
}

function renderType(name, schema, kind, use) {
  const type = typeName(name);
  const isObject = schema['x-kubernetes-group-version-kind'] !== undefined;
  const properties = Object.entries(schema.properties ?? {});
  const hasMetadata = schema.properties?.metadata !== undefined;
  const required = new Set(schema.required ?? []);
  if (isObject && hasMetadata) required.add('metadata');
  if (hasMetadata && schema.properties.spec && !SPEC_OPTIONAL.has(type)) required.add('spec');
  if (isObject) properties.sort(([a], [b]) => rank(a) - rank(b));
  const members = properties.map(([key, value]) => `  ${/^[A-Za-z_$][\w$]*$/.test(key) ? key : `'${key}'`}${required.has(key) ? '' : '?'}: ${typeOf(value, use)};`);
  const shape = members.length > 0 ? `export interface ${type} {\n${members.join('\n')}\n}` : `export type ${type} = ${schema.type === 'object' ? 'Record<string, unknown>' : 'unknown'};`;
  return kind ? `${shape}\nexport const ${type}: ResourceKind<${type}> = ${renderKind(kind)};` : shape;
}

/** The order in which people write the members of an object. */
function rank(key) {
  return { apiVersion: 0, kind: 1, metadata: 2, spec: 3, status: 5 }[key] ?? 4;
}

function renderKind(kind) {
  return `{ ${Object.entries(kind).map(([key, value]) => `${key}: '${value}'`).join(', ')} }`;
}

function typeOf(node, use) {
  const ref = node.$ref ?? (node.allOf?.length === 1 ? node.allOf[0].$ref : undefined);
  if (ref) return use(refName(ref));
  if (node.enum) return `${node.enum.map((value) => `'${value}'`).join(' | ')} | (string & {})`;
  switch (node.type) {
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'array': {
      const item = typeOf(node.items ?? {}, use);
      return item.includes(' ') ? `(${item})[]` : `${item}[]`;
    }
    case 'object':
      return node.additionalProperties ? `Record<string, ${typeOf(node.additionalProperties, use)}>` : 'Record<string, unknown>';
    default:
      return 'unknown';
  }
}

function writeExports(files) {
  const path = join(root, 'package.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const entry = (file) => ({ '@kubewright/source': `./src/${sourceOf(file)}.ts`, types: `./dist/${sourceOf(file)}.d.ts`, default: `./dist/${sourceOf(file)}.js` });
  manifest.exports = { '.': manifest.exports['.'], ...Object.fromEntries(files.map((file) => [`./${file}`, entry(file)])) };
  // Objects and lists without nested ones stay on one line.
  const text = JSON.stringify(manifest, null, 2).replace(/([{[])\n\s+([^{}[\]]*?)\n\s+([}\]])/g, (_, open, inner, close) => {
    const line = inner.replace(/\n\s+/g, ' ');
    return open === '{' ? `{ ${line} }` : `[${line}]`;
  });
  write(path, `${text}\n`);
}
