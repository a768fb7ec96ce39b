import type { JSONSchemaProps, PrinterColumn } from '@kubewright/api';

import type { ResourceDeclaration } from '../collect/resources.js';
import type { Diagnostics } from '../diagnostic.js';
import { resolvePath } from './json-path.js';

/** `additionalPrinterColumns[]`. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly description?: string;
  readonly format?: string;
  readonly priority?: number;
}

const TYPES = ['integer', 'number', 'string', 'boolean', 'date'];
const FORMATS = ['int32', 'int64', 'float', 'double', 'byte', 'date', 'date-time', 'password'];

/** The printer columns of a version, with types from the schema at their paths. */
export function columnsOf(resource: ResourceDeclaration, root: JSONSchemaProps, diagnostics: Diagnostics): Column[] {
  return (resource.options.printColumns ?? []).flatMap((column, index) => {
    const report = (key: string, message: string, hint?: string) =>
      diagnostics.report('KW1502', resource.at('printColumns', index, key), `column ${column.name}: ${message}`, hint);
    const type = columnType(column, root, report);
    if (type === undefined) return [];
    const { name, path, description, format, priority } = column;
    return [
      { name, type, jsonPath: path, ...(description ? { description } : {}), ...(format ? { format } : {}), ...(priority ? { priority } : {}) },
    ];
  });
}

/** The type that a column has when it states none; undefined where it must state one. */
export function columnTypeAt(path: string, root: JSONSchemaProps): string | undefined {
  const target = resolvePath(path, root);
  if ('problem' in target) return undefined;
  return target.schema ? typeAt(target.schema) : 'string';
}

function columnType(column: PrinterColumn, root: JSONSchemaProps, report: (key: string, message: string, hint?: string) => void): string | undefined {
  if (!column.name) return void report('name', 'a column needs a name');
  if (column.path === undefined) return void report('path', 'a column needs a path');
  if (column.priority !== undefined && (!Number.isInteger(column.priority) || column.priority < 0))
    return void report('priority', 'the priority is a whole number from 0');
  if (column.format !== undefined && !FORMATS.includes(column.format)) return void report('format', `the format is one of ${FORMATS.join(', ')}`);
  if (column.type !== undefined && !TYPES.includes(column.type)) return void report('type', `the type is one of ${TYPES.join(', ')}`);
  const target = resolvePath(column.path, root);
  if ('problem' in target) return void report('path', target.problem);
  if (!target.schema) return column.type ?? 'string';
  const inferred = typeAt(target.schema);
  if (inferred === undefined)
    return column.type === 'string'
      ? 'string'
      : void report(
          'path',
          `${column.path} is ${target.schema.type === 'array' ? 'a list' : 'an object'}, which a column can not show`,
          "name a field of it, or say type: 'string'",
        );
  if (column.type === undefined || column.type === inferred || column.type === 'string') return column.type ?? inferred;
  if (column.type === 'number' && inferred === 'integer') return 'number';
  return void report(
    'type',
    `${inferred} is not ${/^[aeiou]/.test(column.type) ? 'an' : 'a'} ${column.type}`,
    `leave the type out: it is ${inferred}`,
  );
}

function typeAt(schema: JSONSchemaProps): string | undefined {
  if (schema['x-kubernetes-int-or-string']) return 'string';
  if (schema.type === 'string') return schema.format === 'date-time' || schema.format === 'date' ? 'date' : 'string';
  if (schema.type === 'integer' || schema.type === 'number' || schema.type === 'boolean') return schema.type;
  return schema.type === undefined ? 'string' : undefined;
}
