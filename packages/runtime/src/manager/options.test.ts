import { ScriptedTransport, SeededRandom, systemRandom } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { resolveManagerOptions, type ManagerOptions } from './options.js';

const connection = { transport: new ScriptedTransport(() => ({ status: 200 })), ownsTransport: false, host: 'in-memory', namespace: 'ops' };

describe('resolveManagerOptions', () => {
  it('#86 gives every process an identity of its own, two on one host too', () => {
    const identities = [1, 2].map((seed) => resolveManagerOptions({ leaderElection: { name: 'x' }, random: new SeededRandom(seed) }, connection).leaderElection!.identity);
    expect(new Set(identities).size).toBe(2);
    expect(resolveManagerOptions({ leaderElection: { name: 'x' }, random: systemRandom }, connection).leaderElection!.identity).toMatch(/^.+_[0-9a-f-]{36}$/);
  });

  it.each<[RegExp, ManagerOptions]>([
    [/maxEventLoopDelay \(0 ms\) must be more than 0/, { health: { maxEventLoopDelay: 0 } }],
    [/unhandledRejections \("ignore"\) must be "crash", "stop" or "count"/, { unhandledRejections: 'ignore' as 'count' }],
    [/profiling is served where the metrics are/, { profiling: true }],
    [/an address of their own/, { metrics: { bindAddress: ':8080', authorization: true }, health: { bindAddress: ':8080' } }],
    [/an address of their own/, { metrics: { bindAddress: ':8080', certificate: 'self-signed' }, health: { bindAddress: ':8080' } }],
    [/onLost \("die"\)/, { leaderElection: { name: 'x', onLost: 'die' as 'exit' } }],
    [/sharding: .*leaseDuration \(20000 ms\) must be longer than renewDeadline and requestTimeout together \(25000 ms\)/, { sharding: { name: 'x', leaseDuration: 20_000 } }],
  ])('refuses with %s', (message, options) => expect(() => resolveManagerOptions(options, connection)).toThrow(message));
});
