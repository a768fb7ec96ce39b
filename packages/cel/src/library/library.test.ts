import { describe, expect, it } from 'vitest';

import { parseType } from '../check/signature.js';
import { formatType } from '../check/type.js';
import { compile, explain } from '../evaluate/program.js';
import { CelBudgetError } from '../value/evaluation-error.js';
import { fromJson } from '../value/json-value.js';
import { toJson } from '../value/to-json.js';
import { authorizerValue, type AuthorizationQuestion } from './authorizer.js';
import { EXTENDED_ENVIRONMENT, withVariables } from './kubernetes.js';
import { MUTATION_ENVIRONMENT } from './mutations.js';

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

  it.each<[string, string]>([
    ['[JSONPatch{oops: 1}]', "ERROR: <input>:1:16: expected type of field 'oops' is '' but provided type is 'int'\n | [JSONPatch{oops: 1}]\n | ...............^"],
    ['Object{', "ERROR: <input>:1:8: Syntax error: mismatched input '<EOF>' expecting {'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}\n | Object{\n | .......^"],
    ['Object{spec: params.x}', "ERROR: <input>:1:14: undeclared reference to 'params' (in container '')\n | Object{spec: params.x}\n | .............^"],
    ['object.', "ERROR: <input>:1:8: Syntax error: no viable alternative at input '.'\n | object.\n | .......^"],
  ])('refuses %s', (expression, message) => {
    expect(explain(expression, compile(expression, mutating))).toBe(message);
  });
});
