import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { yamlDocument, yamlFile } from './yaml.js';

describe('the YAML of go-yaml', () => {
  it.each([
    ...['y', 'n', 'yes', 'on', 'true', 'null', '~', '', '124', '1.5', '.5', '1e3', '0x1F', '1_000', '0o7', '2020-01-01', '12:30'].map((text) => [
      text,
      `"${text}"`,
    ]),
    ...[
      '- x',
      '*',
      '{}',
      '[a, b]',
      '@x',
      '%x',
      '`x`',
      'a: b',
      'x: ',
      'a #b',
      '!has(self.a)',
      ' lead',
      'trail ',
      'has(self.a) ? 1 : 0',
      'x:',
      '# x',
      "'",
    ].map((text) => [text, `'${text.replaceAll("'", "''")}'`]),
    ...[
      '=',
      "it's",
      'a:b',
      '^(\\+|-)?$',
      'self == oldSelf',
      '“exported_”',
      'a,b',
      '1.2.3',
      '-x',
      '?x',
      ':x',
      'a?b',
      '2020-13-01',
      '1h30m',
      'a#b',
    ].map((text) => [text, text]),
    ["'q'", "'''q'''"],
    ['a\tb', '"a\\tb"'],
    ['l1\nl2', '|-\n  l1\n  l2'],
    ['l1\nl2\n', '|\n  l1\n  l2'],
    ['l1\n\n', '|+\n  l1\n'],
    [' l1\nl2', '|2-\n   l1\n  l2'],
    ['a\n\nb', '|-\n  a\n\n  b'],
    ['a \nb', '"a \\nb"'],
    ['a\u0001', '"a\\x01"'],
  ])('writes the text %j', (text, written) => {
    expect(yamlDocument({ k: text })).toBe(`k: ${written}\n`);
    if (!['=', '2020-13-01'].includes(text)) expect(parse(yamlDocument({ k: text }), { version: '1.1' })).toEqual({ k: text });
  });

  it('folds at the first single space after column 80', () => {
    const text =
      'This verifies if the custom type alias XValidation is not duplicated and goes on a little so that it folds twice in the output of the emitter';
    expect(yamlDocument({ fold: text })).toBe(
      'fold: This verifies if the custom type alias XValidation is not duplicated and goes\n  on a little so that it folds twice in the output of the emitter\n',
    );
    expect(yamlDocument({ fold: `${text}: x` })).toBe(
      "fold: 'This verifies if the custom type alias XValidation is not duplicated and goes\n  on a little so that it folds twice in the output of the emitter: x'\n",
    );
  });

  it('folds double-quoted text and marks a space at the start of a line', () => {
    const text = `\t${'x'.repeat(80)}  y z`;
    expect(yamlDocument({ k: text })).toBe(`k: "\\t${'x'.repeat(80)}\n  \\ y z"\n`);
  });

  it('sorts keys as people do, not by ASCII', () => {
    const keys = ['b', 'clientAuthType', 'a10', 'a02', 'client_ca', 'a2', 'a01', 'B'];
    expect(Object.keys(parse(yamlDocument(Object.fromEntries(keys.map((key) => [key, 1])))) as object)).toEqual([
      'B',
      'a01',
      'a2',
      'a02',
      'a10',
      'b',
      'client_ca',
      'clientAuthType',
    ]);
  });

  it('does not indent lists under their key, and writes empty ones in flow style', () => {
    expect(yamlDocument({ a: [{ b: 1, c: [] }, [1, 2], {}], d: {}, y: 0.5, z: undefined })).toBe(
      'a:\n- b: 1\n  c: []\n- - 1\n  - 2\n- {}\nd: {}\n"y": 0.5\n',
    );
  });

  it('starts every document with a rule', () => {
    expect(yamlFile([{ a: 1 }, { b: null }])).toBe('---\na: 1\n---\nb: null\n');
  });
});
