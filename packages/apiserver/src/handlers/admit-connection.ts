import type { KubeObject } from '@kubewright/api';

import type { RequestScope } from '../registry/request-scope.js';
import { admittedBy, type AdmittedWrite } from '../registry/store.js';
import type { Query } from '../request/query.js';
import type { ApiContext, ApiRequest } from './api-context.js';

/** Admission of something that is done rather than stored: an eviction, a review. It may change `object`. @throws ApiError what admission says */
export async function admitCreate(context: ApiContext, scope: RequestScope, object: KubeObject): Promise<void> {
  const { resource, subresourceInfo } = scope;
  const { group = resource.group, version = resource.version, kind } = subresourceInfo ?? resource;
  await admit(context, { ...admittedBy(scope), kind: { group, version, kind }, operation: 'CREATE', name: scope.name || (object.metadata.name ?? ''), object, oldObject: undefined });
}

/** Admission of a connection to something that runs: `pods/exec`. Other subresources are left alone. @throws ApiError what admission says */
export async function admitConnect(context: ApiContext, { scope, info }: ApiRequest): Promise<void> {
  const { kind = '' } = scope.subresourceInfo ?? {};
  const fields = Object.hasOwn(OPTIONS, kind) ? OPTIONS[kind] : undefined;
  if (!fields) return;
  const object = { kind, apiVersion: 'v1', ...optionsOf(info.query, fields) } as unknown as KubeObject;
  await admit(context, { ...admittedBy(scope), kind: { group: '', version: 'v1', kind }, operation: 'CONNECT', name: scope.name, object, oldObject: undefined });
}

type OptionType = 'text' | 'texts' | 'flag' | 'integers';

const STREAMS = { stdin: 'flag', stdout: 'flag', stderr: 'flag', tty: 'flag', container: 'text' } as const;
const PROXY = { path: 'text' } as const;

/** What can be said of a connection, by kind of the options. */
const OPTIONS: Readonly<Record<string, Readonly<Record<string, OptionType>>>> = {
  PodExecOptions: { ...STREAMS, command: 'texts' },
  PodAttachOptions: STREAMS,
  PodPortForwardOptions: { ports: 'integers' },
  PodProxyOptions: PROXY,
  ServiceProxyOptions: PROXY,
  NodeProxyOptions: PROXY,
};

function optionsOf(query: Query, fields: Readonly<Record<string, OptionType>>): Record<string, unknown> {
  const found = Object.entries(fields).map(([name, type]): [string, unknown] => {
    switch (type) {
      case 'text': return [name, query.text(name) || undefined];
      case 'texts': return [name, query.has(name) ? query.all(name) : undefined];
      case 'flag': return [name, query.flag(name) || undefined];
      case 'integers': return [name, query.has(name) ? query.all(name).map(Number) : undefined];
    }
  });
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

async function admit(context: ApiContext, write: AdmittedWrite): Promise<void> {
  const { admission } = context.store.options;
  await admission.admit(write);
  await admission.validate(write);
}
