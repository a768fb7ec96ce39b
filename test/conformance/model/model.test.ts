import { env } from 'node:process';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';

import { foundSequences } from './found-sequences.js';
import { configMap, deployment, gadget, service, widget } from './kinds.js';
import { sequenceOf } from './requests.js';
import { Differential } from './sequence.js';

/** `seed,runs` of a longer search, as test/long/model sets it. */
const [seed = 1, runs = 60] = (env['KUBEWRIGHT_MODEL'] ?? '').split(',').filter(Boolean).map(Number);

const differential = new Differential();
beforeAll(() => differential.start());
afterAll(() => differential.close());

describe('the server does as the rules say', () => {
  it.each([widget, gadget, configMap, deployment, service])('with any sequence of requests on a $name', async (kind) => {
    await fc.assert(fc.asyncProperty(sequenceOf(kind), (requests) => differential.run(kind, requests)), { seed, numRuns: runs });
  }, 3_600_000);

  it.each(foundSequences)('where $name', ({ kind, requests }) => differential.run(kind, requests));
});
