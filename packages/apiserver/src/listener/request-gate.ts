import type { Pipeline } from '../router/pipeline.js';
import { ConnectionLost } from '../request/connection-lost.js';
import type { ServerRequest, ServerResponse } from '../request/server-request.js';

/** Where requests of all listeners come in. For the time of a restart it can be silenced and closed, and it knows when nothing is being carried out any more. */
export class RequestGate {
  readonly #underWay = new Set<Promise<ServerResponse>>();
  /** While it is there, answers wait for it; it never resolves. */
  #silence: { readonly promise: Promise<never>; readonly end: (reason: Error) => void } | undefined;
  #isClosed = false;

  constructor(private readonly pipeline: Pipeline) {}

  /** Carries a request out; the body of a watch goes on after it. @throws ConnectionLost where the answer is lost, whatever was stored */
  async handle(request: ServerRequest): Promise<ServerResponse> {
    const handled = this.pipeline.handle(request);
    this.#underWay.add(handled);
    let response: ServerResponse;
    try {
      response = await handled;
    } finally {
      this.#underWay.delete(handled);
    }
    if (!this.#silence) return response;
    return this.#silence.promise;
  }

  /** @throws ConnectionLost while it is closed */
  throwIfClosed(): void {
    if (this.#isClosed) throw new ConnectionLost('connect ECONNREFUSED: the API server is restarting', 'ECONNREFUSED');
  }

  /** From now on requests are carried out and not answered. */
  silence(): void {
    let end: (reason: Error) => void = () => {};
    const promise = new Promise<never>((_resolve, reject) => (end = reject));
    promise.catch(() => {}); // there may be nobody who waits
    this.#silence = { promise, end };
  }

  /** Lets nothing more in; resolves when what came in before has been carried out. What waits for an answer gets `reason`. */
  async close(reason: Error): Promise<void> {
    this.#isClosed = true;
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    this.#silence?.end(reason);
  }

  open(): void {
    this.#silence = undefined;
    this.#isClosed = false;
  }
}
