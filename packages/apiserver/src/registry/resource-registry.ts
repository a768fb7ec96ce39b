import type { ResourceInfo } from './resource.js';

/** The resources that are served right now. Definitions add and remove theirs at run time; `revision` grows with every change. */
export class ResourceRegistry {
  readonly #resources = new Map<string, ResourceInfo>();
  #revision = 0;

  get revision(): number {
    return this.#revision;
  }

  add(resource: ResourceInfo): void {
    this.#resources.set(keyOf(resource.group, resource.version, resource.plural), resource);
    this.#revision++;
  }

  remove(group: string, version: string, plural: string): void {
    if (this.#resources.delete(keyOf(group, version, plural))) this.#revision++;
  }

  lookup(group: string, version: string, plural: string): ResourceInfo | undefined {
    return this.#resources.get(keyOf(group, version, plural));
  }

  /** In the order in which they were added. */
  all(): Iterable<ResourceInfo> {
    return this.#resources.values();
  }
}

function keyOf(group: string, version: string, plural: string): string {
  return `${group}/${version}/${plural}`;
}
