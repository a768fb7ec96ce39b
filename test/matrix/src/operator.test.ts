import { expect, it } from 'vitest';

import { EXPECTED, runOperator } from './operator.js';

it('a decorated operator runs as it is written', async () => {
  expect(await runOperator()).toEqual(EXPECTED);
});
