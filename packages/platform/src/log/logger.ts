/**
 * @module log: structured logging. A line is a constant message and key/values; nothing is interpolated into the message.
 * json-logger.ts writes lines, pino-logger.ts and open-telemetry-logger.ts hand them to those, memory-logger.ts keeps them for a test, noop-logger.ts
 * drops them.
 */

/** Key/values of a log line. An Error is written with its message, code, stack and causes. */
export type LogFields = Readonly<Record<string, unknown>>;

/** From chatty to serious. `info` is for whoever is on call, `debug` for us, `error` means that a human should act. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Writes structured lines. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;

  /** A logger that adds `fields` to each of its lines. */
  with(fields: LogFields): Logger;

  /** Whether lines of this level are written at all, for whoever would have to make their fields first. @default true for a logger without it */
  isEnabled?(level: LogLevel): boolean;
}

const SEVERITY: Readonly<Record<LogLevel, number>> = { debug: 10, info: 20, warn: 30, error: 40 };

/** Makes a {@link Logger} out of one function that is called for every line of at least `level`. */
export function createLogger(level: LogLevel, write: (level: LogLevel, message: string, fields: LogFields) => void, bound: LogFields = {}): Logger {
  const at = (severity: LogLevel) =>
    SEVERITY[severity] < SEVERITY[level] ? () => {} : (message: string, fields?: LogFields) => write(severity, message, fields ? { ...bound, ...fields } : bound);
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (fields) => createLogger(level, write, { ...bound, ...fields }),
    isEnabled: (severity) => SEVERITY[severity] >= SEVERITY[level],
  };
}
