import type { JSONSchemaProps } from '@kubewright/api';

type Report = (code: string, message: string, hint?: string) => void;

/** How lists and maps are merged: list types, map keys, map types. */
export function checkTopology(schema: JSONSchemaProps, report: Report): void {
  const list = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'];
  if (list && schema.type !== 'array') report('KW1102', '@listType needs an array');
  if (schema['x-kubernetes-map-type'] && schema.type !== 'object') report('KW1102', '@mapType and @structType need an object');
  if (list === 'map') checkMapList(schema, keys ?? [], report);
  else if (keys) report('KW1301', `map keys belong to @listType map, not to ${list ?? 'a plain list'}`);
  if (list === 'set' && schema.items) checkSetItems(schema.items, report);
}

function checkMapList(schema: JSONSchemaProps, keys: readonly string[], report: Report): void {
  const { items } = schema;
  if (keys.length === 0) return report('KW1301', 'a map list needs @listMapKey: the properties that tell its items apart');
  if (new Set(keys).size < keys.length) report('KW1301', `the map keys [${keys.join(' ')}] name one twice`);
  if (!items || items.type !== 'object') return report('KW1301', 'the items of a map list are objects');
  if (items.nullable) report('KW1301', 'the items of a map list can not be null');
  for (const key of keys) {
    const property = items.properties?.[key];
    if (!property) report('KW1301', `the map key ${key} is no property of the items`);
    else if (property.type === undefined || property.type === 'object' || property.type === 'array')
      report('KW1301', `the map key ${key} must be a string, a number or a boolean`);
    else if (property.nullable) report('KW1301', `the map key ${key} can not be null`);
    else if (!items.required?.includes(key) && property.default === undefined)
      report('KW1301', `the map key ${key} must be required or have a default`);
  }
}

function checkSetItems(items: JSONSchemaProps, report: Report): void {
  if (items.nullable) report('KW1302', 'the items of a set can not be null');
  if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
    report('KW1302', 'objects in a set must be atomic: say @structType atomic on their type', 'or use MapList<T, K>');
  if (items.type === 'array' && items['x-kubernetes-list-type'] !== 'atomic') report('KW1302', 'lists in a set must be atomic: use AtomicList<T>');
}
