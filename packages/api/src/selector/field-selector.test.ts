import { describe, expect, it } from 'vitest';

import { formatFieldSelector, matchesFields, parseFieldSelector } from './field-selector.js';

describe('parseFieldSelector', () => {
  it.each([
    ['', []],
    ['metadata.name=a', [{ field: 'metadata.name', operator: '=', value: 'a' }]],
    ['a==b,c!=d', [{ field: 'a', operator: '=', value: 'b' }, { field: 'c', operator: '!=', value: 'd' }]],
    [',a=b,', [{ field: 'a', operator: '=', value: 'b' }]],
    ['a=', [{ field: 'a', operator: '=', value: '' }]],
    ['=x', [{ field: '', operator: '=', value: 'x' }]],
    ['a=b\\,c\\=d\\\\e', [{ field: 'a', operator: '=', value: 'b,c=d\\e' }]],
  ])('reads %j', (text, expected) => {
    expect(parseFieldSelector(text)).toEqual(expected);
    expect(parseFieldSelector(formatFieldSelector(parseFieldSelector(text)))).toEqual(expected);
  });

  it.each([
    ['metadata.name in (a)', "invalid selector: 'metadata.name in (a)'; can't understand 'metadata.name in (a)'"],
    ['spec.color', "invalid selector: 'spec.color'; can't understand 'spec.color'"],
    ['a=\\b', 'invalid field selector: invalid escape sequence: \\b'],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
  ])('refuses %j', (text, message) => {
    expect(() => parseFieldSelector(text)).toThrow(message);
  });
});

describe('matchesFields', () => {
  it.each([
    ['a=1', true],
    ['a!=1', false],
    ['a=1,b!=2', true],
    ['b=', true],
    ['b!=', false],
  ])('%j on {a: 1}', (text, expected) => {
    expect(matchesFields(parseFieldSelector(text), (field) => ({ a: '1' } as Record<string, string>)[field])).toBe(expected);
  });
});
