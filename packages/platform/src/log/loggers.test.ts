import { expect, it } from 'vitest';

import { memoryLogger } from './memory-logger.js';
import { openTelemetryLogger, teeLogger } from './open-telemetry-logger.js';
import { pinoLogger } from './pino-logger.js';

it('a line goes through pino with its fields, and errors with all that they know', () => {
  const told: unknown[] = [];
  const at = (level: string) => (fields: object, message: string) => void told.push([level, fields, message]);
  const log = pinoLogger({ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }).with({ controller: 'widget' });
  log.debug('looked', { size: 9_007_199_254_740_993n });
  log.error('failed', { error: Object.assign(new Error('no', { cause: new TypeError('because') }), { code: 'KW_X', hint: 'try' }) });
  expect(told).toEqual([
    ['debug', { controller: 'widget', size: '9007199254740993' }, 'looked'],
    ['error', { controller: 'widget', error: expect.objectContaining({ name: 'Error', message: 'no', code: 'KW_X', hint: 'try', cause: expect.objectContaining({ name: 'TypeError' }) as object }) as object }, 'failed'],
  ]);
});

it('a line becomes a record of OpenTelemetry, and can go to several places', () => {
  const records: object[] = [];
  const memory = memoryLogger();
  const log = teeLogger(memory, openTelemetryLogger({ emit: (record) => void records.push(record) }));
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  log.debug('chatty');
  log.with({ controller: 'widget' }).warn('odd', { count: 2, names: ['a', 'b'], object: { a: 1 }, cyclic, none: undefined, error: Object.assign(new Error('no'), { code: 'KW_X' }) });
  expect(memory.lines.map(({ message }) => message)).toEqual(['chatty', 'odd']);
  expect(records).toEqual([
    {
      severityNumber: 13, severityText: 'WARN', body: 'odd',
      attributes: {
        controller: 'widget', count: 2, names: ['a', 'b'], object: '{"a":1}', cyclic: '[object Object]',
        'exception.type': 'Error', 'exception.message': 'no', 'exception.code': 'KW_X', 'exception.stacktrace': expect.stringContaining('Error: no') as string,
      },
    },
  ]);
});
