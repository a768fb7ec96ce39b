import { isConflict, isNotFound, type KubeObject } from '@kubewright/api';

import type { UserInfo } from '../authn/user-info.js';
import { MASTERS } from '../authn/user-info.js';
import { deleteObject } from '../registry/deletion.js';
import type { RequestScope } from '../registry/request-scope.js';
import type { ResourceInfo } from '../registry/resource.js';
import type { Store } from '../registry/store.js';
import type { DefinitionStore } from './custom-resource-definitions.js';
import type { Definition } from './definition.js';

const GROUP = 'apiextensions.k8s.io';
const PLURAL = 'customresourcedefinitions';

/** The server acts as itself, past authorization but not past admission. */
const SERVER: UserInfo = { name: 'system:apiserver', groups: [MASTERS] };

/** {@link DefinitionStore} over the server's own store. */
export class StoredDefinitions implements DefinitionStore {
  /** @param resource customresourcedefinitions in v1, as it is served */
  constructor(private readonly store: Store, private readonly resource: ResourceInfo) {}

  get(name: string): Definition | undefined {
    return this.store.options.storage.get(GROUP, PLURAL, '', name) as Definition | undefined;
  }

  list(): Iterable<Definition> {
    return this.store.options.storage.list(GROUP, PLURAL) as Iterable<Definition>;
  }

  onWrite(listener: (name: string) => void): { cancel(): void } {
    return this.store.options.storage.onCommit(GROUP, PLURAL, ({ object }) => listener(object.metadata.name ?? ''));
  }

  async writeStatus(definition: Definition): Promise<boolean> {
    const scope = scopeOf(this.resource, '', definition.metadata.name ?? '', 'status');
    try {
      await this.store.update(scope, { createIfMissing: false, produce: () => structuredClone(definition) });
      return true;
    } catch (error) {
      if (isConflict(error) || isNotFound(error)) return false;
      throw error;
    }
  }

  listInstances(group: string, plural: string): Iterable<KubeObject> {
    return this.store.options.storage.list(group, plural);
  }

  async deleteInstance(resource: ResourceInfo, { metadata }: KubeObject): Promise<void> {
    try {
      await deleteObject(this.store, scopeOf(resource, metadata.namespace ?? '', metadata.name ?? '', ''), {});
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

function scopeOf(resource: ResourceInfo, namespace: string, name: string, subresource: string): RequestScope {
  return {
    resource, subresource, subresourceInfo: resource.subresources.find((sub) => sub.name === subresource), namespace, name, user: SERVER, dryRun: false,
    fieldManager: 'kube-apiserver', fieldValidation: 'Ignore', warnings: [],
  };
}
