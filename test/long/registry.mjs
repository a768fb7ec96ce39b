// The tests that take minutes: what `pnpm test:long` runs, in this order. Each file is a program that needs nothing but the built packages,
// prints what it found, and ends with 1 when something does not hold.

/** @type {readonly { name: string, about: string, takes: string, file: string, args?: readonly string[], nodeArgs?: readonly string[] }[]} */
export const longTests = [
  {
    name: 'soak',
    about: 'an operator for half an hour at 200 writes a second, with watches that are cut and an API server that restarts',
    takes: '31 min',
    file: 'test/long/soak/main.mjs',
    nodeArgs: ['--expose-gc'],
  },
  {
    name: 'agreement',
    about: 'random types and values: the generator, its validators, the embedded server and tsc accept and refuse the same',
    takes: '5 min',
    file: 'test/long/agreement/main.mjs',
  },
];
