import type { Transport, TransportRequest, TransportResponse } from './transport.js';

/** What a {@link ScriptedTransport} answers: a response, or an error to reject with. */
export type ScriptedAnswer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string | Uint8Array | AsyncIterable<Uint8Array> }
  | Error;

/**
 * A transport for unit tests: answers from a function and keeps every request.
 *
 * @example
 * const transport = new ScriptedTransport((request) => ({ status: 200, body: '{}' }));
 */
export class ScriptedTransport implements Transport {
  readonly requests: TransportRequest[] = [];

  constructor(private readonly answer: (request: TransportRequest, index: number, signal?: AbortSignal) => ScriptedAnswer | Promise<ScriptedAnswer>) {}

  async dispatch(request: TransportRequest, signal?: AbortSignal): Promise<TransportResponse> {
    signal?.throwIfAborted();
    const index = this.requests.push(request) - 1;
    const answer = await this.answer(request, index, signal);
    if (answer instanceof Error) throw answer;
    return { status: answer.status, headers: { 'content-type': 'application/json', ...answer.headers }, body: bodyOf(answer.body ?? '') };
  }

  async close(): Promise<void> {}
}

function bodyOf(body: string | Uint8Array | AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (typeof body === 'object' && Symbol.asyncIterator in body) return body;
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return (async function* () {
    if (bytes.byteLength > 0) yield bytes;
  })();
}
