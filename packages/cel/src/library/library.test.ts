import { describe, expect, it } from 'vitest';

import { parseType } from '../check/signature.js';
import { formatType } from '../check/type.js';
import { compile, explain } from '../evaluate/program.js';
import { CelBudgetError } from '../value/evaluation-error.js';
import { fromJson } from '../value/json-value.js';
import { toJson } from '../value/to-json.js';
import { authorizerValue, type AuthorizationQuestion } from './authorizer.js';
import { EXTENDED_ENVIRONMENT, withVariables } from './kubernetes.js';
import { misplacedTypes, MUTATION_ENVIRONMENT } from './mutations.js';

const environment = withVariables(EXTENDED_ENVIRONMENT, { object: parseType('dyn'), authorizer: parseType('Authorizer') });
const asked: AuthorizationQuestion[] = [];
const authorizer = authorizerValue((question) => {
  asked.push(question);
  return { allowed: question.verb === 'get', reason: 'because' };
});

function evaluate(expression: string, object: unknown = {}): unknown {
  const compiled = compile(expression, environment);
  if (compiled.errors) throw new Error(explain(expression, compiled));
  return compiled.program.evaluate({ object: fromJson(object), authorizer }).value;
}

describe('libraries', () => {
  it.each([
    'cel.bind(x, 2, x * x) == 4', 'cel.bind(x, [1, 2], x.map(y, y + x.size())) == [3, 4]', 'math.greatest(1, 5, 3) == 5', 'math.least([2, 1]) == 1', 'math.abs(-3) == 3',
    'math.round(2.5) == 3.0 && math.ceil(1.2) == 2.0', 'math.bitShiftLeft(1, 4) == 16', "jsonpatch.escapeKey('a/b~c') == 'a~1b~0c'",
    "authorizer.group('').resource('pods').namespace('x').check('get').allowed()", "authorizer.path('/healthz').check('post').reason() == 'because'",
    "!authorizer.serviceAccount('a', 'b').group('g').resource('r').check('delete').allowed()",
  ])('%s', (expression) => {
    expect(evaluate(expression)).toBe(true);
  });

  it.each([
    ["quantity('1.5k').isInteger()", true], ["quantity('1.0').isInteger()", false], ["quantity('1.5Gi').isInteger()", false], ["quantity('1Gi').isInteger()", true],
    ["quantity('2000m').isInteger()", false], ["quantity('500m').add(quantity('500m')).isInteger()", false], ["quantity('1').add(quantity('1Gi')).isInteger()", true],
    ["url('https://u@h:1/a b?x=1;y&z=%41+b').getQuery() == {'z': ['A b']}", true], ["url('https://[::1]:80/x').getHostname() == '::1'", true], ["isURL('https://h:1:2/')", false],
  ])('%s is %s', (expression, expected) => {
    expect(evaluate(expression)).toBe(expected);
  });

  it('tells a text that is no address or no URL as the real server does', () => {
    expect(() => evaluate("cidr('10.0.0.0/8').containsIP('x')")).toThrow(/^no such overload$/);
    expect(() => evaluate("url('a')")).toThrow('URL parse error during conversion from string: parse "a": invalid URI for request');
  });

  it('refuses a clause of a format that can not show the type of its argument', () => {
    expect(() => evaluate("'%s'.format([authorizer])")).toThrow(/string clause can only be used on strings, bools, /);
  });

  it('asks the authorizer what the expression says', () => {
    asked.length = 0;
    evaluate("authorizer.group('apps').resource('deployments').subresource('scale').namespace('n').name('d').check('update').errored()");
    expect(asked).toEqual([{ verb: 'update', group: 'apps', resource: 'deployments', subresource: 'scale', namespace: 'n', name: 'd' }]);
  });

  it('reads JSON without a schema', () => {
    expect(evaluate("object.a == 1 && object.b == 1.5 && object.c.d == ['x'] && object.e == null && object.f == 9007199254740993", { a: 1, b: 1.5, c: { d: ['x'] }, e: null, f: 9007199254740993n })).toBe(true);
    expect(evaluate('has(object.a) && !has(object.b)', { a: null })).toBe(true);
    expect(() => evaluate('object.spec.a == 1', {})).toThrow('no such key: spec');
    expect(() => evaluate("object.n > 5", { n: 'x' })).toThrow(/^no such overload$/);
    expect(evaluate("'__proto__' in object || 'toString' in object", {})).toBe(false);
  });

  it('builds long lists and maps in linear time', () => {
    expect(evaluate('lists.range(20000).map(x, x + 1).filter(x, x % 2 == 0).size() == 10000')).toBe(true);
    expect(evaluate('lists.range(20000).transformMap(i, v, v).size() == 20000')).toBe(true);
  });

  it('stops at its budget, whatever the expression catches', () => {
    const { program } = compile('lists.range(1000).exists(x, lists.range(1000).all(y, x != y)) || true', environment);
    expect(() => program!.evaluate({}, { budget: 10_000 })).toThrow(CelBudgetError);
  });

  it('tells the type of an expression', () => {
    const { program } = compile("{'a': [1, 2]}.map(k, timestamp(0))", environment);
    expect(formatType(program!.type)).toBe('list(timestamp)');
  });
});

it('reads variables whose names have dots, unless a local variable hides them', () => {
  const dotted = withVariables(EXTENDED_ENVIRONMENT, { a: parseType('dyn'), 'a.b': parseType('int') });
  const value = (expression: string): unknown => compile(expression, dotted).program!.evaluate({ a: fromJson({ b: 'field', c: 'other' }), 'a.b': 7n }).value;
  expect([value('a.b'), value('a.c'), value('[{"b": 1}].map(a, a.b)[0]')]).toEqual([7n, 'other', 1n]);
});

describe('values of mutating policies', () => {
  const mutating = withVariables(MUTATION_ENVIRONMENT, { object: parseType('dyn') });

  it.each<[string, unknown]>([
    ['[JSONPatch{op: "add", path: "/spec/" + jsonpatch.escapeKey("a/b"), value: {"n": object.n}}]', [{ op: 'add', path: '/spec/a~1b', value: { n: 5 } }]],
    ['Object{spec: Object.spec{replicas: object.n, paused: true}}', { spec: { replicas: 5, paused: true } }],
  ])('builds %s', (expression, json) => {
    const compiled = compile(expression, mutating);
    expect(explain(expression, compiled)).toBeUndefined();
    expect(toJson(compiled.program!.evaluate({ object: fromJson({ n: 5 }) }).value)).toEqual(json);
  });

  it('knows types that stand at another path than their name says', () => {
    const wrong = (expression: string): string[] => misplacedTypes(compile(expression, mutating).program!.evaluate({ object: null }).value, 'Object');
    expect(wrong('Object{spec: Object.spec{list: [Object.spec.list{a: {"m": Object.spec.list.a{}}}]}}')).toEqual([]);
    expect(wrong('Object{spec: Object.status{}}')).toEqual(['unexpected type name "Object.status", expected "Object.spec", which matches field name path from root Object type']);
    expect(compile('Object{spec: Object.spec{n: 1}}.spec.n == 1 && !has(Object{}.spec)', mutating).program!.evaluate({}).value).toBe(true);
  });

  it.each<[string, string]>([
    ['[JSONPatch{oops: 1}]', "ERROR: <input>:1:16: expected type of field 'oops' is '' but provided type is 'int'\n | [JSONPatch{oops: 1}]\n | ...............^"],
    ['Object{', "ERROR: <input>:1:8: Syntax error: mismatched input '<EOF>' expecting {'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}\n | Object{\n | .......^"],
    ['Object{spec: params.x}', "ERROR: <input>:1:14: undeclared reference to 'params' (in container '')\n | Object{spec: params.x}\n | .............^"],
    ['object.', "ERROR: <input>:1:8: Syntax error: no viable alternative at input '.'\n | object.\n | .......^"],
  ])('refuses %s', (expression, message) => {
    expect(explain(expression, compile(expression, mutating))).toBe(message);
  });
});
