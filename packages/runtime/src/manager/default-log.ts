import { createLogger, jsonLogger, pinoLogger, type Clock, type Logger } from '@kubewright/platform';

/** The log of a manager that was given none. */
export interface DefaultLog extends Logger {
  /** Loads pino and writes through it from then on. Without pino everything stays as it is. */
  upgrade(): Promise<void>;
}

/**
 * JSON lines on standard error, from level `info` on: by pino once it is loaded, and by a plain writer of the same fields before that, since loading
 * pino takes longer than all that an operator logs while it starts. Lines are written at once: none is lost when the process ends.
 */
export function defaultLog(clock: Clock, write?: (line: string) => void): DefaultLog {
  let current: Logger = jsonLogger(clock, write ? { write } : {});
  const log = createLogger('info', (level, message, fields) => current[level](message, fields));
  return {
    ...log,
    async upgrade() {
      const pino = await import('pino').then(({ pino: make }) => make, () => undefined);
      if (!pino) return;
      const options = { level: 'info', base: undefined, timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`, formatters: { level: (level: string) => ({ level }) } };
      current = pinoLogger(pino(options, write ? { write } : pino.destination({ fd: 2, sync: true })));
    },
  };
}
