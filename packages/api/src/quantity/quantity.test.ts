import { describe, expect, it } from 'vitest';

import { resolveIntOrString } from './int-or-string.js';
import { addQuantities, canonicalQuantity, compareQuantities, parseQuantity, roundUpQuantity } from './quantity.js';

describe('canonicalQuantity', () => {
  // What a kube-apiserver 1.36 answered for these in a ResourceQuota or a container's requests.
  it.each([
    ['1000m', '1'], ['1024Mi', '1Gi'], ['1024Ki', '1Mi'], [0.1, '100m'], [1000, '1k'], ['1E', '1E'], ['1e3', '1e3'], ['1500M', '1500M'],
    ['1.5Gi', '1536Mi'], ['1500m', '1500m'], ['0.5Gi', '512Mi'], [1000000, '1M'], ['1048576', '1048576'], ['+5Mi', '+5Mi'], [0, '0'], ['0Mi', '0'],
    ['00005', '00005'], [1.5, '1500m'], ['1.1k', '1100'], ['.5', '500m'], ['5.', '5.'], [1.2, '1200m'], [1.2345678901234568e29, '123456789012345680e12'],
    ['1 ', '1'], ['1Ki', '1Ki'], ['1m', '1m'], ['10.0', '10'],
  ])('of %j is %j', (given, expected) => {
    expect(canonicalQuantity(given)).toBe(expected);
  });

  it.each([
    ['400Mi', '400Mi'], ['-1Gi', '-1Gi'], ['-0.5', '-500m'], ['1e6', '1e6'], ['1e2', '100'], ['1e-3', '1e-3'], ['12E2', '1200'], ['100n', '100n'],
    ['0.0001', '100u'], ['1.5Ki', '1536'], ['512', '512'], ['0.5Ki', '512'], ['0.3Mi', '314572800m'], ['1.2Ki', '1228800m'],
    ['0.0000000001', '1n'], ['99999999999999999999', '9223372036854775807'], ['100Ei', '9223372036854775807'], ['9223372036854775807', '9223372036854775807'], ['1e-1000000', '1e-9'],
  ])('of %j is %j', (given, expected) => {
    expect(canonicalQuantity(given)).toBe(expected);
  });

  it.each([
    ['', "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
    ['1mi', "unable to parse quantity's suffix"],
    ['1.2.3', 'quantities must match the regular expression'],
    ['true', 'quantities must match the regular expression'],
    ['1 Gi', 'quantities must match the regular expression'],
    [Number.NaN, 'finite'],
  ])('refuses %j', (given, message) => {
    expect(() => canonicalQuantity(given)).toThrow(message);
  });

  it('is its own canonical form', () => {
    for (const text of ['1024Mi', '0.1', '1.5Gi', '1e4', '123456789', '7.5k', '-3.3Ti']) expect(canonicalQuantity(canonicalQuantity(text))).toBe(canonicalQuantity(text));
  });
});

describe('quantities', () => {
  it.each([
    ['1Ki', '1024', 0], ['1', '1000m', 0], ['1Gi', '1G', 1], ['999m', 1, -1], ['-1', '1', -1], ['1e3', '1k', 0], ['0.1', '100m', 0],
  ])('compare %j with %j', (a, b, expected) => {
    expect(Math.sign(compareQuantities(a, b))).toBe(expected);
  });

  it('add up in the format of the first', () => {
    expect(addQuantities('500m', '1.5')).toBe('2');
    expect(addQuantities('1Gi', '512Mi')).toBe('1536Mi');
    expect(addQuantities('0', '1Ki')).toBe('1Ki');
  });

  it('round away from zero', () => {
    expect(roundUpQuantity('100u', -3)).toBe('1m');
    expect(roundUpQuantity('1.0000001', -3)).toBe('1001m');
    expect(roundUpQuantity('-1.5', 0)).toBe('-2');
    expect(roundUpQuantity('+5Mi', -3)).toBe('+5Mi');
  });

  it('are exact', () => {
    expect(parseQuantity('0.3')).toEqual({ digits: 3n, exponent: -1, format: 'decimal' });
  });
});

describe('resolveIntOrString', () => {
  it.each([
    [3, 10, true, 3], ['25%', 10, true, 3], ['25%', 10, false, 2], ['100%', 3, false, 3], ['0%', 3, true, 0],
  ])('%j of %d, rounded up: %s', (value, total, roundUp, expected) => {
    expect(resolveIntOrString(value, total, roundUp)).toBe(expected);
  });

  it('refuses texts that are no percentage', () => {
    expect(() => resolveIntOrString('web', 10, true)).toThrow('"web" is neither an integer nor a percentage');
    expect(() => resolveIntOrString('2.5%', 10, true)).toThrow(RangeError);
  });
});
