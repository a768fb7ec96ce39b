import { expect, it } from 'vitest';

import { published, type MemberState } from './member-state.js';

const member = (more: object): MemberState => ({ kind: 'member', view: ['a'], renewedAt: 1, publishedAt: 1, isConfirmed: true, pending: [], ...more });

it.each<[string, MemberState, readonly string[], boolean]>([
  ['the same view as before needs no new look', member({}), ['a'], true],
  ['the same view after one that may have been stored in between does', member({ pending: [['a', 'b']] }), ['a'], false],
  ['a view that was written again and again without an answer does', member({ pending: [['a', 'b'], ['a', 'b']] }), ['a', 'b'], false],
  ['a first view does', { kind: 'outside' }, ['a'], false],
])('%s', (_what, state, view, isConfirmed) => {
  expect(published(state, view, 5, 6)).toMatchObject({ view, renewedAt: 5, publishedAt: isConfirmed ? 1 : 6, isConfirmed, pending: [] });
});
