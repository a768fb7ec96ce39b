/** Reads: one object, pages of a list, the past. Nothing is copied; what comes out is shared. */
import { ApiError, badRequest, expired, invalid, notFound, timeoutTooLargeResourceVersion, type FieldError, type KubeObject } from '@kubewright/api';

import { continueExpired, decodeContinue, encodeContinue } from '../storage/continue-token.js';
import { keyOf, type ScanOptions, type ScanResult, type Storage } from '../storage/storage.js';
import { convertObject, convertObjects, requestApiVersion, storageApiVersion } from './conversion.js';
import { resourceOf, storedAs, type RequestScope } from './request-scope.js';
import type { Selection } from './selection.js';

/** What a list request says beside its selectors. */
export interface ListQuery {
  readonly limit: number;
  readonly continue: string;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  /** Only watches may say so. */
  readonly sendInitialEvents?: boolean | undefined;
}

/** One page. */
export interface ListPage {
  /** In the request's version. */
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  readonly continue: string;
  readonly remainingItemCount: number | undefined;
}

/** @throws ApiError NotFound, or Timeout for a resourceVersion of the future */
export async function readObject(storage: Storage, scope: RequestScope, resourceVersion: string): Promise<KubeObject> {
  if (resourceVersion !== '') checkNotFuture(storage, parseRevision(resourceVersion, (message) => new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 })), resourceVersion);
  const { group, plural } = storedAs(scope.resource);
  const object = storage.get(group, plural, scope.namespace, scope.name);
  if (!object) throw notFound(resourceOf(scope), scope.name);
  return convertObject(scope.resource, object, requestApiVersion(scope.resource));
}

/** @throws ApiError BadRequest, Invalid, Expired or Timeout as the real server does */
export async function readPage(storage: Storage, scope: RequestScope, selection: Selection, query: ListQuery): Promise<ListPage> {
  const { resource } = scope;
  const { group, plural } = storedAs(resource);
  const namespace = scope.namespace || selection.namespace;
  const prefix = scope.namespace === '' ? '' : `${scope.namespace}/`;
  const { revision, start, limit } = snapshotOf(storage, query, prefix);
  const options = {
    revision,
    ...(namespace && { namespace }),
    ...(selection.name !== undefined && (namespace || !resource.namespaced) && { name: selection.name }),
    ...(start !== undefined && { start }),
  };
  const selectsConverted = resource.convert !== undefined && !selection.isEverything && requestApiVersion(resource) !== storageApiVersion(resource);
  const page = selectsConverted ? await scanConverted(storage, scope, selection, options, limit)
    : storage.scan(group, plural, { ...options, ...(limit > 0 && { limit }), ...(!selection.isEverything && { accept: selection.matches }) });
  return {
    items: await convertObjects(resource, page.objects, requestApiVersion(resource)),
    resourceVersion: String(revision),
    continue: page.next === undefined ? '' : encodeContinue({ revision, start: page.next }, prefix),
    remainingItemCount: page.next !== undefined && selection.isEverything ? page.remaining() : undefined,
  };
}

/** The revision that a text names. @param fail makes the error for a text that is none */
export function parseRevision(text: string, fail: (message: string) => ApiError): number {
  if (!/^\d+$/.test(text) || BigInt(text) > 0xffffffffffffffffn) {
    const problem = /^\d+$/.test(text) ? 'value out of range' : 'invalid syntax';
    throw fail(`resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: ${problem}`);
  }
  return Number(text);
}

/** @throws ApiError Timeout for a revision that has not come yet; there is nobody in this process who could still bring it */
export function checkNotFuture(storage: Storage, revision: number, text: string): void {
  if (revision > storage.revision) throw timeoutTooLargeResourceVersion(String(storage.revision), text);
}

function snapshotOf(storage: Storage, query: ListQuery, prefix: string): { revision: number; start: string | undefined; limit: number } {
  const { resourceVersion, resourceVersionMatch: match, limit } = query;
  validateQuery(query);
  if (query.continue !== '') {
    const token = decodeContinue(query.continue, prefix);
    if (resourceVersion !== '' && resourceVersion !== '0') throw badRequest('specifying resource version is not allowed when using continue');
    if (token.revision > 0 && token.revision < storage.compactedRevision) throw continueExpired(token, prefix);
    return { revision: token.revision > 0 ? Math.min(token.revision, storage.revision) : storage.revision, start: token.start, limit };
  }
  if (resourceVersion === '') return { revision: storage.revision, start: undefined, limit };
  const revision = parseRevision(resourceVersion, (message) => badRequest(`invalid resource version: ${message}`));
  checkNotFuture(storage, revision, resourceVersion);
  // A version with a limit and no match meant that exact version before there was a match.
  const isExact = match === 'Exact' || (match === '' && limit > 0 && revision > 0);
  if (!isExact) return { revision: storage.revision, start: undefined, limit: revision === 0 && match === '' ? 0 : limit };
  if (revision < storage.compactedRevision) throw expired(`The resourceVersion for the provided list is too old.`);
  return { revision, start: undefined, limit };
}

function validateQuery({ resourceVersion, resourceVersionMatch: match, continue: token, sendInitialEvents }: ListQuery): void {
  const forbidden = (text: string): FieldError => ({ type: 'FieldValueForbidden', field: 'resourceVersionMatch', message: `Forbidden: ${text}` });
  const errors: FieldError[] = [];
  if (match !== '' && resourceVersion === '') errors.push(forbidden('resourceVersionMatch is forbidden unless resourceVersion is provided'));
  if (match !== '' && token !== '') errors.push(forbidden('resourceVersionMatch is forbidden when continue is provided'));
  if (match !== '' && match !== 'Exact' && match !== 'NotOlderThan') {
    errors.push({ type: 'FieldValueNotSupported', field: 'resourceVersionMatch', message: `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""` });
  } else if (match === 'Exact' && resourceVersion === '0') errors.push(forbidden('resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  if (sendInitialEvents !== undefined) errors.push({ type: 'FieldValueForbidden', field: 'sendInitialEvents', message: 'Forbidden: sendInitialEvents is forbidden for list' });
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
}

/** Fields may have other names in the request's version, so that everything has to be converted before it is selected. */
async function scanConverted(storage: Storage, scope: RequestScope, selection: Selection, options: ScanOptions, limit: number): Promise<ScanResult> {
  const { group, plural } = storedAs(scope.resource);
  const { objects } = storage.scan(group, plural, options);
  const converted = await convertObjects(scope.resource, objects, requestApiVersion(scope.resource));
  const selected: KubeObject[] = [];
  for (const object of converted) {
    const { namespace = '', name = '' } = object.metadata;
    if (limit > 0 && selected.length === limit) return { objects: selected, next: keyOf(namespace, name), remaining: () => 0 };
    if (selection.matches(object)) selected.push(object);
  }
  return { objects: selected, next: undefined, remaining: () => 0 };
}
