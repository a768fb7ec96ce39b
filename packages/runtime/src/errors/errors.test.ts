import { ApiError } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import { ERROR_CODES } from './error-codes.js';
import { hasCode, KubewrightError } from './kubewright-error.js';
import { retryClassOf } from './retry-class.js';

describe('KubewrightError', () => {
  it('takes retry class and hint from the table unless told otherwise', () => {
    expect(new KubewrightError('KW_CONNECTION', 'x')).toMatchObject({ code: 'KW_CONNECTION', retry: 'backoff', hint: ERROR_CODES.KW_CONNECTION.hint });
    expect(new KubewrightError('KW_CONNECTION', 'x', { retry: 'never', hint: 'y', cause: 1 })).toMatchObject({ retry: 'never', hint: 'y', cause: 1 });
  });

  it('is recognised when another copy of the package made it', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('kubewright.error')]: true, code: 'KW_CONNECTION', retry: 'never' });
    expect(foreign).toBeInstanceOf(KubewrightError);
    expect(hasCode(foreign, 'KW_CONNECTION')).toBe(true);
    expect(retryClassOf(foreign)).toBe('never');
    expect(new Error('x')).not.toBeInstanceOf(KubewrightError);
    expect(hasCode(null, 'KW_CONNECTION')).toBe(false);
  });

  it.each(Object.entries(ERROR_CODES))('%s has a meaning and a hint, each a sentence', (_code, { meaning, hint }) => {
    expect([meaning, hint].every((text) => /^[A-Z`].+\.$/.test(text))).toBe(true);
  });
});

describe('retryClassOf', () => {
  it.each<[string, unknown, unknown]>([
    ['a conflict', ApiError.of(409, 'Conflict', ''), 'backoff'],
    ['an invalid object, which may become valid', ApiError.of(422, 'Invalid', ''), 'backoff'],
    ['a missing permission', ApiError.of(403, 'Forbidden', ''), 'backoff'],
    ['a busy server', ApiError.of(429, 'TooManyRequests', '', { retryAfterSeconds: 4 }), { afterMs: 4000 }],
    ['a verb that does not exist', ApiError.of(405, 'MethodNotAllowed', ''), 'never'],
    ['anything thrown', 'text', 'backoff'],
    ['nothing thrown', undefined, 'backoff'],
  ])('%s', (_what, error, retry) => expect(retryClassOf(error)).toEqual(retry));
});
