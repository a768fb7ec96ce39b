import { expect, it } from 'vitest';

import { warningHeaders } from './warning-headers.js';

it.each<[string, string[], string[]]>([
  ['in order, each once', ['b', 'a', 'b'], ['299 - "b"', '299 - "a"']],
  ['with quotes and backslashes', ['say "x\\y"'], ['299 - "say \\"x\\\\y\\""']],
  ['as bytes of UTF-8', ['ü'], [`299 - "${Buffer.from('ü').toString('latin1')}"`]],
  ['without those that no header can carry', ['', 'a\tb', 'a\nb', 'ok'], ['299 - "ok"']],
  ['whole where there is room', ['x'.repeat(3000)], [`299 - "${'x'.repeat(3000)}"`]],
  ['cut where there is none', ['x'.repeat(3000), 'y'.repeat(3000)], [`299 - "${'x'.repeat(256)}"`, `299 - "${'y'.repeat(256)}"`]],
])('warnings are told %s', (_what, warnings, expected) => {
  expect(warningHeaders(warnings)).toEqual(expected);
});

it('leaves out what is too much even when it is cut', () => {
  expect(warningHeaders(Array.from({ length: 40 }, (_, index) => `${index}`.padEnd(300, 'x')))).toHaveLength(16);
});
