import type { JSONSchemaProps, ValidationRule } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import { checkRules } from './check-rules.js';
import { evaluateRules } from './evaluate-rules.js';

function spec(properties: Record<string, JSONSchemaProps>, rules: ValidationRule[] = []): JSONSchemaProps {
  return { type: 'object', properties: { spec: { type: 'object', properties, 'x-kubernetes-validations': rules } } };
}

function told(schema: JSONSchemaProps, value: unknown, old?: unknown, onWarning?: (text: string) => void): string[] {
  const wrap = (content: unknown): unknown => (content === undefined ? undefined : { apiVersion: 'e.io/v1', kind: 'W', metadata: { name: 'w' }, spec: content });
  return evaluateRules(schema, wrap(value), wrap(old), onWarning ? { onWarning } : {}).map(({ field, message }) => `${field}: ${message}`);
}

const ruled = (schema: JSONSchemaProps, ...rules: ValidationRule[]): JSONSchemaProps => ({ ...schema, 'x-kubernetes-validations': rules });
const TEXT: JSONSchemaProps = { type: 'string', maxLength: 100 };

describe('evaluateRules', () => {
  it.each<[string, ValidationRule, unknown, string[]]>([
    ['the rule', { rule: ' self.size() > 3 ' }, 'abc', ['spec.f: Invalid value: "abc": failed rule: self.size() > 3']],
    ['the message', { rule: 'self.size() > 3', message: ' short ' }, 'abc', ['spec.f: Invalid value: "abc": short']],
    ['the message expression', { rule: 'false', message: 'static', messageExpression: '"dynamic " + self' }, 'x', ['spec.f: Invalid value: "x": dynamic x']],
    ['the message where its expression fails', { rule: 'false', message: 'static', messageExpression: 'self.substring(9)' }, 'x', ['spec.f: Invalid value: "x": static']],
    ['the message where its expression has line breaks', { rule: 'false', messageExpression: '"a\\nb"' }, 'x', ['spec.f: Invalid value: "x": failed rule: false']],
    ['the reason', { rule: 'false', message: 'm', reason: 'FieldValueForbidden' }, 'x', ['spec.f: Forbidden: m']],
    ['only the value of doubles', { rule: 'false', message: 'm', reason: 'FieldValueDuplicate' }, 'x', ['spec.f: Duplicate value: "x"']],
    ['errors', { rule: 'int(self) == 1' }, 'x', ['spec.f: Invalid value: "string": type conversion error from \'string\' to \'int\' evaluating rule: int(self) == 1']],
    ['nothing about null', { rule: 'false' }, null, []],
  ])('tells %s', (_, rule, value, expected) => {
    expect(told(spec({ f: ruled({ ...TEXT, nullable: true }, rule) }), { f: value })).toEqual(expected);
  });

  it.each([
    ['!has(self.f) && !self.?f.hasValue()', []],
    ['self.f != "a"', ['spec: Invalid value: "object": no such key: f evaluating rule: self.f != "a"']],
    ['self.l[0].size() == 1', ["spec: Invalid value: \"object\": 'no such overload: size': call arguments did not match a supported operator, function or macro signature for rule: self.l[0].size() == 1"]],
    ['self.l.size() == 2', []],
  ])('sees no field where it is null, but nulls in lists: %s', (rule, expected) => {
    const nullable = { ...TEXT, nullable: true };
    expect(told(spec({ f: nullable, l: { type: 'array', items: nullable } }, [{ rule }]), { f: null, l: [null, 'a'] })).toEqual(expected);
  });

  it('does not show objects and lists, and can name a field below', () => {
    const schema = spec({ a: { type: 'integer' } }, [{ rule: 'self.a > 5', message: 'small', fieldPath: '.a' }, { rule: 'false', message: 'no' }]);
    expect(told(schema, { a: 1 })).toEqual(['spec.a: Invalid value: small', 'spec: Invalid value: no']);
  });

  it('knows name, kind and apiVersion at the root', () => {
    const schema: JSONSchemaProps = ruled({ type: 'object' }, { rule: 'self.metadata.name == "w" && self.kind == "W" && self.apiVersion == "e.io/v1"' }, { rule: 'self.metadata.name == "x"' });
    expect(told(schema, {})).toEqual(['<nil>: Invalid value: failed rule: self.metadata.name == "x"']);
  });

  it('compares with the old value where there is one', () => {
    const schema = spec({ f: ruled(TEXT, { rule: 'self == oldSelf', message: 'fixed' }), g: ruled(TEXT, { rule: 'oldSelf.orValue("a") == "a"', optionalOldSelf: true, message: 'g' }) });
    expect(told(schema, { f: 'x', g: 'x' })).toEqual([]);
    expect(told(schema, { f: 'x' }, {})).toEqual([]);
    expect(told(schema, { f: 'y', g: 'z' }, { f: 'x', g: 'b' })).toEqual(['spec.f: Invalid value: "y": fixed', 'spec.g: Invalid value: "z": g']);
  });

  it('finds old items of keyed lists by their keys, and of no other list', () => {
    const item: JSONSchemaProps = { type: 'object', required: ['k'], properties: { k: TEXT, v: ruled({ type: 'integer' }, { rule: 'self >= oldSelf', message: 'shrank' }) } };
    const keyed = spec({ l: { type: 'array', items: item, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] } });
    const before = { l: [{ k: 'a', v: 5 }, { k: 'b', v: 5 }] };
    expect(told(keyed, { l: [{ k: 'b', v: 4 }, { k: 'a', v: 6 }, { k: 'c', v: 1 }] }, before)).toEqual(['spec.l[0].v: Invalid value: 4: shrank']);
    expect(told(spec({ l: { type: 'array', items: item } }), { l: [{ k: 'a', v: 1 }] }, before)).toEqual([]);
  });

  it('warns of what was wrong before and has not changed', () => {
    const schema = spec({ f: ruled(TEXT, { rule: 'self == "good"', message: 'bad' }), g: TEXT });
    const warnings: string[] = [];
    expect(told(schema, { f: 'x', g: 'new' }, { f: 'x', g: 'old' }, (text) => warnings.push(text))).toEqual([]);
    expect(warnings).toEqual(['spec.f: Invalid value: "x": bad']);
    expect(told(schema, { f: 'y' }, { f: 'x' })).toEqual(['spec.f: Invalid value: "y": bad']);
  });

  it('does not let defaults pass because they are their own old values', () => {
    const node = ruled({ type: 'integer' }, { rule: 'self > 3', message: 'too small' });
    expect(evaluateRules(node, 1, 1, { at: 'x.default', ratchets: false })).toEqual([{ type: 'FieldValueInvalid', field: 'x.default', message: 'Invalid value: 1: too small' }]);
  });

  it('stops a rule that costs too much, and all rules after it', () => {
    const schema = spec({ l: ruled({ type: 'array', items: { type: 'integer' } }, { rule: 'self.all(a, self.all(b, self.all(c, a + b + c >= 0)))' }, { rule: 'false' }) });
    expect(told(schema, { l: Array.from({ length: 100 }, () => 1) })).toEqual([
      'spec.l: Invalid value: "array": \'operation cancelled: actual cost limit exceeded\': no further validation rules will be run due to call cost exceeds limit for rule: self.all(a, self.all(b, self.all(c, a + b + c >= 0)))',
    ]);
  });

  it('shares one budget between all rules of an object', () => {
    const costly = { rule: 'self.all(a, self.all(b, a + b >= 0))' };
    const schema = spec({ l: ruled({ type: 'array', items: { type: 'integer' } }, ...Array.from({ length: 15 }, () => costly), { rule: 'false' }) });
    expect(told(schema, { l: Array.from({ length: 330 }, () => 1) })).toEqual([
      'spec.l: Invalid value: "array": validation failed due to running out of cost budget, no further validation rules will be run',
    ]);
  });

  it('sets and keyed lists are equal in any order', () => {
    const set = spec({ s: ruled({ type: 'array', maxItems: 5, items: TEXT, 'x-kubernetes-list-type': 'set' }, { rule: 'self == oldSelf', message: 'changed' }) });
    expect(told(set, { s: ['b', 'a'] }, { s: ['a', 'b'] })).toEqual([]);
    expect(told(set, { s: ['b', 'c'] }, { s: ['a', 'b'] })).toEqual(['spec.s: Invalid value: changed']);
  });
});

describe('checkRules', () => {
  const at = 'spec.validation.openAPIV3Schema.properties[spec].properties[f]';
  const checked = (node: JSONSchemaProps): string[] => checkRules(spec({ f: node })).map(({ field, message }) => `${field}: ${message}`);

  it.each<[string, JSONSchemaProps, string[]]>([
    ['what does not compile', ruled(TEXT, { rule: 'self.nope()' }), [
      `${at}.x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.nope()","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:10: undeclared reference to 'nope' (in container '')\n | self.nope()\n | .........^`,
    ]],
    ['rules that are no conditions', ruled(TEXT, { rule: 'self' }), [
      `${at}.x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: cel expression must evaluate to a bool`,
    ]],
    ['messages that are no strings', ruled(TEXT, { rule: 'true', messageExpression: '1' }), [
      `${at}.x-kubernetes-validations[0].messageExpression: Invalid value: {"Rule":"true","Message":"","MessageExpression":"1","Reason":null,"FieldPath":"","OptionalOldSelf":null}: messageExpression must evaluate to a string`,
    ]],
    ['oldSelf in lists without keys', { type: 'array', maxItems: 5, items: ruled(TEXT, { rule: 'self == oldSelf' }) }, [
      `${at}.items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within ${at}`,
    ]],
    ['optionalOldSelf without oldSelf', ruled(TEXT, { rule: 'true', optionalOldSelf: true }), [
      `${at}.x-kubernetes-validations[0].optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule`,
    ]],
    ['nothing about rules within their limits', ruled({ type: 'string' }, { rule: 'self.startsWith("a")' }), []],
  ])('tells %s', (_, node, expected) => {
    expect(checked(node)).toEqual(expected);
  });

  it('tells how far a rule is above its limit', () => {
    const nested: JSONSchemaProps = { type: 'array', items: { type: 'array', items: ruled({ type: 'string', maxLength: 1000 }, { rule: 'self.matches("^[a-z]+$")' }) } };
    const advice = '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';
    expect(checked(nested)).toEqual([
      `${at}.items.items.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 84.2x ${advice}`,
      `${at}.items.items.x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema`,
      `spec.validation.openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of 8.4x ${advice}`,
    ]);
  });

  it('leaves out nodes whose schema is wrong already', () => {
    const schema = spec({ f: ruled(TEXT, { rule: 'nope' }), g: ruled(TEXT, { rule: 'nope' }) });
    const errors = checkRules(schema, { schemaErrors: [{ type: 'FieldValueInvalid', field: `${at}.pattern`, message: '' }] });
    expect(errors.map(({ field }) => field)).toEqual(['spec.validation.openAPIV3Schema.properties[spec].properties[g].x-kubernetes-validations[0].rule']);
  });
});
