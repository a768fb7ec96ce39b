/** From bytes to an object of the kind that a request is about, with the answers of the real server for everything else. */
import { badRequest, decodeJson, GoDecodeError, parseApiVersion, readObjectMeta, unsupportedMediaType, type ApiError, type KubeObject } from '@kubewright/api';

import { openEnvelope, readRaw } from '../protobuf/envelope.js';
import { messageOf } from '../protobuf/message.js';
import { ProtobufError } from '../protobuf/wire-reader.js';
import type { RequestScope } from '../registry/request-scope.js';
import { readTyped } from '../registry/typed-reader.js';
import { builtinSchema } from '../schemas/builtin-schemas.js';
import { ACCEPTED, mediaTypeOf, PROTOBUF } from './media-types.js';
import { readYaml, yamlProblems } from './yaml-codec.js';

/** A document with the problems that only count under strict validation. */
export interface DecodedDocument {
  readonly value: unknown;
  /** `duplicate field "data.k"`, `unknown field "spec.foo"` */
  readonly problems: string[];
}

/** Kind and version that a body is expected to have; that of the resource, or of a subresource such as Scale. */
export interface ExpectedKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * Decodes JSON, YAML or protobuf by its Content-Type. What comes in protobuf says what it is; of a type that is not known it is only said.
 * @throws ApiError UnsupportedMediaType, or BadRequest naming the kind
 */
export async function decodeDocument(bytes: Uint8Array, contentType: string, expected: ExpectedKind, wantsDuplicates: boolean, custom = false): Promise<DecodedDocument> {
  const { kind } = expected;
  const type = contentType.trim() === '' ? 'application/json' : mediaTypeOf(contentType);
  const problems: string[] = [];
  switch (type) {
    case 'application/json':
      try {
        const value = decodeJson(bytes, wantsDuplicates ? { onDuplicateKey: (path) => problems.push(`duplicate field ${JSON.stringify(path)}`) } : {});
        return { value, problems };
      } catch (error) {
        throw unfit(bytes, expected, textOf(error)) ?? unrecognized(kind, `couldn't get version/kind; json parse error: ${textOf(error)}`, bytes);
      }
    case 'application/yaml':
      try {
        return { value: await readYaml(Buffer.from(bytes).toString('utf8'), wantsDuplicates ? (problem) => problems.push(problem) : undefined), problems };
      } catch (error) {
        throw unrecognized(kind, `yaml: ${textOf(error)}`, bytes);
      }
    case PROTOBUF:
      return { value: decodeProtobuf(bytes, expected, custom), problems };
    default:
      throw unsupportedMediaType(contentType, ACCEPTED);
  }
}

/** A number beyond all bounds is well-formed: that it fits nowhere is found once the kind is known. */
function unfit(bytes: Uint8Array, expected: ExpectedKind, problem: string): ApiError | undefined {
  if (!problem.startsWith('json: cannot unmarshal number')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    // Something else is wrong with it further on, and that is what counts.
    return undefined;
  }
  const { apiVersion, kind } = typeMetaOf(value, bytes, expected.kind);
  return cannotBeHandled({ apiVersion: apiVersion || expected.apiVersion, kind: kind || expected.kind }, expected, problem);
}

function decodeProtobuf(bytes: Uint8Array, expected: ExpectedKind, custom: boolean): object {
  let given = expected;
  try {
    const envelope = openEnvelope(bytes);
    given = { apiVersion: envelope.apiVersion || expected.apiVersion, kind: envelope.kind || expected.kind };
    if (custom) throw new ProtobufError('object *unstructured.Unstructured does not implement the protobuf marshalling interface and cannot be encoded to a protobuf message');
    const message = messageOf(given.apiVersion, given.kind);
    return { ...given, ...(message && readRaw(envelope.raw, message)) };
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    if (given === expected) throw unrecognized(expected.kind, error.message, bytes);
    throw cannotBeHandled(given, expected, error.message);
  }
}

/**
 * Checks what a document says it is. A built-in object may leave it out, a custom one may not; a wrong kind of a custom resource is left to
 * its validation. Afterwards apiVersion and kind are set. @throws ApiError BadRequest
 */
export function checkTypeMeta(value: unknown, bytes: Uint8Array, expected: ExpectedKind, custom: boolean, isRegistered: (apiVersion: string, kind: string) => boolean): KubeObject {
  // Go reads null into an empty object; what is missing is told by its validation.
  if (value === null && !custom) return { apiVersion: expected.apiVersion, kind: expected.kind, metadata: {} };
  const typed = typeMetaOf(value, bytes, expected.kind);
  const { apiVersion, kind } = typed;
  if (apiVersion !== undefined && apiVersion.split('/').length > 2) throw unrecognized(expected.kind, `unexpected GroupVersion string: ${apiVersion}`, bytes);
  if (custom) {
    if (!kind) throw unrecognized(expected.kind, `Object 'Kind' is missing in '${Buffer.from(bytes).toString('utf8')}'`, bytes);
    if (apiVersion !== expected.apiVersion) throw badRequest(`the API version in the data (${apiVersion ?? ''}) does not match the expected API version (${expected.apiVersion})`);
  } else if ((kind && kind !== expected.kind) || (apiVersion && apiVersion !== expected.apiVersion)) {
    const given = { apiVersion: apiVersion || expected.apiVersion, kind: kind || expected.kind };
    throw wrongKind(given, expected, isRegistered(given.apiVersion, given.kind));
  }
  const object = value as KubeObject;
  object.apiVersion = expected.apiVersion;
  if (!custom || !kind) object.kind = expected.kind;
  return object;
}

/**
 * Drops unknown fields, checks types, and fills in defaults. What was dropped is told by the request's fieldValidation: an error, a warning
 * or nothing. @throws ApiError BadRequest @throws GoDecodeError for a value of a wrong type
 */
export function readFields(scope: RequestScope, object: KubeObject, problems: readonly string[], refuse: (problem: string) => ApiError, merged = false): void {
  const found = [...problems];
  const isList = scope.resource.custom && 'items' in object && Array.isArray(object.items);
  if (scope.resource.custom) {
    const { metadata, unknown } = readObjectMeta(object.metadata ?? {});
    object.metadata = metadata;
    found.push(...unknown.map(unknownField));
  }
  object.metadata ??= {};
  const unknown = scope.resource.strategy.prune(object, merged ? 'values' : 'json');
  // Go takes a custom resource with items for a list, in whose fields it looks for nothing.
  if (!isList) found.push(...unknown.map(unknownField));
  report(scope, found, refuse);
  scope.resource.strategy.applyDefaults(object, merged);
}

/** {@link readFields} for a Scale, whatever it scales. @throws ApiError BadRequest @throws GoDecodeError for a value of a wrong type */
export function readScaleFields(scope: RequestScope, scale: KubeObject, problems: readonly string[], refuse: (problem: string) => ApiError): void {
  const unknown = readTyped(scale as unknown as Record<string, unknown>, builtinSchema('autoscaling', 'v1', 'Scale')!, 'Scale', 'autoscaling/v1');
  report(scope, [...problems, ...unknown.map(unknownField)], refuse);
}

/** Tells problems as the request's fieldValidation wants. @throws what `refuse` makes, under Strict */
export function report(scope: RequestScope, problems: readonly string[], refuse: (problem: string) => ApiError): void {
  if (problems.length === 0 || scope.fieldValidation === 'Ignore') return;
  if (scope.fieldValidation === 'Strict') throw refuse(`strict decoding error: ${problems.join(', ')}`);
  for (const problem of problems.flatMap(yamlProblems)) if (!scope.warnings.includes(problem)) scope.warnings.push(problem);
}

/** Reads the body of a create or an update into an object that is ready for the store. @throws ApiError */
export async function decodeObject(scope: RequestScope, bytes: Uint8Array, contentType: string, expected: ExpectedKind, isRegistered: (apiVersion: string, kind: string) => boolean): Promise<KubeObject> {
  const { value, problems } = await decodeDocument(bytes, contentType, expected, scope.fieldValidation !== 'Ignore', scope.resource.custom);
  const object = checkTypeMeta(value, bytes, expected, scope.resource.custom, isRegistered);
  const refuse = (problem: string): ApiError => {
    const { version } = parseApiVersion(expected.apiVersion);
    return badRequest(`${object.kind ?? expected.kind} in version ${JSON.stringify(version)} cannot be handled as a ${expected.kind}: ${problem}`);
  };
  try {
    readFields(scope, object, problems, refuse);
  } catch (error) {
    throw error instanceof GoDecodeError ? refuse(error.message) : error;
  }
  return object;
}

const SUMMARY_LENGTH = 30;

/** The answer to a body in which the server finds no kind. */
export function unrecognized(kind: string, problem: string, bytes: Uint8Array): ApiError {
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${problem} (${summaryOf(Buffer.from(bytes))})`);
}

function summaryOf(bytes: Buffer): string {
  if (bytes.length === 0) return '<empty>';
  const encoding = bytes[0] === 0x7b ? 'utf8' : 'hex';
  return bytes.length > SUMMARY_LENGTH ? `${bytes.subarray(0, SUMMARY_LENGTH).toString(encoding)} ...` : bytes.toString(encoding);
}

const TYPE_META = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

function typeMetaOf(value: unknown, bytes: Uint8Array, kind: string): { apiVersion: string | undefined; kind: string | undefined } {
  if (value === null || value === undefined) throw unrecognized(kind, `Object 'Kind' is missing in '${Buffer.from(bytes).toString('utf8')}'`, bytes);
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw unrecognized(kind, `couldn't get version/kind; json parse error: json: cannot unmarshal ${goKindOf(value)} into Go value of type ${TYPE_META}`, bytes);
  }
  const text = (field: 'apiVersion' | 'kind'): string | undefined => {
    const found = (value as Record<string, unknown>)[field];
    if (found === undefined || found === null || typeof found === 'string') return found ?? undefined;
    throw unrecognized(kind, `couldn't get version/kind; json parse error: json: cannot unmarshal ${goKindOf(found)} into Go struct field .${field} of type string`, bytes);
  };
  return { apiVersion: text('apiVersion'), kind: text('kind') };
}

function wrongKind(given: ExpectedKind, expected: ExpectedKind, isRegistered: boolean): ApiError {
  const { version, group } = parseApiVersion(given.apiVersion);
  const isKnown = isRegistered || messageOf(given.apiVersion, given.kind) !== undefined;
  // The same kind in another version is understood, and refused.
  if (isKnown && given.kind === expected.kind && homeOf(given) === homeOf(expected)) {
    return badRequest(`the API version in the data (${given.apiVersion}) does not match the expected API version (${expected.apiVersion})`);
  }
  const problem = isKnown && knows(expected, group)
    ? `converting (${version}.${given.kind}) to (${internalPackage(expected.apiVersion)}.${expected.kind}): unknown conversion`
    : `no kind ${JSON.stringify(given.kind)} is registered for version ${JSON.stringify(given.apiVersion)} in scheme "${schemeOf(expected)}"`;
  return cannotBeHandled(given, expected, problem);
}

/** Groups that kinds have left, and where they are at home. */
const MOVED: Readonly<Record<string, string>> = {
  'extensions Deployment': 'apps', 'extensions DaemonSet': 'apps', 'extensions ReplicaSet': 'apps', 'extensions Ingress': 'networking.k8s.io', 'extensions NetworkPolicy': 'networking.k8s.io',
  'extensions Scale': 'autoscaling', 'apps Scale': 'autoscaling', 'events.k8s.io Event': '',
};

function homeOf({ apiVersion, kind }: ExpectedKind): string {
  const { group } = parseApiVersion(apiVersion);
  return MOVED[`${group} ${kind}`] ?? group;
}

/** Two groups have servers, and with them lists of kinds, of their own inside of the real one; messages name the line that makes the list. */
const SCHEMES: Readonly<Record<string, string>> = {
  'apiextensions.k8s.io': 'k8s.io/apiextensions-apiserver/pkg/apiserver/apiserver.go:55', 'apiregistration.k8s.io': 'k8s.io/kube-aggregator/pkg/apiserver/scheme/scheme.go:28',
};

function schemeOf(expected: ExpectedKind): string {
  return SCHEMES[parseApiVersion(expected.apiVersion).group] ?? 'pkg/api/legacyscheme/scheme.go:30';
}

function knows(expected: ExpectedKind, group: string): boolean {
  const own = parseApiVersion(expected.apiVersion).group;
  return Object.hasOwn(SCHEMES, own) ? own === group : !Object.hasOwn(SCHEMES, group);
}

function cannotBeHandled(given: ExpectedKind, expected: ExpectedKind, problem: string): ApiError {
  return badRequest(`${given.kind} in version ${JSON.stringify(parseApiVersion(given.apiVersion).version)} cannot be handled as a ${expected.kind}: ${problem}`);
}

function internalPackage(apiVersion: string): string {
  const { group } = parseApiVersion(apiVersion);
  return group === '' ? 'core' : group.split('.')[0]!;
}

/** What Go's decoder calls a JSON value. */
export function goKindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'bigint' ? 'number' : typeof value === 'boolean' ? 'bool' : typeof value;
}

function unknownField(path: string): string {
  return `unknown field ${JSON.stringify(path)}`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
