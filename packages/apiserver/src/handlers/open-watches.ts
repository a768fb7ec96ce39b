import type { ResourceInfo } from '../registry/resource.js';

/** A watch that is open, as its request named it. */
export interface OpenWatch {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** Empty for all namespaces. */
  readonly namespace: string;
  readonly userAgent: string;
}

interface Watch {
  stop(): void;
  expire(): void;
  breakOff(reason: Error): void;
}

/** The watches that are open, so that they end with their server or with the version that they watch, and from where new ones may begin. */
export class OpenWatches {
  readonly #open = new Map<Watch, OpenWatch>();
  #oldestStart = 0;

  get size(): number {
    return this.#open.size;
  }

  /** Watches from revisions before this one are too old, whatever the storage remembers: the server has started at it. */
  get oldestStart(): number {
    return this.#oldestStart;
  }

  add(watch: Watch, { group, version, plural }: ResourceInfo, request: Pick<OpenWatch, 'namespace' | 'userAgent'>): void {
    this.#open.set(watch, { group, version, plural, ...request });
  }

  delete(watch: Watch): void {
    this.#open.delete(watch);
  }

  /** Ends the watches of a resource in one version, which is not served any more. */
  endResource(group: string, version: string, plural: string): void {
    for (const [watch, open] of [...this.#open]) {
      if (open.group === group && open.version === version && open.plural === plural) watch.stop();
    }
  }

  endAll(): void {
    for (const watch of [...this.#open.keys()]) watch.stop();
  }

  /** Tells all who watch to start over. */
  expireAll(): void {
    for (const watch of [...this.#open.keys()]) watch.expire();
  }

  /** Breaks watches off in the middle. @returns how many */
  breakOff(reason: Error, which: (watch: OpenWatch) => boolean = () => true): number {
    const chosen = [...this.#open].filter(([, open]) => which(open));
    for (const [watch] of chosen) watch.breakOff(reason);
    return chosen.length;
  }

  /** Forgets the past, as a server does that has just filled its watch cache at `revision`. */
  forgetBefore(revision: number): void {
    this.#oldestStart = revision;
  }
}
