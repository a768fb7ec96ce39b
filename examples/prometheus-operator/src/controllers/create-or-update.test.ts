import { describe, expect, it } from 'vitest';

import { covers } from './create-or-update.js';

describe('covers', () => {
  it.each([
    ['defaults of the server are no difference', { a: 1, defaulted: true }, { a: 1 }, true],
    ['a changed value is', { a: 2 }, { a: 1 }, false],
    ['lists match item by item', { list: [{ name: 'x', protocol: 'TCP' }] }, { list: [{ name: 'x' }] }, true],
    ['a longer list is a difference', { list: [1, 2] }, { list: [1] }, false],
    ['an empty map equals an absent one', {}, { labels: {} }, true],
    ['an emptied map is a difference', { data: { a: 'b' } }, { data: {} }, false],
    ['an empty text is a value', { text: 'x' }, { text: '' }, false],
  ])('%s', (_title, live, wanted, expected) => {
    expect(covers(live, wanted)).toBe(expected);
  });
});
