import { createLogger, type LogFields, type Logger, type LogLevel } from './logger.js';

/** The part of a logger of @opentelemetry/api-logs that is used here; it is handed in by whoever has OpenTelemetry. */
export interface OpenTelemetryLogSink {
  emit(record: { severityNumber: number; severityText: string; body: string; attributes: Record<string, string | number | boolean | string[]> }): void;
}

const SEVERITY: Readonly<Record<LogLevel, number>> = { debug: 5, info: 9, warn: 13, error: 17 };

/**
 * Writes log records of OpenTelemetry: the constant message is the body, the key/values are attributes, an error is told as `exception.*`. What is logged
 * within a reconcile belongs to its trace when `bridgeOpenTelemetry` runs reconciles inside their spans.
 *
 * @param options.level lines below it are dropped. @default 'info'
 * @example
 * createManager({ log: teeLogger(jsonLogger(realClock), openTelemetryLogger(logs.getLogger('my-operator'))) });
 */
export function openTelemetryLogger(sink: OpenTelemetryLogSink, options: { readonly level?: LogLevel } = {}): Logger {
  return createLogger(options.level ?? 'info', (level, body, fields) => sink.emit({ severityNumber: SEVERITY[level], severityText: level.toUpperCase(), body, attributes: attributesOf(fields) }));
}

/** Writes each line to all of the given loggers. */
export function teeLogger(...loggers: readonly Logger[]): Logger {
  return createLogger('debug', (level, message, fields) => {
    for (const logger of loggers) logger[level](message, fields);
  });
}

function attributesOf(fields: LogFields): Record<string, string | number | boolean | string[]> {
  const attributes: Record<string, string | number | boolean | string[]> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === null) continue;
    if (value instanceof Error) {
      Object.assign(attributes, { 'exception.type': value.name, 'exception.message': value.message, ...(value.stack && { 'exception.stacktrace': value.stack }) });
      const { code } = value as { readonly code?: unknown };
      if (typeof code === 'string') attributes['exception.code'] = code;
    } else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') attributes[name] = value;
    else if (Array.isArray(value) && value.every((item) => typeof item === 'string')) attributes[name] = value as string[];
    else attributes[name] = textOf(value);
  }
  return attributes;
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value, (_key, member: unknown) => (typeof member === 'bigint' ? String(member) : member)) ?? String(value);
  } catch {
    return String(value);
  }
}
