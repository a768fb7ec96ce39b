import type { KubeObject } from '@kubewright/api';
import { isRecord } from '@kubewright/api';

import { humanDuration } from '../table/age.js';
import type { TableColumn, TableConvertor } from '../table/table.js';
import type { DefinitionVersion } from './definition.js';
import type { ScalePaths } from './validate-scale.js';
import { JsonPathMismatch, parseJsonPath, printValue, type JsonPath } from './json-path.js';

type Columns = NonNullable<DefinitionVersion['additionalPrinterColumns']>;

/** The table of a version: the name, then the columns of the definition, or the age where it has none. Columns after one with a bad path are left out. */
export function printerColumns(given: DefinitionVersion['additionalPrinterColumns']): TableConvertor {
  const columns: Columns = given && given.length > 0 ? given : [AGE];
  const paths: JsonPath[] = [];
  for (const { jsonPath } of columns) {
    const path = parseJsonPath(jsonPath);
    if (typeof path === 'string') break;
    paths.push(path);
  }
  const shown = columns.slice(0, paths.length);
  return {
    columns: [NAME, ...shown.map(({ name, type, format = '', description, priority = 0, jsonPath }) => ({
      name, type, format, description: description ? description : `Custom resource definition column (in JSONPath format): ${jsonPath}`, priority,
    }))],
    cells: (object, now) => [object.metadata.name ?? '', ...shown.map(({ type }, index) => cell(object, paths[index]!, type, now))],
  };
}

/** The table of a scale: its own replicas, whatever they are called in the object. */
export function scaleColumns({ specReplicasPath, statusReplicasPath }: ScalePaths): TableConvertor {
  return printerColumns([
    ...(specReplicasPath ? [{ name: 'Desired', type: 'integer', description: 'Number of desired replicas', jsonPath: '.spec.replicas' }] : []),
    ...(statusReplicasPath ? [{ name: 'Available', type: 'integer', description: 'Number of actual replicas', jsonPath: '.status.replicas' }] : []),
    AGE,
  ]);
}

const NAME: TableColumn = {
  name: 'Name', type: 'string', format: 'name', priority: 0,
  description: 'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
};

const AGE: Columns[number] = {
  name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp',
  description: 'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
};

/** The first value that the path finds, if it fits the column's type; null otherwise. */
function cell(object: KubeObject, path: JsonPath, type: string, now: number): unknown {
  let found: unknown[];
  try {
    found = path.find(object);
  } catch (error) {
    if (error instanceof JsonPathMismatch) return null;
    throw error;
  }
  if (found.length === 0) return null;
  const [value] = found;
  if (type === 'string') return printValue(value);
  switch (type) {
    case 'integer': return typeof value === 'bigint' ? value : typeof value === 'number' ? Math.trunc(value) : null;
    case 'number': return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
    case 'boolean': return typeof value === 'boolean' ? value : null;
    case 'date': return typeof value === 'string' ? age(value, now) : null;
    default: return null;
  }
}

function age(timestamp: string, now: number): string {
  if (timestamp === '') return '<unknown>';
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/.test(timestamp);
  const time = Date.parse(timestamp);
  return !isTime || Number.isNaN(time) ? '<invalid>' : humanDuration(now - time);
}

/** Values of `selectableFields`: field selectors by the path without its first dot. */
export function selectableFieldsOf(fields: DefinitionVersion['selectableFields']): Readonly<Record<string, (object: KubeObject) => string>> {
  return Object.fromEntries((fields ?? []).map(({ jsonPath }) => {
    const path = parseJsonPath(jsonPath);
    const read = (object: KubeObject): string => {
      const [value] = typeof path === 'string' ? [] : path.find(object);
      return value === undefined || value === null ? '' : isRecord(value) ? printValue(value) : String(value);
    };
    return [jsonPath.replace(/^\./, ''), read];
  }));
}
