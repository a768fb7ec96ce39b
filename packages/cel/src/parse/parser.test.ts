import { describe, expect, it } from 'vitest';

import { BASE_ENVIRONMENT, EXTENDED_ENVIRONMENT } from '../library/kubernetes.js';
import { call, ident, list, literal, method, type Expr } from './ast.js';
import { parse } from './parser.js';
import { print } from './print.js';

const { macros } = EXTENDED_ENVIRONMENT;

function read(text: string): Expr {
  const result = parse(text, macros);
  if ('errors' in result) throw new Error(`${text}: ${result.errors.map(({ message }) => message).join('; ')}`);
  return result.expr;
}

describe('print', () => {
  it.each([
    'a + b * c', '(a + b) * c', 'a - (b - c)', 'a && b || c', '!(a && b)', '-(1)', 'x ? a : b ? c : d', '(x ? a : b) ? c : d', 'a.b.c[0].d(1, "x")', 'has(a.b)',
    'a.?b[?0].orValue(1)', '[1, ?a, 2u]', '{"a": 1, ?b: c}', 'T{a: 1}', 'a.all(x, x > 0)', 'cel.bind(x, 1, x + 1)', 'a in b', 'b"\\x00\\xff"', '1.0 < 1e+30',
    'm.transformMap(k, v, v != 1, v + 1)', 'a.sortBy(x, -x)', 'a.optMap(x, x)',
  ])('writes %s as it was', (text) => {
    expect(print(read(text))).toBe(text);
  });

  it('writes any tree so that it reads as the same one', () => {
    let seed = 42;
    const random = (count: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * count);
    };
    for (let round = 0; round < 500; round++) {
      const text = print(randomTree(4, random));
      expect(print(read(text)), text).toBe(text);
    }
  });
});

const OPERATORS = ['_+_', '_-_', '_*_', '_/_', '_%_', '_<_', '_==_', '@in', '_&&_', '_||_'];

function randomTree(depth: number, random: (count: number) => number): Expr {
  const below = (): Expr => randomTree(depth - 1, random);
  if (depth === 0) return random(2) === 0 ? ident(0, 'abc'[random(3)]!) : literal(0, [1n, -2n, 'x"\n', true, 1.5, null][random(6)]!);
  switch (random(8)) {
    case 0: return call(0, '_?_:_', below(), below(), below());
    case 1: return call(0, random(2) === 0 ? '!_' : '-_', call(0, 'f', below()));
    case 2: return { kind: 'select', at: 0, operand: ident(0, 'a'), field: 'f', testOnly: false };
    case 3: return method(0, below(), 'm', below());
    case 4: return list(0, below(), below());
    case 5: return call(0, '_[_]', below(), below());
    default: return call(0, OPERATORS[random(OPERATORS.length)]!, below(), below());
  }
}

describe('parse', () => {
  it('refuses expressions that are nested too deep or too long', () => {
    const deep = parse(`${'('.repeat(300)}1${')'.repeat(300)}`, macros);
    expect('errors' in deep && deep.errors[0]!.message).toBe('expression recursion limit exceeded: 250');
    const long = parse(`'${'x'.repeat(100_000)}'`, macros);
    expect('errors' in long && long.errors[0]!.message).toBe('expression code point size exceeds limit: size: 100002, limit 100000');
  });

  it('takes long chains of one operator', () => {
    expect(() => read(Array.from({ length: 2_000 }, () => 'a').join(' && '))).not.toThrow();
    expect(() => read(Array.from({ length: 2_000 }, () => '1').join(' + '))).not.toThrow();
  });

  it('does not know macros that Kubernetes leaves out', () => {
    const plain = parse('cel.bind(x, 1, x)', BASE_ENVIRONMENT.macros);
    expect('expr' in plain && plain.expr.kind).toBe('call');
  });
});
