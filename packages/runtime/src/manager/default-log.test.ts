import { FakeClock } from '@kubewright/platform';
import { expect, it } from 'vitest';

import { KubewrightError } from '../errors/kubewright-error.js';
import { defaultLog } from './default-log.js';

it('the log of a manager has the same fields before and after pino is loaded', async () => {
  const lines: string[] = [];
  const clock = new FakeClock();
  const log = defaultLog(clock, (line) => void lines.push(line));
  const bound = log.with({ controller: 'widget' });
  const error = new KubewrightError('KW_TERMINAL', 'no', { cause: new Error('why') });
  const say = (): void => {
    bound.debug('unseen');
    bound.error('reconcile failed', { error, failures: 2 });
  };
  say();
  await log.upgrade();
  say();
  const [before, after] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toHaveLength(2);
  expect(before).toMatchObject({ time: new Date(clock.now()).toISOString(), level: 'error', msg: 'reconcile failed', controller: 'widget', failures: 2, error: { code: 'KW_TERMINAL', message: 'no', cause: { message: 'why' } } });
  expect(after).toEqual(before);
});
