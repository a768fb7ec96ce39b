import { fieldDuplicate, fieldInvalid, fieldRequired, fieldTooMany, type FieldError, type JSONSchemaProps } from '@kubewright/api';

import type { DefinitionVersion } from './definition.js';
import { findSchemaField } from './schema-field.js';

/** Printer columns, scale paths and selectable fields of a version (or of all versions, where they are alike). */
type Columns = DefinitionVersion['additionalPrinterColumns'];
type Scale = NonNullable<DefinitionVersion['subresources']>['scale'];

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const MAX_SELECTABLE_FIELDS = 8;

export function validateColumns(columns: Columns, path: string): FieldError[] {
  return (columns ?? []).flatMap(({ name, type, format, jsonPath }, index) => {
    const at = `${path}[${index}]`;
    const oneOfTypes = `must be one of ${COLUMN_TYPES.join(',')}`;
    return [
      ...(name ? [] : [fieldRequired(`${at}.name`)]),
      ...(!type ? [fieldRequired(`${at}.type`, oneOfTypes)] : COLUMN_TYPES.includes(type) ? [] : [fieldInvalid(`${at}.type`, type, oneOfTypes)]),
      ...(!format || COLUMN_FORMATS.includes(format) ? [] : [fieldInvalid(`${at}.format`, format, `must be one of ${COLUMN_FORMATS.join(',')}`)]),
      ...(jsonPath ? validateSimplePath(jsonPath, `${at}.JSONPath`) : [fieldRequired(`${at}.JSONPath`)]),
    ];
  });
}

export function validateScalePaths(scale: Scale, path: string): FieldError[] {
  if (!scale) return [];
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  return [
    ...validateBelow(specReplicasPath, ['.spec.'], `${path}.scale.specReplicasPath`, 'should be a json path under .spec'),
    ...validateBelow(statusReplicasPath, ['.status.'], `${path}.scale.statusReplicasPath`, 'should be a json path under .status'),
    ...(labelSelectorPath
      ? validateBelow(labelSelectorPath, ['.spec.', '.status.'], `${path}.scale.labelSelectorPath`, 'should be a json path under either .spec or .status')
      : []),
  ];
}

export function validateSelectableFields(fields: NonNullable<DefinitionVersion['selectableFields']>, schema: JSONSchemaProps | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  fields.forEach(({ jsonPath }, index) => {
    const at = `${path}[${index}].jsonPath`;
    if (!jsonPath) {
      errors.push(fieldRequired(at));
      return;
    }
    const found = findSchemaField(jsonPath, (schema ?? {}), { allowBrackets: false });
    if (typeof found === 'string') {
      errors.push(fieldInvalid(at, jsonPath, `is an invalid path: ${found}`));
      return;
    }
    if (found.root === 'metadata') errors.push(fieldInvalid(at, jsonPath, 'must not point to fields in metadata'));
    if (!['string', 'boolean', 'integer'].includes(found.schema?.type ?? '')) {
      errors.push(fieldInvalid(at, jsonPath, 'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.'));
    }
    if (seen.has(found.path)) errors.push(fieldDuplicate(at, jsonPath));
    seen.add(found.path);
  });
  if (seen.size > MAX_SELECTABLE_FIELDS) errors.push(fieldTooMany(path, seen.size, MAX_SELECTABLE_FIELDS));
  return errors;
}

function validateBelow(jsonPath: string, roots: readonly string[], path: string, problem: string): FieldError[] {
  if (!jsonPath) return [fieldRequired(path)];
  const errors = validateSimplePath(jsonPath, path);
  if (errors.length > 0 || roots.some((root) => jsonPath.startsWith(root))) return errors;
  return [fieldInvalid(path, jsonPath, problem)];
}

function validateSimplePath(jsonPath: string, path: string): FieldError[] {
  return jsonPath.startsWith('.') ? [] : [fieldInvalid(path, jsonPath, 'must be a simple json path starting with .')];
}
