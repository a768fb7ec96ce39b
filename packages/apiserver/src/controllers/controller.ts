import type { KubeObject, ResourceKind } from '@kubewright/api';
import type { Clock, Logger, Random, Scheduler } from '@kubewright/platform';

import type { ControllerClient } from './client.js';
import type { EventRecorder } from './event-recorder.js';
import type { ObjectWatch } from './object-watch.js';
import type { ResourceMonitor } from './resource-monitor.js';
import type { WorkLoop } from './work-loop.js';

/** What a controller is made with. All of it is shared but `client` and `events`, which are its own identity's. */
export interface ControllerContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** Acts as the controller's own ServiceAccount. */
  readonly client: ControllerClient;
  readonly events: EventRecorder;
  /** PEM of the authority behind the server's certificate. */
  readonly certificateAuthority: () => string;
  /** The watch of a resource; the first caller makes it, and it is started with the controllers. */
  watch<T extends KubeObject>(kind: ResourceKind<T>): ObjectWatch<T>;
  /** Watches everything that can be deleted. */
  monitor(): ResourceMonitor;
  /** A loop that is started when all watches have synced, and is stopped with the controller. */
  loop(process: (key: string) => Promise<number | void>): WorkLoop;
  /** Called when the loops have ended, while the server can still be asked. */
  onStop(callback: () => Promise<void>): void;
}

/** Makes a controller: it hooks into watches, and returns. Its loops do the work. */
export type ControllerFactory = (context: ControllerContext) => void;
