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

  it.each<[unknown, string]>([
    // Integers of other bases, with and without what makes them none.
    ['0b1', '"0b1"'], ['0o17', '"0o17"'], ['017', '"017"'], ['089', '"089"'], ['0x1G', '0x1G'], ['0x', '0x'], ['0_', '"0_"'], ['_1', '_1'], ['1__0', '"1__0"'],
    // Floats.
    ['1.', '"1."'], ['.5', '".5"'], ['+.5', '"+.5"'], ['1.e3', '"1.e3"'], ['1E5', '"1E5"'], ['1e', '1e'], ['e1', 'e1'], ['.NaN', '".NaN"'], ['NaN', 'NaN'], ['+.inf', '"+.inf"'], ['-.INF', '"-.INF"'],
    // Sexagesimals, times and versions.
    ['1:2', '"1:2"'], ['1:60', '1:60'], ['190:20:30.15', '"190:20:30.15"'], ['2001-1-1', '"2001-1-1"'], ['2001-13-1', '2001-13-1'], ['2001-12-14t21:59:43.10-05:00', '"2001-12-14t21:59:43.10-05:00"'], ['1.2.3', '1.2.3'], ['1,000', '1,000'],
    // Words of YAML 1.1, in the three ways of writing that count.
    ['NO', '"NO"'], ['nO', 'nO'], ['Off', '"Off"'], ['Null', '"Null"'], ['<<', '"<<"'],
    // Indicators: at the start, before a space, at the end.
    ['?', "'?'"], ['?a', '?a'], ['-a', '-a'], ['---', "'---'"], ['...', "'...'"], [':a', ':a'], ['::', "'::'"], ['a :b', 'a :b'], ['a#b', 'a#b'], ['#a', "'#a'"], ['|', "'|'"], ['>', "'>'"], ['!x', "'!x'"], ['&a', "'&a'"], [']', "']'"], ['a]', 'a]'], [',a', "',a'"], ['**', "'**'"], ['{{a}}', "'{{a}}'"], ['$(A)', '$(A)'],
    // Characters that are not printed.
    ['\u00a0', '\u00a0'], ['\ufeff', '"\\uFEFF"'], ['\u0085', '"\\N"'], ['\u0000', '"\\0"'], ['a\rb', '"a\\rb"'], ['rocket \u{1f680} "go"', '"rocket \\U0001F680 \\"go\\""'], ['line\n\u{1f680}', '"line\\n\\U0001F680"'],
    // Numbers as Go writes them.
    [1234567.5, '1.2345675e+06'], [123456.5, '123456.5'], [0.0001, '0.0001'], [0.00001234, '1.234e-05'], [1e19, '10000000000000000000'], [1e20, '1e+20'], [-1e19, '-1e+19'], [4294967295, '4294967295'], [-0, '0'], [1e300, '1e+300'], [2.5, '2.5'],
  ])('writes %j as go-yaml does', (value, text) => {
    expect(yamlDocument({ k: value })).toBe(`k: ${text}\n`);
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
