import type { KubeObject } from '@kubewright/api';

/** Tells the users of an object what happened to it, as `kubectl describe` shows it. It never throws and never waits; events are best effort. */
export interface EventRecorder {
  /**
   * @param regarding the object that the event is about
   * @param reason a short, machine-readable cause in CamelCase (at most 128 characters)
   * @param action what was done or attempted, in CamelCase
   * @param note a sentence for humans (at most 1 kB, longer ones are cut)
   */
  event(regarding: EventSubject, type: 'Normal' | 'Warning', reason: string, action: string, note: string, related?: EventSubject): void;
}

/** An object with enough metadata to refer to it. */
export type EventSubject = { readonly apiVersion?: string; readonly kind?: string; readonly metadata: Readonly<Pick<KubeObject['metadata'], 'name' | 'namespace' | 'uid' | 'resourceVersion'>> };
