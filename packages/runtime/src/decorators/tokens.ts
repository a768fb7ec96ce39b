/**
 * What a manager gives to the constructors of its controllers. Each name is a type and, for `@inject`, a value; `Manager`, `Cache` and `RestMapper`
 * are classes and are their own tokens.
 */
import type { Clock as ClockType, Logger as LoggerType, Random as RandomType } from '@kubewright/platform';

import type { Client as ClientType, Reader, Watcher as WatcherType } from '../client/client.js';
import type { EventRecorder as EventRecorderType } from '../reconcile/event-recorder.js';
import type { InjectionToken } from './injection.js';

/** Reads from the cache, writes to the API server. */
export type Client = ClientType;
export const Client: InjectionToken<ClientType> = Symbol.for('kubewright.token.Client');

/** Watches without a cache. */
export type Watcher = WatcherType;
export const Watcher: InjectionToken<WatcherType> = Symbol.for('kubewright.token.Watcher');

/** Reads from the API server, past the cache. */
export type ApiReader = Reader;
export const ApiReader: InjectionToken<Reader> = Symbol.for('kubewright.token.ApiReader');

/** Reports events under the manager's name; `context.recorder` of a reconcile reports under its controller's. */
export type EventRecorder = EventRecorderType;
export const EventRecorder: InjectionToken<EventRecorderType> = Symbol.for('kubewright.token.EventRecorder');

/** The manager's logger; `context.log` of a reconcile knows controller and request as well. */
export type Logger = LoggerType;
export const Logger: InjectionToken<LoggerType> = Symbol.for('kubewright.token.Logger');

/** The time by which the manager and its controllers live: a test may move it by hand. */
export type Clock = ClockType;
export const Clock: InjectionToken<ClockType> = Symbol.for('kubewright.token.Clock');

/** Where jitter and ids come from: a test may seed it. */
export type Random = RandomType;
export const Random: InjectionToken<RandomType> = Symbol.for('kubewright.token.Random');
