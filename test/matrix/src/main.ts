import { deepStrictEqual } from 'node:assert';

import { EXPECTED, runOperator } from './operator.js';

deepStrictEqual(await runOperator(), EXPECTED);
console.log('as expected');
