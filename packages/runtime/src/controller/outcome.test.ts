import { ApiError } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { Result } from '../reconcile/result.js';
import { TerminalError } from '../reconcile/terminal-error.js';
import { outcomeOf } from './outcome.js';

const conflict = ApiError.of(409, 'Conflict', 'changed');
const tooMany = ApiError.of(429, 'TooManyRequests', 'slow down', { retryAfterSeconds: 3 });
const threw = (error: unknown) => outcomeOf({ kind: 'threw', error, isAborted: false });
const returned = (result: unknown) => outcomeOf({ kind: 'returned', result: result as Result | void });

describe('outcomeOf', () => {
  it.each<[string, unknown, object]>([
    ['nothing', undefined, { kind: 'forget', label: 'success' }],
    ['an empty result', {}, { kind: 'forget', label: 'success' }],
    ['null', null, { kind: 'forget', label: 'success' }],
    ['a delay', { requeueAfter: 5000 }, { kind: 'addAfter', delay: 5000, forgets: true, label: 'requeue_after' }],
    ['a delay of zero', { requeueAfter: 0 }, { kind: 'forget', label: 'success' }],
    ['a negative delay', { requeueAfter: -1 }, { kind: 'forget', label: 'success' }],
    ['a delay without end', { requeueAfter: Infinity }, { kind: 'forget', label: 'success' }],
    ['a delay that is no number', { requeueAfter: '5m' }, { kind: 'addRateLimited', label: 'error' }],
    ['a priority of its own', { requeueAfter: 5000, priority: 3 }, { kind: 'addAfter', delay: 5000, priority: 3 }],
    ['a priority that is no number', { requeueAfter: 5000, priority: 'high' }, { kind: 'addRateLimited', label: 'error' }],
    ['an error in place of throwing it', Object.assign(new Error('no'), { requeueAfter: 5000 }), { kind: 'addRateLimited', label: 'error' }],
    ['a delay that is NaN', { requeueAfter: NaN }, { kind: 'addRateLimited', label: 'error' }],
  ])('a reconcile that returns %s', (_name, result, outcome) => {
    expect(returned(result)).toMatchObject(outcome);
  });

  it.each<[string, unknown, object]>([
    ['an error', new Error('no'), { kind: 'addRateLimited', failure: { isTerminal: false, isBug: false, isStale: false } }],
    ['a conflict', conflict, { kind: 'addRateLimited', failure: { isStale: true, isTerminal: false } }],
    ['a server that asks to wait', tooMany, { kind: 'addAfter', delay: 3000, forgets: false, label: 'error' }],
    ['a server that asks to wait, wrapped', new Error('no', { cause: tooMany }), { kind: 'addAfter', delay: 3000 }],
    ['a terminal error', new TerminalError('no'), { kind: 'drop', label: 'error', failure: { isTerminal: true } }],
    ['a terminal error as a cause', new Error('x', { cause: new Error('y', { cause: new TerminalError('no') }) }), { kind: 'drop', failure: { isTerminal: true } }],
    ['an error that says never', new KubewrightError('KW_INVALID_ARGUMENT', 'no'), { kind: 'drop', failure: { isTerminal: true } }],
    ['an error that says when', new KubewrightError('KW_CONNECTION', 'no', { retry: { afterMs: 70 } }), { kind: 'addAfter', delay: 70, forgets: false }],
    ['terminal errors only', new AggregateError([new TerminalError('a'), new TerminalError('b')]), { kind: 'drop' }],
    ['one terminal error of two', new AggregateError([new TerminalError('a'), new Error('b')]), { kind: 'addRateLimited' }],
    ['a request that no server will ever take', ApiError.of(405, 'MethodNotAllowed', 'no'), { kind: 'drop' }],
    ['a TypeError', new TypeError('x is undefined'), { kind: 'addRateLimited', failure: { isBug: true } }],
    ['a string', 'no', { kind: 'addRateLimited', failure: { isBug: true, error: 'no' } }],
    ['null', null, { kind: 'addRateLimited', failure: { isBug: true } }],
    ['undefined', undefined, { kind: 'addRateLimited', failure: { isBug: true } }],
  ])('a reconcile that throws %s', (_name, error, outcome) => {
    expect(threw(error)).toMatchObject(outcome);
  });

  it('is content with a failure that a shutdown caused', () => {
    expect(outcomeOf({ kind: 'threw', error: new Error('aborted'), isAborted: true })).toEqual({ kind: 'drop', label: 'aborted' });
  });

  it('does not loop on errors that are their own cause', () => {
    const error = new Error('x');
    error.cause = error;
    expect(threw(error)).toMatchObject({ kind: 'addRateLimited' });
  });
});
