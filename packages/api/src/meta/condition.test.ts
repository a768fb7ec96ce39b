import { describe, expect, it } from 'vitest';

import { findCondition, formatMicroTime, formatTime, isConditionTrue, setCondition, type Condition } from './condition.js';

describe('conditions', () => {
  const [first, later] = [new Date('2024-01-01T00:00:00.500Z'), new Date('2024-01-02T00:00:00Z')];
  const ready = { type: 'Ready', status: 'False', reason: 'Starting', message: '' } as const;

  it('move their transition time only with their status', () => {
    const one = setCondition(undefined, ready, first);
    expect(one).toEqual([{ ...ready, lastTransitionTime: '2024-01-01T00:00:00Z' }]);
    const two = setCondition(one, { ...ready, reason: 'Waiting', observedGeneration: 2 }, later);
    expect(two[0]).toMatchObject({ reason: 'Waiting', observedGeneration: 2, lastTransitionTime: '2024-01-01T00:00:00Z' });
    const three = setCondition(two, { ...ready, status: 'True' }, later);
    expect(three[0]?.lastTransitionTime).toBe('2024-01-02T00:00:00Z');
    expect(one[0]?.reason).toBe('Starting');
  });

  it('leave the list as it is when nothing changes', () => {
    const list = setCondition([], ready, first);
    expect(setCondition(list, ready, later)).toBe(list);
  });

  it('keep their place and are found by type', () => {
    const list: Condition[] = [{ ...ready, type: 'A', lastTransitionTime: 'x' }, { ...ready, type: 'B', status: 'True', lastTransitionTime: 'x' }];
    expect(setCondition(list, { ...ready, type: 'A', status: 'True', lastTransitionTime: 'given' }, later).map(({ type, lastTransitionTime }) => `${type} ${lastTransitionTime}`)).toEqual(['A given', 'B x']);
    expect(findCondition(list, 'B')).toBe(list[1]);
    expect(isConditionTrue(list, 'B')).toBe(true);
    expect(isConditionTrue(list, 'C')).toBe(false);
  });

  it('have times in the two forms of Kubernetes', () => {
    expect(formatTime(first)).toBe('2024-01-01T00:00:00Z');
    expect(formatMicroTime(first)).toBe('2024-01-01T00:00:00.500000Z');
  });
});
