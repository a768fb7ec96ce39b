import { describeError } from './describe-error.js';
import { createLogger, type LogFields, type Logger, type LogLevel } from './logger.js';

/** The part of a pino logger that is used here; pino itself is handed in by whoever has it. */
export type PinoLike = { readonly [level in LogLevel]: (fields: object, message: string) => void };

/**
 * Writes through pino: its levels, redaction, transports and serializers count. Errors among the fields are told with code, hint, stack and causes,
 * whatever their name.
 *
 * @example
 * createManager({ log: pinoLogger(pino({ level: 'debug', redact: ['token'] })) });
 */
export function pinoLogger(pino: PinoLike): Logger {
  return createLogger('debug', (level, message, fields) => pino[level](printable(fields), message));
}

function printable(fields: LogFields): LogFields {
  const entries = Object.entries(fields);
  if (!entries.some(([, value]) => value instanceof Error || typeof value === 'bigint')) return fields;
  return Object.fromEntries(entries.map(([name, value]) => [name, value instanceof Error ? describeError(value) : typeof value === 'bigint' ? String(value) : value]));
}
