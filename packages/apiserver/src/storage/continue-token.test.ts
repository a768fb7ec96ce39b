import { describe, expect, it } from 'vitest';

import { decodeContinue, encodeContinue } from './continue-token.js';

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('continue tokens', () => {
  it('come back as they were made, with keys relative to the namespace', () => {
    const text = encodeContinue({ revision: 7, start: 'n/b' }, 'n/');
    expect(JSON.parse(Buffer.from(text, 'base64url').toString())).toEqual({ v: 'meta.k8s.io/v1', rv: 7, start: 'b' });
    expect(decodeContinue(text, 'n/')).toEqual({ revision: 7, start: 'n/b' });
  });

  it.each([
    ['!!', 'illegal base64 data at input byte 0'],
    ['aGVsbG8', "invalid character 'h' looking for beginning of value"],
    [encoded({ v: 'meta.k8s.io/v2', rv: 1, start: 'a' }), 'server does not recognize this encoded version meta.k8s.io/v2'],
    [encoded({ v: 'meta.k8s.io/v1', rv: 5 }), 'encoded start key empty (version meta.k8s.io/v1)'],
    [encoded({ v: 'meta.k8s.io/v1', start: 'a' }), 'incorrect encoded start resourceVersion (version meta.k8s.io/v1)'],
    [encoded({ v: 'meta.k8s.io/v1', rv: 5, start: '../a' }), '../a'],
  ])('%s is refused', (text, problem) => {
    expect(() => decodeContinue(text, '')).toThrow(`invalid continue token: continue key is not valid: ${problem}`);
  });
});
