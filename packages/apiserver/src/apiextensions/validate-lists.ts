import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '@kubewright/api';

import { itemsOf, type GivenSchema } from './definition.js';

/** What list and map types (x-kubernetes-list-type, -list-map-keys, -map-type) ask of the node that has them and of its items. */
export function validateLists(schema: GivenSchema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const mapType = schema['x-kubernetes-map-type'];
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];

  if (mapType !== undefined) {
    errors.push(...typeMustBe('object', 'x-kubernetes-map-type', schema, path));
    if (mapType !== 'atomic' && mapType !== 'granular') errors.push(fieldNotSupported(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']));
  }
  if (listType !== undefined && schema.type !== 'array') errors.push(...typeMustBe('array', 'x-kubernetes-list-type', schema, path));
  else if (listType === 'set') errors.push(...setItemsMustBeAtomic(schema, path));
  if (listType !== undefined && !['atomic', 'set', 'map'].includes(listType)) {
    errors.push(fieldNotSupported(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'set', 'map']));
  }
  if (keys.length > 0 && listType !== 'map') {
    const problem = 'must be map if x-kubernetes-list-map-keys is non-empty';
    errors.push(listType === undefined ? fieldRequired(`${path}.x-kubernetes-list-type`, problem) : fieldInvalid(`${path}.x-kubernetes-list-type`, listType, problem));
  }
  if (listType === 'map') errors.push(...validateMapList(schema, keys, path));
  if (listType === 'map' || listType === 'set') errors.push(...validateNullability(schema, listType, keys, path));
  return errors;
}

function typeMustBe(type: string, because: string, schema: GivenSchema, path: string): FieldError[] {
  if (schema.type === type) return [];
  const problem = `must be ${type} if ${because} is specified`;
  return [schema.type === undefined ? fieldRequired(`${path}.type`, problem) : fieldInvalid(`${path}.type`, schema.type, problem)];
}

function setItemsMustBeAtomic(schema: GivenSchema, path: string): FieldError[] {
  const items = itemsOf(schema);
  const itemList = items?.['x-kubernetes-list-type'];
  const problem = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  if (items?.type === 'array' && itemList !== undefined && itemList !== 'atomic') return [fieldInvalid(`${path}.items.x-kubernetes-list-type`, itemList, problem)];
  // The server shows the items' list type here, whatever their map type is.
  if (items?.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic') return [fieldInvalid(`${path}.items.x-kubernetes-map-type`, itemList ?? null, problem)];
  return [];
}

function validateMapList(schema: GivenSchema, keys: readonly string[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  const items = itemsOf(schema);
  if (keys.length === 0) errors.push(fieldRequired(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'));
  if (schema.items === undefined) errors.push(fieldRequired(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map'));
  else if (items === undefined) errors.push(fieldInvalid(`${path}.items`, schema.items, 'must only have a single schema if x-kubernetes-list-type is map'));
  if (items === undefined) return errors;
  if (items.type !== 'object') return [...errors, fieldInvalid(`${path}.items.type`, items.type ?? '', "must be object if parent array's x-kubernetes-list-type is map")];
  keys.forEach((key, index) => {
    const property = items.properties && Object.hasOwn(items.properties, key) ? items.properties[key] : undefined;
    if (property === undefined) errors.push(fieldInvalid(`${path}.x-kubernetes-list-map-keys`, keys, 'entries must all be names of item properties'));
    else if (property.type === 'array' || property.type === 'object') {
      errors.push(fieldInvalid(`${path}.items.properties[${key}].type`, items.type, "must be a scalar type if parent array's x-kubernetes-list-type is map"));
    }
    if (keys.indexOf(key) < index) errors.push(fieldInvalid(`${path}.x-kubernetes-list-map-keys`, keys, 'must not contain duplicate entries'));
  });
  return errors;
}

function validateNullability(schema: GivenSchema, listType: 'map' | 'set', keys: readonly string[], path: string): FieldError[] {
  const items = itemsOf(schema);
  if (items === undefined) return [];
  const errors: FieldError[] = [];
  if (items.nullable === true) errors.push(fieldForbidden(`${path}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`));
  if (listType === 'set') return errors;
  for (const key of keys) {
    const property = items.properties && Object.hasOwn(items.properties, key) ? items.properties[key] : undefined;
    if (property === undefined) continue;
    const at = `${path}.items.properties[${key}]`;
    if (!items.required?.includes(key) && property.default === undefined) {
      errors.push(fieldRequired(`${at}.default`, 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'));
    }
    if (property.nullable === true) errors.push(fieldForbidden(`${at}.nullable`, 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'));
  }
  return errors;
}
