/**
 * What a manager gives to the constructors of its controllers. Each name is a type and, for `@inject`, a value; `Manager` and `Cache` are
 * classes and are their own tokens.
 */
import type { Clock as ClockType, Logger as LoggerType, Random as RandomType } from '@kubewright/platform';

import type { Client as ClientType, Reader } from '../client/client.js';
import type { EventRecorder as EventRecorderType } from '../reconcile/event-recorder.js';
import type { InjectionToken } from './injection.js';

/** Reads from the cache, writes to the API server. */
export type Client = ClientType;
export const Client: InjectionToken<ClientType> = Symbol.for('kubewright.token.Client');

/** Reads from the API server, past the cache. */
export type ApiReader = Reader;
export const ApiReader: InjectionToken<Reader> = Symbol.for('kubewright.token.ApiReader');

/** Reports events under the manager's name; `context.recorder` of a reconcile reports under its controller's. */
export type EventRecorder = EventRecorderType;
export const EventRecorder: InjectionToken<EventRecorderType> = Symbol.for('kubewright.token.EventRecorder');

/** The manager's logger; `context.log` of a reconcile knows controller and request as well. */
export type Logger = LoggerType;
export const Logger: InjectionToken<LoggerType> = Symbol.for('kubewright.token.Logger');

export type Clock = ClockType;
export const Clock: InjectionToken<ClockType> = Symbol.for('kubewright.token.Clock');

export type Random = RandomType;
export const Random: InjectionToken<RandomType> = Symbol.for('kubewright.token.Random');
