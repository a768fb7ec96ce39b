import { createLogger, type LogFields, type Logger, type LogLevel } from './logger.js';

/** A line that a {@link memoryLogger} kept. */
export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** Keeps every line, of every level, for a test to look at. */
export function memoryLogger(): Logger & { readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  return Object.assign(
    createLogger('debug', (level, message, fields) => void lines.push({ level, message, fields })),
    { lines },
  );
}
