/**
 * @module request: one request as everything above the sockets sees it: its parts (server-request.ts), its query as Go reads it (query.ts),
 * and what it is about (request-info.ts).
 */
import { parseFieldSelector } from '@kubewright/api';

import { Query } from './query.js';

/** What a request is about, read from its method and path alone (k8s.io/apiserver/pkg/endpoints/request/requestinfo.go). */
export interface RequestInfo {
  /** Whether the path is one of resources; discovery, health and the like are not. */
  readonly isResource: boolean;
  /** Without the query, decoded. */
  readonly path: string;
  readonly query: Query;
  /** `get`, `list`, `watch`, …; the lower-case method for paths of no resource. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  /** The plural. */
  readonly resource: string;
  readonly subresource: string;
  /** The name in the path, or in the field selector of a list that can hold one object only. */
  readonly name: string;
  /** Whether the name stands in the path. */
  readonly isNamed: boolean;
  /** What follows the subresource, as in `proxy/index.html`. */
  readonly rest: string;
}

const VERBS: Readonly<Record<string, string>> = { POST: 'create', GET: 'get', HEAD: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

/** @param target path with query, as on the request line */
export function parseRequestInfo(method: string, target: string): RequestInfo {
  const mark = target.indexOf('?');
  const path = decodePath(mark < 0 ? target : target.slice(0, mark));
  const query = new Query(mark < 0 ? '' : target.slice(mark + 1));
  const plain: RequestInfo = { isResource: false, path, query, verb: method.toLowerCase(), group: '', version: '', namespace: '', resource: '', subresource: '', name: '', isNamed: false, rest: '' };
  const parts = splitPath(path);
  if (path.startsWith('//') || parts.length < 3 || (parts[0] !== 'api' && parts[0] !== 'apis')) return plain;
  let group = '';
  let at = 1;
  if (parts[0] === 'apis') {
    if (parts.length < 4) return plain;
    group = parts[at++]!;
  }
  const version = parts[at++]!;
  let verb = (Object.hasOwn(VERBS, method) && VERBS[method]) || '';
  // The old form of a watch: /api/v1/watch/namespaces/x/pods.
  const isWatchPath = parts[at] === 'watch' && parts.length > at + 1;
  if (isWatchPath) {
    verb = 'watch';
    at++;
  }
  let namespace = '';
  if (parts[at] === 'namespaces' && parts.length > at + 1) {
    namespace = parts[at + 1]!;
    if (parts.length > at + 2 && !NAMESPACE_SUBRESOURCES.has(parts[at + 2]!)) at += 2;
  }
  const resource = parts[at] ?? '';
  const pathName = parts[at + 1] ?? '';
  const subresource = parts[at + 2] ?? '';
  if (pathName === '' && verb === 'get') verb = query.flag('watch') ? 'watch' : 'list';
  if (pathName === '' && verb === 'delete') verb = 'deletecollection';
  const isOverMany = verb === 'list' || verb === 'watch' || verb === 'deletecollection';
  const name = pathName === '' && isOverMany ? selectedName(query) : pathName;
  return { isResource: true, path, query, verb, group, version, namespace, resource, subresource, name, isNamed: pathName !== '', rest: parts.slice(at + 3).join('/') };
}

function splitPath(path: string): string[] {
  const trimmed = path.replace(/^\/+|\/+$/g, '');
  return trimmed === '' ? [] : trimmed.split('/');
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** A list of `metadata.name=x` asks for the right to list `x` alone. */
function selectedName(query: Query): string {
  const selector = query.text('fieldSelector');
  if (!selector.includes('metadata.name')) return '';
  try {
    const requirement = parseFieldSelector(selector).find(({ field, operator }) => field === 'metadata.name' && operator === '=');
    return requirement?.value ?? '';
  } catch {
    return '';
  }
}
