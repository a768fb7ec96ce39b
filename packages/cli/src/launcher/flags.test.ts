import { describe, expect, it } from 'vitest';

import { ETCD_FLAGS } from './etcd-flags.js';
import { FlagError, flagTable, helpText, parseFlags } from './flags.js';
import { KNOWN_PLUGINS, KUBE_APISERVER_FLAGS, MISSING_PLUGINS } from './kube-apiserver-flags.js';

const table = flagTable({ used: 'help? name names on?', none: 'idle idle-switch? v', refused: 'other' });

describe('parseFlags', () => {
  it('reads values after a blank or a sign, switches that stand alone, and the last of several', () => {
    const flags = parseFlags(['--name', 'a', '-name=b=c', '--on', '--names=x,y', '--names', 'z'], table);
    expect([flags.value('name'), flags.isOn('on'), flags.isOn('help'), flags.list('names'), flags.list('name')]).toEqual(['b=c', true, undefined, ['x', 'y', 'z'], ['a', 'b=c']]);
  });

  it('takes underscores for dashes, and letters that stand for a flag', () => {
    const flags = parseFlags(['--idle_switch=false', '-v=4', '-h'], table, { v: 'v', h: 'help' });
    expect([flags.ignored, flags.isOn('help'), flags.value('v')]).toEqual([['idle-switch', 'v'], true, '4']);
    expect(parseFlags(['-v4'], table, { v: 'v' }).value('v')).toBe('4');
    expect(parseFlags(['-v', '4'], table, { v: 'v' }).value('v')).toBe('4');
  });

  it('does not take what follows a switch for its value', () => {
    expect(() => parseFlags(['--on', 'false'], table)).toThrow('unknown argument: false');
  });

  it.each([
    [['--nome=a'], 'unknown flag: --nome'],
    [['--name'], 'flag needs an argument: --name'],
    [['name'], 'unknown argument: name'],
    [['--'], 'unknown argument: --'],
    [['--other=1'], '--other is not supported by this server, and what it asks for can not be left out: take it away, or use the real kube-apiserver'],
  ])('refuses %j by name', (argv, message) => {
    expect(() => parseFlags(argv, table)).toThrow(new FlagError(message));
  });

  it('tells a switch that is neither on nor off', () => {
    expect(() => parseFlags(['--on=maybe'], table).isOn('on')).toThrow('invalid argument "maybe" for --on: true or false is expected');
  });
});

describe('the flags of the programs', () => {
  it.each([['kube-apiserver', KUBE_APISERVER_FLAGS], ['etcd', ETCD_FLAGS]])('of %s are in its help, each at the start of a line', (program, flags) => {
    const help = helpText(program, 'purpose', flags);
    for (const [name, { effect }] of flags) expect(new RegExp(`^\\s*--${name}\\b(?!-)`, 'm').test(help), name).toBe(effect !== 'refused');
  });

  it('leave out what envtest takes as a sign of an old server, and have what it looks for in etcd', () => {
    expect(KUBE_APISERVER_FLAGS.has('insecure-port')).toBe(false);
    expect(ETCD_FLAGS.has('unsafe-no-fsync')).toBe(true);
  });

  it('name each plugin once', () => {
    const all = [...KNOWN_PLUGINS, ...MISSING_PLUGINS];
    expect(new Set(all).size).toBe(all.length);
  });
});
