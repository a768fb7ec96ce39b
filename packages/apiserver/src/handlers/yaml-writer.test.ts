import { expect, it } from 'vitest';

import { readYaml } from './yaml-codec.js';
import { writeYaml } from './yaml-writer.js';

const LONG = `only the following media types are accepted: ${'application/json;stream=watch, '.repeat(3)}`.trim();

it.each<[string, unknown, string]>([
  ['with sorted keys and quotes where the text would be read as something else',
    { b: ['x', { d: 1, c: '1' }], a: { '.': {}, n: 'a: b', time: '2026-01-01T00:00:00Z', on: 'yes', text: 'plain', empty: '' } },
    'a:\n  .: {}\n  empty: ""\n  "n": \'a: b\'\n  "on": "yes"\n  text: plain\n  time: "2026-01-01T00:00:00Z"\nb:\n- x\n- c: "1"\n  d: 1\n'],
  ['with numbers in keys by their value, letters last', { a10: 1, a9: 2, 'a-': 3, ab: 4 }, 'a-: 3\na9: 2\na10: 1\nab: 4\n'],
  ['with a break at the first space after the eightieth character', { message: LONG },
    'message: \'only the following media types are accepted: application/json;stream=watch,\n  application/json;stream=watch, application/json;stream=watch,\'\n'],
  ['with texts of several lines as they are', { a: { text: 'x\n  y\n', b: 'one\ntwo', c: ' lead\nx\n\n' } }, 'a:\n  b: |-\n    one\n    two\n  c: |2+\n     lead\n    x\n\n  text: |\n    x\n      y\n'],
  ['with what can not be printed escaped', { a: 'tab\there', b: 'q"\u0001' }, 'a: "tab\\there"\nb: "q\\"\\x01"\n'],
  ['with lists in lists', [[1, 2], [], { a: [{ b: null }] }], '- - 1\n  - 2\n- []\n- a:\n  - b: null\n'],
])('YAML is written %s', async (_how, value, text) => {
  expect(writeYaml(value)).toBe(text);
  expect(await readYaml(text)).toEqual(value);
});
