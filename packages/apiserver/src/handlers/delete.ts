import { badRequest, decodeJson, invalid, unsupportedMediaType, type DeleteOptions, type FieldError } from '@kubewright/api';

import { openEnvelope, readRaw } from '../protobuf/envelope.js';
import { messageOf } from '../protobuf/message.js';
import { ProtobufError } from '../protobuf/wire-reader.js';
import { deleteObject } from '../registry/deletion.js';
import { headerOf, wantsPretty } from '../request/server-request.js';
import type { ApiRequest, Handler } from './api-context.js';
import { goKindOf, unrecognized } from './decode-body.js';
import { encodeResponse } from './encode.js';
import { ACCEPTED, mediaTypeOf, negotiate, PROTOBUF } from './media-types.js';
import { includeObjectOf, viewObject } from './view.js';
import { validateDryRun } from './write-options.js';
import { readYaml } from './yaml-codec.js';

/** DELETE of one object. */
export const handleDelete: Handler = async (context, request) => {
  const { http, info } = request;
  const format = negotiate(headerOf(http, 'accept'), wantsPretty(http, info.query), true, !request.scope.resource.custom);
  const options = await readDeleteOptions(request);
  const scope = { ...request.scope, dryRun: (options.dryRun?.length ?? 0) > 0 };
  const { resource } = scope;
  if ((resource.strategy.defaultPropagation ?? 'background') === 'orphan' && resource.group === 'batch' && options.propagationPolicy === undefined && options.orphanDependents === undefined) {
    scope.warnings.push('child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning');
  }
  const { object, isGone } = await deleteObject(context.store, scope, options);
  if (!isGone || resource.strategy.returnsDeletedObject) {
    return encodeResponse(200, viewObject(object, resource, format.view, includeObjectOf(info.query), context.clock.now()), format);
  }
  const details = { name: scope.name, ...(resource.group && { group: resource.group }), kind: resource.plural, uid: object.metadata.uid ?? '' };
  return encodeResponse(200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }, format);
};

const POLICIES = ['Foreground', 'Background', 'Orphan'];

/** Options from the body, else from the query. @throws ApiError BadRequest, Invalid or UnsupportedMediaType */
export async function readDeleteOptions({ http, info }: ApiRequest): Promise<DeleteOptions> {
  const bytes = await http.body();
  const contentType = headerOf(http, 'content-type');
  const options = bytes.length > 0 ? checkFields(await decode(bytes, contentType)) : optionsOfQuery(info.query);
  const errors: FieldError[] = [...validateDryRun(options.dryRun ?? [])];
  const policy: string | undefined = options.propagationPolicy;
  if (policy !== undefined && options.orphanDependents !== undefined) {
    errors.push({ type: 'FieldValueInvalid', field: 'propagationPolicy', message: `Invalid value: ${JSON.stringify(policy)}: orphanDependents and deletionPropagation cannot be both set` });
  }
  if (policy !== undefined && !POLICIES.includes(policy)) {
    errors.push({ type: 'FieldValueNotSupported', field: 'propagationPolicy', message: `Unsupported value: ${JSON.stringify(policy)}: supported values: "Foreground", "Background", "Orphan", "nil"` });
  }
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', errors);
  return options;
}

function optionsOfQuery(query: ApiRequest['info']['query']): DeleteOptions {
  const gracePeriodSeconds = query.integer('gracePeriodSeconds');
  const orphanDependents = query.flag('orphanDependents');
  return {
    ...(query.all('dryRun').length > 0 && { dryRun: [...query.all('dryRun')] }),
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(orphanDependents !== undefined && { orphanDependents }),
    ...(query.has('propagationPolicy') && { propagationPolicy: query.text('propagationPolicy') as NonNullable<DeleteOptions['propagationPolicy']> }),
  };
}

async function decode(bytes: Uint8Array, contentType: string): Promise<unknown> {
  const type = contentType.trim() === '' ? 'application/json' : mediaTypeOf(contentType);
  if (type !== 'application/json' && type !== 'application/yaml' && type !== PROTOBUF) throw unsupportedMediaType(contentType, ACCEPTED);
  try {
    if (type === PROTOBUF) return decodeProtobufOptions(bytes);
    return type === 'application/json' ? decodeJson(bytes) : await readYaml(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    if (error instanceof ProtobufError) throw unrecognized(DELETE_OPTIONS, error.message, bytes);
    throw badRequest(`couldn't get version/kind; json parse error: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const DELETE_OPTIONS = 'DeleteOptions';

function decodeProtobufOptions(bytes: Uint8Array): object {
  const { apiVersion, kind, raw } = openEnvelope(bytes);
  const message = kind === '' || kind === DELETE_OPTIONS ? messageOf('v1', DELETE_OPTIONS)! : undefined;
  return { ...(apiVersion && { apiVersion }), ...(kind && { kind }), ...(message && readRaw(raw, message)) };
}

const FIELD_TYPES: Readonly<Record<string, readonly [kind: string, goType: string]>> = {
  gracePeriodSeconds: ['number', 'int64'],
  orphanDependents: ['bool', 'bool'],
  propagationPolicy: ['string', 'v1.DeletionPropagation'],
  dryRun: ['array', '[]string'],
  preconditions: ['object', 'v1.Preconditions'],
};

function checkFields(value: unknown): DeleteOptions {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badRequest(`couldn't get version/kind; json parse error: json: cannot unmarshal ${goKindOf(value)} into Go value of type v1.DeleteOptions`);
  const { kind, apiVersion } = value as DeleteOptions;
  if (kind !== undefined && kind !== DELETE_OPTIONS) {
    throw badRequest(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion ?? '')} in scheme "k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27"`);
  }
  const options: Record<string, unknown> = {};
  for (const [field, [wanted, goType]] of Object.entries(FIELD_TYPES)) {
    const given = (value as Record<string, unknown>)[field];
    if (given === undefined || given === null) continue;
    if (goKindOf(given) !== wanted) throw badRequest(`json: cannot unmarshal ${goKindOf(given)} into Go struct field DeleteOptions.${field} of type ${goType}`);
    options[field] = given;
  }
  return options;
}
