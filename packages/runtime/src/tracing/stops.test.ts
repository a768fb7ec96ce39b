import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { describe, expect, it } from 'vitest';

import { publish, STOPS } from './stops.js';

describe('stops', () => {
  it('are thirteen channels that reach whoever listens', () => {
    const seen: unknown[] = [];
    const listener = (message: unknown, name: string | symbol): void => void seen.push([name, message]);
    expect(STOPS).toHaveLength(13);
    for (const stop of STOPS) publish(stop, { key: 'unheard' });
    for (const stop of STOPS) subscribe(`kubewright:${stop}`, listener);
    for (const stop of STOPS) publish(stop, { key: stop });
    for (const stop of STOPS) unsubscribe(`kubewright:${stop}`, listener);
    expect(seen).toEqual(STOPS.map((stop) => [`kubewright:${stop}`, { key: stop }]));
  });
});
