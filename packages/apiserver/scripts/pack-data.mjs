// Packs what a real API server says of itself (discovery, OpenAPI, columns of tables, bootstrap objects, protobuf messages) into data/.
//   node packages/apiserver/scripts/pack-data.mjs FOLDER
// FOLDER holds the recorded documents. The same documents give the same bytes: gzip's header carries no time and no system here.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';

const source = process.argv[2];
if (!source) {
  console.error('usage: node pack-data.mjs FOLDER\nFOLDER holds discovery/, openapi-v3/, openapi-v2.json, tables.json, field-labels.json, rbac-bootstrap.json, bootstrap-objects.json, protobuf.json');
  process.exit(2);
}
const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, '..', 'data');
const read = (...path) => JSON.parse(readFileSync(join(source, ...path), 'utf8'));
const jsonFiles = (folder) => readdirSync(join(source, folder)).filter((name) => name.endsWith('.json')).sort();

rmSync(target, { recursive: true, force: true });
for (const name of ['openapi-v2', 'field-labels', 'rbac-bootstrap', 'bootstrap-objects']) write(name, read(`${name}.json`));
write('tables', tables());
// All discovery documents are read at every start, so they are one file; one document of OpenAPI is large and read only when asked for.
write('discovery', Object.fromEntries(jsonFiles('discovery').map((name) => [name.slice(0, -'.json'.length), read('discovery', name)])));
write('protobuf', messages());
for (const name of jsonFiles('openapi-v3')) write(join('openapi-v3', name.slice(0, -'.json'.length)), read('openapi-v3', name));

/** The recorded columns with their descriptions, which column-descriptions.json.gz has by `apiVersion plural` and name: texts of the Go types' fields. */
function tables() {
  const described = JSON.parse(gunzipSync(readFileSync(join(here, 'column-descriptions.json.gz'))).toString('utf8'));
  return Object.fromEntries(Object.entries(read('tables.json')).map(([apiVersion, kinds]) => [apiVersion, Object.fromEntries(Object.entries(kinds).map(([plural, columns]) => [
    plural, columns.map((column) => ({ ...column, ...(described[`${apiVersion} ${plural}`]?.[column.name] && { description: described[`${apiVersion} ${plural}`][column.name] }) })),
  ]))]));
}

/**
 * Message -> [[field number, JSON name, type, flags]], by number. The recorded document names fields as the proto files do; protobuf-go.json.gz
 * has what only the Go types say, where it is not the common case (omitempty, no pointer, the proto's name): `flags[:JSON name]` with the flags
 * i (inline in JSON), p (pointer), k (kept: no omitempty), z (omitzero).
 */
function messages() {
  const go = JSON.parse(gunzipSync(readFileSync(join(here, 'protobuf-go.json.gz'))).toString('utf8'));
  return Object.fromEntries(Object.entries(read('protobuf.json')).map(([message, fields]) => [message, Object.entries(fields).map(([number, [name, type]]) => {
    const [flags, jsonName = name] = (go[message]?.[number] ?? '').split(':');
    return [Number(number), jsonName, type, flags];
  }).sort(([a], [b]) => a - b)]));
}

function write(name, document) {
  const file = join(target, `${name}.json.gz`);
  mkdirSync(dirname(file), { recursive: true });
  const bytes = gzipSync(JSON.stringify(document), { level: 9 });
  bytes[9] = 255; // the operating system
  writeFileSync(file, bytes);
}
