import type { KubeObject } from '@kubewright/api';
import { formatApiVersion } from '@kubewright/api';

import { loadDocument } from '../schemas/load.js';
import { ageOf } from './age.js';
import { AUTOSCALER_CELLS } from './cells/autoscaler.js';
import { createdAt, nameCell } from './cells/cells.js';
import type { CellFunction } from './cells/cells.js';
import { CORE_CELLS } from './cells/core.js';
import { EVENT_CELLS } from './cells/events.js';
import { NETWORK_CELLS } from './cells/network.js';
import { podCells } from './cells/pod.js';
import { POLICY_CELLS } from './cells/policies.js';
import { STORAGE_CELLS } from './cells/storage.js';
import { WORKLOAD_CELLS } from './cells/workloads.js';
import type { TableColumn, TableConvertor } from './table.js';

/** The table of a built-in resource; {@link defaultTable} for all others. */
export function tableFor(group: string, version: string, plural: string): TableConvertor {
  const apiVersion = formatApiVersion(group, version);
  const columns = loadDocument<RecordedTables>('tables')[apiVersion]?.[plural]?.map(toColumn);
  if (columns === undefined) return defaultTable;
  return { columns, cells: CELLS[`${apiVersion} ${plural}`] ?? genericCells(columns), hasNoEmptyRows: columns.some(({ name }) => name === 'Created At') };
}

const NAME_DESCRIPTION = 'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names';
const AGE_DESCRIPTION = 'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata';

const nameColumn: TableColumn = { name: 'Name', type: 'string', format: 'name', description: NAME_DESCRIPTION, priority: 0 };
const ageColumn: TableColumn = { name: 'Age', type: 'string', format: '', description: AGE_DESCRIPTION, priority: 0 };

/** Name and age: what resources without columns of their own show. */
export const defaultTable: TableConvertor = {
  columns: [nameColumn, { ...ageColumn, type: 'date' }],
  cells: (object, now) => [nameCell(object), object.metadata.creationTimestamp === undefined ? null : ageOf(object.metadata.creationTimestamp, now)],
};

interface ScaleFacts {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number };
}

/** autoscaling/v1 Scale, the body of scale subresources. */
export const scaleTable: TableConvertor = {
  columns: [
    { ...nameColumn, format: '' }, { name: 'Desired', type: 'integer', format: '', description: 'replicas is the desired number of instances for the scaled object.', priority: 0 },
    { name: 'Available', type: 'integer', format: '', description: 'replicas is the actual number of observed instances of the scaled object.', priority: 0 }, ageColumn,
  ],
  cells: (object: KubeObject & ScaleFacts, now) => [
    nameCell(object), object.spec?.replicas ?? 0, object.status?.replicas ?? 0, ageOf(object.metadata.creationTimestamp, now),
  ],
};

type RecordedTables = Readonly<Record<string, Readonly<Record<string, readonly RecordedColumn[]>>>>;

type RecordedColumn = Pick<TableColumn, 'name' | 'type'> & Partial<TableColumn>;

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  Name: NAME_DESCRIPTION, Age: AGE_DESCRIPTION, 'Created At': AGE_DESCRIPTION,
};

function toColumn({ name, type, format = '', description = DESCRIPTIONS[name] ?? '', priority = 0 }: RecordedColumn): TableColumn {
  return { name, type, format, description, priority };
}

const CELLS: Readonly<Record<string, CellFunction>> = {
  'v1 pods': podCells,
  ...CORE_CELLS, ...WORKLOAD_CELLS, ...NETWORK_CELLS, ...STORAGE_CELLS, ...EVENT_CELLS, ...POLICY_CELLS, ...AUTOSCALER_CELLS,
};

/** What can be said of any object; other cells are empty in the way of their type. */
function genericCells(columns: readonly TableColumn[]): CellFunction {
  return (object, now) => columns.map(({ name, type }) => {
    if (name === 'Name') return nameCell(object);
    if (name === 'Age') return ageOf(object.metadata.creationTimestamp, now);
    if (type === 'date') return createdAt(object);
    return type === 'integer' || type === 'number' ? 0 : type === 'boolean' ? false : '';
  });
}
