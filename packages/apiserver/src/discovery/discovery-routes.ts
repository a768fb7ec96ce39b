/**
 * @module discovery: what the server tells of itself: groups, versions and resources (`/api`, `/apis`), and their types (`/openapi`). Everything
 * is derived from the registry, so that definitions come and go with it. served-groups.ts orders the registry; the documents are one file each.
 */
import { createHash } from 'node:crypto';

import { ApiError } from '@kubewright/api';

import { encodeProtobuf } from '../protobuf/envelope.js';
import type { ResourceRegistry } from '../registry/resource-registry.js';
import { groupDiscoveryList } from './aggregated-documents.js';
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './legacy-documents.js';
import { openApiV2 } from './openapi-v2.js';
import { OpenApiV3 } from './openapi-v3.js';
import { servedGroups } from './served-groups.js';
import type { ServedGroup } from './served-groups.js';

export interface DiscoveryRequest {
  /** Without the query. */
  readonly path: string;
  /** The Accept header; empty when there is none. */
  readonly accept: string;
  readonly ifNoneMatch?: string;
}

export interface DiscoveryResponse {
  readonly status: number;
  readonly contentType: string;
  /** Quoted, as the header has it. */
  readonly etag?: string;
  readonly body: Uint8Array;
}

export interface DiscoveryOptions {
  /** Host and port that `/api` tells. @default '127.0.0.1:6443' */
  readonly serverAddress?: () => string;
}

/** Answers GET requests for discovery documents; undefined for all other paths. */
export function discoveryRoutes(registry: ResourceRegistry, options: DiscoveryOptions = {}): (request: DiscoveryRequest) => DiscoveryResponse | undefined {
  const { serverAddress = () => '127.0.0.1:6443' } = options;
  const openApi = new OpenApiV3();
  let groups: readonly ServedGroup[] = [];
  let revision = -1;
  const current = (): readonly ServedGroup[] => {
    if (revision !== registry.revision) {
      revision = registry.revision;
      groups = servedGroups(registry);
    }
    return groups;
  };
  return (request) => {
    const path = request.path.length > 1 && request.path.endsWith('/') ? request.path.slice(0, -1) : request.path;
    const [, root, first, second, ...rest] = path.split('/');
    if (root === 'openapi') return openApiResponse(path, request, current(), openApi);
    if (rest.length > 0 || (root !== 'api' && root !== 'apis')) return undefined;
    if (root === 'api') {
      if (second !== undefined) return undefined;
      if (first === undefined) return rootDocument(request, () => apiVersions(serverAddress()), current().filter(({ name }) => name === ''));
      return versionDocument(request, current(), '', first);
    }
    if (first === undefined) return rootDocument(request, () => apiGroupList(current()), current().filter(({ name }) => name !== ''));
    if (second !== undefined) return versionDocument(request, current(), first, second);
    const group = current().find(({ name }) => name === first && name !== '');
    return group === undefined ? pageNotFound() : legacy(request, () => apiGroup(group));
  };
}

const AGGREGATED = 'g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';

function rootDocument(request: DiscoveryRequest, document: () => unknown, groups: readonly ServedGroup[]): DiscoveryResponse {
  const type = negotiate(request.accept, ['json', 'yaml', 'protobuf', 'aggregated', 'aggregated-protobuf']);
  if (type === 'aggregated') return withEtag(request, `application/json;${AGGREGATED}`, Buffer.from(JSON.stringify(groupDiscoveryList(groups))));
  if (type === 'aggregated-protobuf') return withEtag(request, `${PROTOBUF};${AGGREGATED}`, encodeProtobuf(groupDiscoveryList(groups))!);
  return legacy(request, document);
}

/** A version that a built-in group does not have is answered by the group; custom groups do not know of it. */
function versionDocument(request: DiscoveryRequest, groups: readonly ServedGroup[], name: string, version: string): DiscoveryResponse {
  const group = groups.find((candidate) => candidate.name === name);
  const served = group?.versions.find((candidate) => candidate.version === version);
  if (served !== undefined) return legacy(request, () => apiResourceList(name, served));
  const isBuiltin = group?.versions.some(({ resources }) => resources.some(({ custom }) => !custom));
  return isBuiltin ? failure(ApiError.of(404, 'NotFound', 'the server could not find the requested resource', {})) : pageNotFound();
}

function legacy(request: DiscoveryRequest, document: () => unknown): DiscoveryResponse {
  const type = negotiate(request.accept, ['json', 'yaml', 'protobuf']);
  if (type === undefined) return failure(NOT_ACCEPTABLE);
  if (type === 'protobuf') return { status: 200, contentType: PROTOBUF, body: encodeProtobuf(document())! };
  // JSON is YAML, too.
  return { status: 200, contentType: type === 'yaml' ? 'application/yaml' : 'application/json', body: Buffer.from(`${JSON.stringify(document())}\n`) };
}

function openApiResponse(path: string, request: DiscoveryRequest, groups: readonly ServedGroup[], openApi: OpenApiV3): DiscoveryResponse | undefined {
  const body = openApiBody(path, groups, openApi);
  if (body === undefined) return path === '/openapi/v2' || path.startsWith('/openapi/v3') ? pageNotFound() : undefined;
  if (negotiate(request.accept, ['json']) !== 'json') return failure(OPENAPI_NOT_ACCEPTABLE);
  return withEtag(request, 'application/json', body);
}

function openApiBody(path: string, groups: readonly ServedGroup[], openApi: OpenApiV3): Buffer | undefined {
  if (path === '/openapi/v2') return Buffer.from(JSON.stringify(openApiV2(groups)));
  if (path === '/openapi/v3') return Buffer.from(JSON.stringify(openApi.index(groups)));
  return path.startsWith('/openapi/v3/') ? openApi.document(path.slice('/openapi/v3/'.length), groups) : undefined;
}

type MediaType = 'json' | 'yaml' | 'protobuf' | 'aggregated' | 'aggregated-protobuf';

/** The first acceptable type in the client's order of preference that is offered. */
function negotiate(accept: string, offered: readonly MediaType[]): MediaType | undefined {
  if (accept.trim() === '') return 'json';
  const ranges = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const values = new Map(parameters.map((parameter) => parameter.split('=', 2) as [string, string]));
    return { type, values, quality: Number(values.get('q') ?? 1) };
  });
  for (const { type, values } of ranges.sort((a, b) => b.quality - a.quality)) {
    const found = mediaType(type, values);
    if (found !== undefined && offered.includes(found)) return found;
  }
  return undefined;
}

function mediaType(type: string, values: ReadonlyMap<string, string>): MediaType | undefined {
  if (type === 'application/yaml') return values.has('as') ? undefined : 'yaml';
  if (type !== PROTOBUF && !['application/json', 'application/*', '*/*'].includes(type)) return undefined;
  if (!values.has('as')) return type === PROTOBUF ? 'protobuf' : 'json';
  const isKnown = values.get('as') === 'APIGroupDiscoveryList' && values.get('g') === 'apidiscovery.k8s.io' && values.get('v') === 'v2';
  if (!isKnown) return undefined;
  return type === PROTOBUF ? 'aggregated-protobuf' : 'aggregated';
}

function withEtag(request: DiscoveryRequest, contentType: string, body: Buffer): DiscoveryResponse {
  const etag = `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"`;
  const isFresh = request.ifNoneMatch?.split(',').some((tag) => tag.trim() === etag) ?? false;
  return isFresh ? { status: 304, contentType, etag, body: new Uint8Array() } : { status: 200, contentType, etag, body };
}

const NOT_ACCEPTABLE = ApiError.of(406, 'NotAcceptable',
  'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf');
const OPENAPI_NOT_ACCEPTABLE = ApiError.of(406, 'NotAcceptable', 'only the following media types are accepted: application/json');

function failure(error: ApiError): DiscoveryResponse {
  return { status: error.httpStatus, contentType: 'application/json', body: Buffer.from(`${JSON.stringify(error.status)}\n`) };
}

function pageNotFound(): DiscoveryResponse {
  return { status: 404, contentType: 'text/plain; charset=utf-8', body: Buffer.from('404 page not found\n') };
}
