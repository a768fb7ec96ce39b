import { describe, expect, it } from 'vitest';

import { ageOf, humanDuration } from './age.js';

describe('humanDuration', () => {
  const s = 1000;
  const m = 60 * s;
  const h = 60 * m;
  const d = 24 * h;
  it.each([
    [-5 * s, '<invalid>'], [-1 * s, '0s'], [0, '0s'], [999, '0s'], [s, '1s'], [119 * s, '119s'], [2 * m, '2m'], [2 * m + 3 * s, '2m3s'],
    [10 * m, '10m'], [10 * m + 59 * s, '10m'], [3 * h - s, '179m'], [3 * h, '3h'], [3 * h + 5 * m, '3h5m'], [8 * h + 30 * m, '8h'], [48 * h - s, '47h'],
    [2 * d, '2d'], [2 * d + 3 * h, '2d3h'], [8 * d, '8d'], [8 * d + 5 * h, '8d'], [2 * 365 * d - h, '729d'], [2 * 365 * d, '2y'],
    [3 * 365 * d + 10 * d, '3y10d'], [8 * 365 * d + 10 * d, '8y'],
  ])('shows %d ms as %s', (duration, text) => expect(humanDuration(duration)).toBe(text));
});

describe('ageOf', () => {
  it('counts from a timestamp, in seconds or microseconds', () => {
    const now = Date.parse('2026-01-01T00:10:00Z');
    expect(ageOf('2026-01-01T00:00:00Z', now)).toBe('10m');
    expect(ageOf('2026-01-01T00:09:30.000000Z', now)).toBe('30s');
    expect(ageOf(undefined, now)).toBe('<unknown>');
    expect(ageOf(null, now)).toBe('<unknown>');
  });
});
