import { expect, it } from 'vitest';

import { FakeClock } from '../clock/fake-clock.js';
import { jsonLogger } from './json-logger.js';

const logged = (level?: 'debug' | 'info'): { lines: Record<string, unknown>[]; log: ReturnType<typeof jsonLogger> } => {
  const lines: Record<string, unknown>[] = [];
  const log = jsonLogger(new FakeClock(0), { ...(level && { level }), write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  return { lines, log };
};

it('writes one JSON object a line, bound fields included, and drops what is below its level', () => {
  const { lines, log } = logged();
  log.debug('dropped');
  log.with({ controller: 'widget' }).info('reconciled', { ms: 3 });
  expect(lines).toEqual([{ time: '1970-01-01T00:00:00.000Z', level: 'info', msg: 'reconciled', controller: 'widget', ms: 3 }]);
});

it('writes errors with code, hint and causes', () => {
  const { lines, log } = logged();
  log.error('failed', { error: Object.assign(new Error('outer', { cause: new Error('inner') }), { code: 'KW_X', hint: 'try y' }) });
  expect(lines[0]).toMatchObject({ error: { message: 'outer', code: 'KW_X', hint: 'try y', cause: { message: 'inner' } } });
});

it('never throws for fields that can not be printed', () => {
  const { lines, log } = logged();
  const cyclic: Record<string, unknown> = { big: 1n };
  cyclic.self = cyclic;
  log.info('odd', { cyclic });
  expect(lines[0]).toMatchObject({ msg: 'odd', unprintable: expect.stringContaining('circular') as unknown });
});
