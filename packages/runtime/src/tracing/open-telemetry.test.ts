import { expect, it } from 'vitest';

import { bridgeOpenTelemetry } from './open-telemetry.js';
import { publish } from './stops.js';

it('makes a span and a measurement of each reconcile, and counts requests, until it is ended', () => {
  const told: unknown[] = [];
  const end = bridgeOpenTelemetry({
    tracer: {
      startSpan: (name, options) => {
        told.push(['start', name, options?.attributes?.['kubewright.request']]);
        return {
          setAttribute: (key, value) => told.push([key, value]), addEvent: () => {}, setStatus: (status) => told.push(status), end: () => told.push('end'),
        };
      },
    },
    meter: {
      createHistogram: (name) => ({ record: (value, attributes) => told.push([name, value, attributes]) }),
      createCounter: (name) => ({ add: (value, attributes) => told.push([name, value, attributes]) }),
    },
  });
  publish('worker', { controller: 'widget', key: 'default/a', reconcileId: 'r1' });
  publish('interceptors', { method: 'PATCH', path: '/', attempt: 0 });
  publish('outcome', { controller: 'widget', key: 'default/a', reconcileId: 'r1', outcome: 'addRateLimited', duration: 250, error: new Error('no') });
  publish('worker', { controller: 'widget', key: 'default/c', reconcileId: 'r3', causes: [{ source: 'kind Pod', change: 'update', object: 'a/b', count: 2 }] });
  publish('outcome', { controller: 'widget', key: 'default/c', reconcileId: 'r3', outcome: 'drop', label: 'aborted', duration: 1 });
  publish('worker', { controller: 'widget', key: 'default/b', reconcileId: 'r2' });
  end();
  publish('outcome', { controller: 'widget', key: 'default/b', reconcileId: 'r2', outcome: 'forget', duration: 1 });
  expect(told).toEqual([
    ['start', 'reconcile widget', 'default/a'],
    ['kubewright.client.requests', 1, { method: 'PATCH' }],
    ['kubewright.reconcile.duration', 0.25, { controller: 'widget', outcome: 'addRateLimited' }],
    ['kubewright.outcome', 'addRateLimited'], { code: 2, message: 'Error: no' }, 'end',
    // A stop is no failure.
    ['start', 'reconcile widget', 'default/c'], ['kubewright.reconcile.duration', 0.001, { controller: 'widget', outcome: 'drop' }], ['kubewright.outcome', 'drop'], 'end',
    ['start', 'reconcile widget', 'default/b'], 'end',
  ]);
});
