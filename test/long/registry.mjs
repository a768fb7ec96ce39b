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
  {
    name: 'model',
    about: 'random sequences of requests by several managers, watching clients and patches: the server does as the documented rules say',
    takes: '8 min',
    file: 'test/long/model/main.mjs',
  },
  {
    name: 'kill9',
    about: 'a server with a data folder is killed a hundred times while clients write: every answered write is there, and once',
    takes: '3 min',
    file: 'test/long/kill9/main.mjs',
  },
  {
    name: 'fuzz',
    about: 'a hundred thousand requests that nobody should send, over HTTP/1.1, HTTP/2, raw sockets and in memory: all answered, none with our 500',
    takes: '5 min',
    file: 'test/long/fuzz/main.mjs',
  },
];
