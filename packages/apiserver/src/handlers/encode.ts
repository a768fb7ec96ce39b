import { ApiError, encodeJson } from '@kubewright/api';

import { encodeProtobuf } from '../protobuf/envelope.js';
import type { ServerResponse } from '../request/server-request.js';
import { PROTOBUF, type OutputFormat } from './media-types.js';
import { writeYaml } from './yaml-writer.js';

/** An object, list or Status as an answer. */
export async function encodeResponse(status: number, value: unknown, format: OutputFormat, headers: ServerResponse['headers'] = {}): Promise<ServerResponse> {
  if (format.encoding === 'yaml') return { status, headers: { 'content-type': 'application/yaml', ...headers }, body: Buffer.from(writeYaml(JSON.parse(encodeJson(value)))) };
  if (format.encoding === 'protobuf') {
    const body = encodeProtobuf(value);
    if (body === undefined) throw noProtobuf(value);
    return { status, headers: { 'content-type': PROTOBUF, ...headers }, body };
  }
  const text = format.pretty ? prettyJson(value) : encodeJson(value);
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: Buffer.from(`${text}\n`) };
}

/** The answer where a type has no protobuf form. */
export function noProtobuf(value: unknown): ApiError {
  const { apiVersion = '', kind = '' } = value as { apiVersion?: string; kind?: string };
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  return ApiError.of(406, 'NotAcceptable', `object *${version}.${kind} does not implement the protobuf marshalling interface and cannot be encoded to a protobuf message`);
}

function prettyJson(value: unknown): string {
  // Digits that a double can not hold are for programs, which do not ask for this.
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? Number(item) : item), 2);
}
