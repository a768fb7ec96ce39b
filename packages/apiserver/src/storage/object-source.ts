import type { KubeObject } from '@kubewright/api';

/** Synchronous reads of what is stored, for authorizers and admission. Objects are shared and must not be changed. */
export interface ObjectSource {
  get(group: string, plural: string, namespace: string, name: string): KubeObject | undefined;
  /** @param namespace all when undefined */
  list(group: string, plural: string, namespace?: string): Iterable<KubeObject>;
}
