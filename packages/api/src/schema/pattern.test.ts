import { describe, expect, it } from 'vitest';

import { compilePattern } from './pattern.js';

const matches = (pattern: string, text: string): boolean => {
  const compiled = compilePattern(pattern);
  if (typeof compiled === 'string') throw new Error(compiled);
  return compiled.test(text);
};

describe('compilePattern', () => {
  it.each<[pattern: string, yes: string[], no: string[]]>([
    ['^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', ['a-b', 'a'], ['-a', 'A', 'a\n']],
    ['^(0|(([0-9]+)y)?(([0-9]+)w)?)$', ['0', '1y2w', ''], ['1d']],
    ['(?i)^foo$', ['foo', 'FOO'], ['fo']],
    ['^a(?i:b)c$', ['abc', 'aBc'], ['Abc', 'abC']],
    ['(?i)^[a-c]+$', ['aBc'], ['d']],
    ['^(?P<year>\\d{4})$', ['2024'], ['24']],
    ['\\Aab\\z', ['ab'], ['ab\n', 'xab']],
    ['^\\Qa.b\\E$', ['a.b'], ['axb']],
    ['^[[:alpha:]_]+$', ['ab_'], ['a1']],
    ['^[^[:digit:]]$', ['a'], ['1']],
    ['^[\\d\\-x]+$', ['1-x'], ['a']],
    ['^[]a]$', [']', 'a'], ['b']],
    ['^[a\\]]$', [']'], ['b']],
    ['^\\pL+$', ['é'], ['1']],
    ['^\\p{Greek}$', ['α'], ['a']],
    ['^.$', ['\r', '😀'], ['\n', 'ab']],
    ['(?s)^.$', ['\n'], ['']],
    ['(?m)^b$', ['a\nb\nc'], ['ab']],
    ['^\\s$', [' ', '\t'], ['\v', '\u00a0']],
    ['^a{2}$', ['aa'], ['a']],
    ['^{x}$', ['{x}'], ['x']],
    ['^a{,2}$', ['a{,2}'], ['aa']],
    ['^\\/\\-\\_\\"$', ['/-_"'], ['/']],
    ['^\\x41\\x{1F600}\\101$', ['A😀A'], ['A']],
    ['^(|a)$', ['', 'a'], ['b']],
    ['(?U)^a+?$', ['aaa'], ['b']],
  ])('%s', (pattern, yes, no) => {
    expect(yes.filter((text) => !matches(pattern, text))).toEqual([]);
    expect(no.filter((text) => matches(pattern, text))).toEqual([]);
  });

  it.each([
    ['(', 'missing closing ): `(`'],
    ['a)', 'unexpected ): `a)`'],
    ['[', 'missing closing ]: `[`'],
    ['*a', 'missing argument to repetition operator: `*`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['[z-a]', 'invalid character class range: `z-a`'],
    ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(?!a)', 'invalid or unsupported Perl syntax: `(?!`'],
    ['(a)\\1', 'invalid escape sequence: `\\1`'],
    ['a\\', 'trailing backslash at end of expression: ``'],
    ['[[:foo:]]', 'invalid character class range: `[:foo:]`'],
  ])('refuses %s as RE2 does', (pattern, problem) => {
    expect(compilePattern(pattern)).toBe(`error parsing regexp: ${problem}`);
  });
});
