import { randomBytes, randomUUID } from 'node:crypto';

import type { Random } from './random.js';

/** Randomness from the operating system; fit for keys and tokens. */
export const systemRandom: Random = {
  float: () => Math.random(),
  uuid: () => randomUUID(),
  bytes: (length) => new Uint8Array(randomBytes(length)),
};
