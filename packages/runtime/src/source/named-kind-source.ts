import { noopLogger, type Clock } from '@kubewright/platform';

import type { KindName, RestMapper } from '../client/rest-mapper.js';
import { hasCode } from '../errors/kubewright-error.js';
import { KindSource, type KindSourceOptions } from './kind-source.js';
import type { RequestSink, Source } from './source.js';

/** What a {@link NamedKindSource} listens to. */
export interface NamedKindSourceOptions<R> extends Omit<KindSourceOptions<R>, 'kind'> {
  /** Group and name of the kind; without a version, the one that the server prefers. */
  readonly kind: KindName;
  readonly restMapper: Pick<RestMapper, 'kindFor'>;
  readonly clock: Clock;
}

/** Milliseconds between two looks for a kind that is not there, as controller-runtime's kind source has it. */
const LOOK_AGAIN = 10_000;

/**
 * The objects of a kind that is known by its name only. Plural and scope come from the server's discovery when the source starts; a kind that is not
 * installed yet is looked for again every ten seconds, and its controller waits for it no longer than its `cacheSyncTimeout`.
 */
export class NamedKindSource<R> implements Source<R> {
  readonly name: string;
  #source: KindSource<R> | undefined;
  #failure: Error | undefined;

  constructor(private readonly options: NamedKindSourceOptions<R>) {
    const { group, kind } = options.kind;
    this.name = `kind ${group ? `${kind}.${group}` : kind}`;
  }

  get lastFailure(): Error | undefined {
    return this.#source?.lastFailure ?? this.#failure;
  }

  async start(sink: RequestSink<R>, signal: AbortSignal): Promise<void> {
    const { clock, restMapper, log = noopLogger } = this.options;
    for (;;) {
      try {
        const kind = await restMapper.kindFor(this.options.kind, signal);
        this.#failure = undefined;
        this.#source = new KindSource({ ...this.options, kind });
        break;
      } catch (error) {
        signal.throwIfAborted();
        if (!this.#failure) log[hasCode(error, 'KW_KIND_UNKNOWN') ? 'info' : 'warn']('a kind can not be found yet', { source: this.name, error });
        this.#failure = error instanceof Error ? error : new Error(String(error));
        await clock.sleep(LOOK_AGAIN, signal);
      }
    }
    return this.#source.start(sink, signal);
  }
}
