import { encodeJson } from '@kubewright/api';

import type { ServerResponse } from '../request/server-request.js';
import type { OutputFormat } from './media-types.js';
import { writeYaml } from './yaml-codec.js';

/** An object, list or Status as an answer. */
export async function encodeResponse(status: number, value: unknown, format: OutputFormat, headers: ServerResponse['headers'] = {}): Promise<ServerResponse> {
  if (format.encoding === 'yaml') return { status, headers: { 'content-type': 'application/yaml', ...headers }, body: Buffer.from(await writeYaml(JSON.parse(encodeJson(value)))) };
  const text = format.pretty ? prettyJson(value) : encodeJson(value);
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: Buffer.from(`${text}\n`) };
}

function prettyJson(value: unknown): string {
  // Digits that a double can not hold are for programs, which do not ask for this.
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? Number(item) : item), 2);
}
