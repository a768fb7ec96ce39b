import type { Clock } from '../clock/clock.js';
import { describeError } from './describe-error.js';
import { createLogger, type LogFields, type Logger, type LogLevel } from './logger.js';

/** Where a {@link jsonLogger} writes and what. */
export interface JsonLoggerOptions {
  /** Lines below this level are dropped. @default 'info' */
  readonly level?: LogLevel;
  /** Takes one line with its line feed. @default process.stderr */
  readonly write?: (line: string) => void;
}

/** One JSON object a line: `time` (ISO 8601), `level`, `msg`, then the fields. Cyclic or otherwise unprintable fields never throw. */
export function jsonLogger(clock: Clock, options: JsonLoggerOptions = {}): Logger {
  const write = options.write ?? ((line) => void process.stderr.write(line));
  return createLogger(options.level ?? 'info', (level, msg, fields) => {
    write(`${print({ time: new Date(clock.now()).toISOString(), level, msg, ...fields })}\n`);
  });
}

function print(line: LogFields): string {
  try {
    return JSON.stringify(line, (_key, value: unknown) => (value instanceof Error ? describeError(value) : typeof value === 'bigint' ? String(value) : value));
  } catch (error) {
    return JSON.stringify({ time: line.time, level: line.level, msg: line.msg, unprintable: String(error) });
  }
}
