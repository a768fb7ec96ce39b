import type { KubeObject, ListMeta, ObjectMeta } from '@kubewright/api';
import { ApiError } from '@kubewright/api';

import type { TableColumn, TableConvertor } from './table.js';

/** Which part of each object its row carries. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** meta.k8s.io Table. */
export interface Table {
  kind: 'Table';
  apiVersion: string;
  metadata: ListMeta;
  /** Null in all but the first frame of a watch. */
  columnDefinitions: readonly TableColumn[] | null;
  rows: TableRow[];
}

export interface TableRow {
  cells: readonly unknown[];
  object: KubeObject | { kind: 'PartialObjectMetadata'; apiVersion: string; metadata: ObjectMeta } | null;
}

export interface TableOptions {
  readonly includeObject: IncludeObject;
  /** Milliseconds since the epoch, for ages. */
  readonly now: number;
  /** Of the list; for a single object its resourceVersion. */
  readonly metadata: ListMeta;
  /** The table's own version. @default 'v1' */
  readonly version?: 'v1' | 'v1beta1';
  /** @default true */
  readonly withColumns?: boolean;
}

/** Objects as a table. They are shared with the result, not copied. */
export function toTable(objects: Iterable<KubeObject>, convertor: TableConvertor, options: TableOptions): Table {
  const { includeObject, now, metadata, version = 'v1', withColumns = true } = options;
  const apiVersion = `meta.k8s.io/${version}`;
  const partOf = (object: KubeObject): TableRow['object'] => {
    if (includeObject === 'None') return null;
    return includeObject === 'Object' ? object : { kind: 'PartialObjectMetadata', apiVersion, metadata: object.metadata };
  };
  return {
    kind: 'Table', apiVersion, metadata, columnDefinitions: withColumns ? convertor.columns : null,
    rows: Array.from(objects, (object) => ({ cells: convertor.cells(object, now), object: partOf(object) })),
  };
}

/** Reads the query parameter. @throws ApiError BadRequest */
export function parseIncludeObject(value: string | null | undefined): IncludeObject {
  if (value === null || value === undefined || value === '') return 'Metadata';
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value;
  throw ApiError.of(400, 'BadRequest',
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(value)}: must be 'Metadata', 'Object', 'None', or empty`);
}
