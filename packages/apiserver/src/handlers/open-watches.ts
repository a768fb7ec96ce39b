import type { ResourceInfo } from '../registry/resource.js';

/** The watches that are open, so that they end with their server or with the version that they watch. */
export class OpenWatches {
  readonly #open = new Map<{ stop(): void }, ResourceInfo>();

  get size(): number {
    return this.#open.size;
  }

  add(watch: { stop(): void }, resource: ResourceInfo): void {
    this.#open.set(watch, resource);
  }

  delete(watch: { stop(): void }): void {
    this.#open.delete(watch);
  }

  /** Ends the watches of a resource in one version, which is not served any more. */
  endResource(group: string, version: string, plural: string): void {
    for (const [watch, resource] of [...this.#open]) {
      if (resource.group === group && resource.version === version && resource.plural === plural) watch.stop();
    }
  }

  endAll(): void {
    for (const watch of [...this.#open.keys()]) watch.stop();
  }
}
