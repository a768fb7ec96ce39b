import { decodeJson, GoDecodeError, isRecord, readAsGo, type GoShape } from '@kubewright/api';

import { WebhookCallError } from './webhook-caller.js';

/** An answer as it came. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** The review in an answer, read as a Go program reads it. @throws WebhookCallError */
export async function readReviewAnswer(answer: HttpAnswer, shape: GoShape): Promise<Record<string, unknown>> {
  const { status, contentType, body } = answer;
  if (status < 200 || status > 206) throw new WebhookCallError(await failureText(answer));
  if (body.length === 0) throw new WebhookCallError(`0-length response with status code: ${status} and content type: ${contentType}`);
  const value = await decode(body);
  if (!isRecord(value)) {
    const type = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
    throw new WebhookCallError(`couldn't get version/kind; json parse error: json: cannot unmarshal ${goKind(value)} into Go value of type ${type}`);
  }
  if (value.kind === 'Status' && value.apiVersion === 'v1' && value.status !== 'Success') throw new WebhookCallError(typeof value.message === 'string' ? value.message : '');
  try {
    return readAsGo(value, shape).value as Record<string, unknown>;
  } catch (error) {
    if (error instanceof GoDecodeError) throw new WebhookCallError(error.message);
    throw error;
  }
}

/** What is no JSON is read as YAML, which nearly every text is. */
async function decode(body: Uint8Array): Promise<unknown> {
  try {
    return decodeJson(body);
  } catch {
    const { parse } = await import('yaml');
    try {
      return parse(Buffer.from(body).toString('utf8')) as unknown;
    } catch (error) {
      const [problem = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
      throw new WebhookCallError(`error converting YAML to JSON: yaml: ${problem}`);
    }
  }
}

/** The longest part of an answer that is quoted. */
const QUOTED_BYTES = 2048;

const TEXTS: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  409: 'the server reported a conflict',
  422: 'the server rejected our request due to an error in our request',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

/** What client-go makes of an answer that is no success. */
async function failureText({ status, contentType, body }: HttpAnswer): Promise<string> {
  const told = statusMessage(body);
  if (told !== undefined) return told;
  const isText = contentType === '' || contentType.startsWith('text/');
  const quoted = isText ? Buffer.from(body.subarray(0, QUOTED_BYTES)).toString('utf8').trim() : 'unknown';
  if (status === 403 || status === 415) return quoted;
  if (status === 406) return quoted === '' || quoted === 'unknown' ? 'the server was unable to respond with a content type that the client supports' : quoted;
  const known = TEXTS[status];
  if (known !== undefined) return known;
  if (status >= 500) return `an error on the server (${JSON.stringify(quoted)}) has prevented the request from succeeding`;
  return `the server responded with the status code ${status} but did not return more information`;
}

/** A webhook may explain itself with a Status. */
function statusMessage(body: Uint8Array): string | undefined {
  try {
    const value = decodeJson(body);
    return isRecord(value) && value.kind === 'Status' && value.apiVersion === 'v1' && typeof value.message === 'string' ? value.message : undefined;
  } catch {
    return undefined;
  }
}

function goKind(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'number';
}
