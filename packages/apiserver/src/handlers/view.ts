/** Objects as tables or as their metadata alone, for those who asked for that. */
import { ApiError, type KubeObject, type ListMeta } from '@kubewright/api';

import type { RequestScope } from '../registry/request-scope.js';
import type { ResourceInfo } from '../registry/resource.js';
import type { Query } from '../request/query.js';
import { parseIncludeObject, toTable, type IncludeObject } from '../table/build-table.js';
import { scaleTable } from '../table/table-for.js';
import type { OutputView } from './media-types.js';

/** How much of each object the request wants in a row. @throws ApiError BadRequest */
export function includeObjectOf(query: Query): IncludeObject {
  return parseIncludeObject(query.text('includeObject'));
}

/** A list as its resource shows it. */
export interface ListBody {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ListMeta;
  readonly items: readonly KubeObject[] | null;
}

/** One object in the view that was asked for. @throws ApiError for a view of lists */
export function viewObject(object: KubeObject, resource: ResourceInfo, view: OutputView | undefined, include: IncludeObject, now: number): unknown {
  switch (view?.kind) {
    case undefined:
      return object;
    case 'PartialObjectMetadata':
      return partialMetadata(object, view);
    case 'PartialObjectMetadataList':
      throw new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'content is not a list', code: 500 });
    case 'Table': {
      const { resourceVersion } = object.metadata;
      return tableOf([object], resource, view, include, now, resourceVersion === undefined ? {} : { resourceVersion }, true);
    }
  }
}

/** A Scale in the view that was asked for. */
export function viewScale(scale: KubeObject, scope: RequestScope, view: OutputView | undefined, query: Query, now: number): unknown {
  if (view?.kind === 'PartialObjectMetadata') return partialMetadata(scale, view);
  if (view?.kind !== 'Table') return scale;
  const { resourceVersion = '' } = scale.metadata;
  return toTable([scale], scope.subresourceInfo?.table ?? scaleTable, { includeObject: includeObjectOf(query), now, metadata: { resourceVersion }, version: view.version });
}

/** A list in the view that was asked for. @throws ApiError for a view of single objects */
export function viewList(list: ListBody, resource: ResourceInfo, view: OutputView | undefined, include: IncludeObject, now: number): unknown {
  const items = list.items ?? [];
  const { continue: next, ...meta } = list.metadata;
  // Only lists of custom resources say that there is no next page.
  const metadata = next ? { ...meta, continue: next } : meta;
  switch (view?.kind) {
    case undefined:
      // Items of built-in lists do not repeat apiVersion and kind.
      return resource.custom ? list : { ...list, items: items.map(({ apiVersion: _apiVersion, kind: _kind, ...rest }) => rest) };
    case 'PartialObjectMetadata':
      throw ApiError.of(406, 'NotAcceptable', `you requested PartialObjectMetadata, but the requested object is a list (${goListType(resource)})`);
    case 'PartialObjectMetadataList':
      return { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${view.version}`, metadata, items: items.length === 0 ? null : items.map((item) => partialMetadata(item, view)) };
    case 'Table':
      return tableOf(items, resource, view, include, now, metadata, true);
  }
}

/** An object of which only the metadata is told. */
export function partialMetadata(object: KubeObject, view: Pick<OutputView, 'version'>): KubeObject {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${view.version}`, metadata: object.metadata };
}

/** A Table. In a watch the columns come once. */
export function tableOf(objects: readonly KubeObject[], resource: ResourceInfo, view: OutputView, include: IncludeObject, now: number, metadata: ListMeta, withColumns: boolean): unknown {
  const table = toTable(objects, resource.table, { includeObject: include, now, metadata, version: view.version, withColumns });
  return table.rows.length === 0 && resource.table.hasNoEmptyRows ? { ...table, rows: null } : table;
}

function goListType(resource: ResourceInfo): string {
  return resource.custom ? '*unstructured.UnstructuredList' : `*${resource.version}.${resource.listKind}`;
}
