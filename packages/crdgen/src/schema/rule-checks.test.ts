import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import type { Diagnostic } from '../diagnostic.js';
import { schemaOf } from './schema-of.js';

const folder = mkdtempSync(join(tmpdir(), 'crdgen-rules-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

function found(source: string, type = 'Spec'): readonly Diagnostic[] {
  const file = join(folder, `${count++}.ts`);
  writeFileSync(file, `import { CustomResource, Rule, type Double, type EmbeddedResource, type Int32, type IntOrString, type MapList, type SetList } from '@kubewright/api';\n${source}`);
  return schemaOf(file, type).diagnostics;
}

const brief = (source: string, type?: string): string[] => found(source, type).map(({ code, line, column, message }) => `${code} ${line}:${column} ${message.split('\n')[0]}`);
const member = (text: string): string[] => brief(`export interface Spec {\n${text}\n}`).map((one) => one.replace(/ \(try simplifying[^)]*\)/, ''));

describe('rules of a type', () => {
  it.each<[string, string, string[]]>([
    ['a result that is no bool', `/** @validation {"rule": "self.size()"} */ a?: string;`, ['KW1401 3:5 a: cel expression must evaluate to a bool']],
    ['a misspelled field, with its place in the tag', `/** @validation {"rule": "self.naem == 'x'"} */ a?: { name?: string };`, [`KW1401 3:31 a: compilation failed: ERROR: <input>:1:5: undefined field 'naem'`]],
    ['a field below a list', `/** @validation {"rule": "self[0].naem == 'x'"} */ a?: { name?: string }[];`, [`KW1401 3:34 a: compilation failed: ERROR: <input>:1:8: undefined field 'naem'`]],
    ['a syntax error', `/** @validation {"rule": "self =="} */ a?: string;`, [`KW1401 3:34 a: compilation failed: ERROR: <input>:1:8: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}`]],
    ['an escape before the place', `/** @validation {"rule": "self == '\\u00e9' && x"} */ a?: string;`, [`KW1401 3:47 a: compilation failed: ERROR: <input>:1:16: undeclared reference to 'x' (in container '')`]],
    ['numbers of different types', `/** @validation {"rule": "self == 1.0"} */ a?: Int32;`, [`KW1401 3:32 a: compilation failed: ERROR: <input>:1:6: found no matching overload for '_==_' applied to '(int, double)'`]],
    ['a literal that can not be parsed', `/** @validation {"rule": "duration(self) < duration('1x')"} */ a?: string;`, [`KW1401 3:53 a: compilation failed: ERROR: <input>:1:27: invalid duration argument`]],
    ['a message expression that is no text', `/** @validation {"rule": "true", "messageExpression": "1"} */ a?: string;`, ['KW1401 3:5 a: messageExpression must evaluate to a string']],
    ['cel.bind, which Kubernetes does not have', `/** @validation {"rule": "cel.bind(x, 1, x == 1)"} */ a?: string;`, [`KW1401 3:27 a: compilation failed: ERROR: <input>:1:1: undeclared reference to 'cel' (in container '')`]],
    ['oldSelf in a list without keys', `a?: { /** @validation {"rule": "self == oldSelf"} */ b?: string }[];`, ['KW1404 3:54 a[].b: oldSelf cannot be used on the uncorrelatable portion of the schema within a']],
    ['oldSelf in a set', `a?: SetList</** @validation {"rule": "self == oldSelf"} */ string>;`, []],
    ['optionalOldSelf without oldSelf', `/** @validation {"rule": "true", "optionalOldSelf": true} */ a?: string;`, ['KW1404 3:5 a: may not be set if oldSelf is not used in rule']],
    ['a default that breaks a rule', `/** @default 2\n * @validation {"rule": "self > 3"} */ a?: Int32;`, ['KW1202 4:40 a: the default breaks a rule of its own schema: default: Invalid value: 2: failed rule: self > 3']],
    ['nothing of what may differ in type', `/** @validation {"rule": "type(self) == int ? self > 0 : self.matches('^[0-9]+%$')", "reason": "FieldValueForbidden"}\n * @maxLength 10 */ a?: IntOrString;`, []],
    ['nothing of escaped names', `/** @validation {"rule": "self.__namespace__ == self.namespace && self.a__dash__b == self.c__underscores__d && has(self.x__dot__y)"} */ a?: { namespace: string; 'a-b': string; c__d: string; 'x.y'?: string };`, []],
    ['nothing of oldSelf in a keyed list', `a?: MapList<{ n: string; /** @validation {"rule": "oldSelf.hasValue() || self > 1", "optionalOldSelf": true} */ b: Int32 }, 'n'>;`, []],
    ['nothing of other alphabets', `/** @validation {"rule": "self == 'straße' || self == '日本'", "message": "größer"} */ a?: string;`, []],
  ])('tell %s', (_name, text, wanted) => {
    expect(member(text)).toEqual(wanted);
  });

  it('suggest what was meant', () => {
    expect(found(`@Rule('nam == "x"')\nexport class Spec { nam!: string }`)[0]?.message).toMatch(/did you mean self\.nam\?$/);
    expect(found(`@Rule('self.o.naem == "x"')\nexport class Spec { o!: { name: string }; namer?: string }`)[0]).toMatchObject({ hint: 'write name', message: expect.stringMatching(/did you mean name\?$/) as string });
    expect(found(`@Rule('slef.a == "x"')\nexport class Spec { a!: string }`)[0]?.hint).toBe('write self');
  });

  it('point into decorators, also into their messages', () => {
    expect(brief(`@Rule('self.a == \\'\\\\\\\\\\' && b', { messageExpression: "'x' + c" })\nexport class Spec { a!: string }`).map((one) => one.slice(0, 11))).toEqual(['KW1401 2:30']);
    expect(brief(`@Rule('true', { messageExpression: "'x' + c" })\nexport class Spec { a!: string }`)).toEqual([`KW1401 2:43 messageExpression compilation failed: ERROR: <input>:1:7: undeclared reference to 'c' (in container '')`]);
    expect(brief(`const R = 'self.b';\n@Rule(R)\nexport class Spec { a!: string }`)).toEqual([`KW1401 3:1 compilation failed: ERROR: <input>:1:5: undefined field 'b'`]);
  });

  it('know the whole object in the class of a resource only', () => {
    const rule = `@Rule('self.metadata.name.size() < 20', 'long')`;
    expect(brief(`${rule}\n@CustomResource({ group: 'e.io', version: 'v1' })\nexport class Thing { spec?: { a?: string } }`, 'Thing')).toEqual([]);
    expect(brief(`${rule}\nexport class Spec { a?: string }`)).toHaveLength(1);
    expect(member(`/** @validation {"rule": "self.metadata.name.size() < 20"} */ a?: EmbeddedResource;`)).toEqual([]);
  });

  it('are not told on types that were refused themselves', () => {
    expect(brief(`@Rule('self.a.b == "x"')\nexport class Spec { a!: any }`).map((one) => one.slice(0, 6))).toEqual(['KW1002']);
  });
});

describe('costs of rules', () => {
  const matches = `@validation {"rule": "self.matches('^[a-z]+$')"}`;
  it.each<[string, string, string[]]>([
    ['the list that a rule stands in', `a?: { /** @maxLength 10\n * ${matches} */ b?: string }[];`, ['KW1402 4:4 a[].b: estimated rule cost exceeds budget by factor of 1.153434x; maxItems of a is missing: at most 909090 would pass']],
    ['the map that a rule stands in', `a?: Record<string, { /** @maxLength 10\n * ${matches} */ b?: string }>;`, ['KW1402 4:4 a[*].b: estimated rule cost exceeds budget by factor of 1.153434x; maxProperties of a is missing: at most 909090 would pass']],
    ['lists in lists', `a?: { b?: { /** @maxLength 10\n * ${matches} */ c?: string }[] }[];`, ['KW1402 4:4 a[].b[].c: estimated rule cost exceeds budget by factor of 1.153434x; maxItems of a and maxItems of a[].b are missing: at most 953 each would pass']],
    ['only what is looked at', `/** @validation {"rule": "self.a.all(x, self.a.exists_one(y, y == x))"} */ o?: { /** @items.maxLength 63 */ a?: string[]; other?: string[] };`, ['KW1402 3:5 o: estimated rule cost exceeds budget by factor of more than 100x; maxItems of o.a is missing: at most 577 would pass']],
    ['texts beside lists', `/** @validation {"rule": "self.all(x, self.exists_one(y, y == x))"} */ a?: string[];`, ['KW1402 3:5 a: estimated rule cost exceeds budget by factor of more than 100x; maxItems of a and maxLength of a[] are missing: at most 288 each would pass']],
    ['bounds that are too large', `/** @maxItems 5000\n * @items.maxLength 63\n * @validation {"rule": "self.all(x, self.exists_one(y, y == x))"} */ a?: string[];`, ['KW1402 5:4 a: estimated rule cost exceeds budget by factor of 75.0x; maxItems of a must be smaller: at most 577 would pass']],
    ['texts made of numbers', `/** @validation {"rule": "self < 5", "messageExpression": "'got ' + string(self)"} */ a?: Int32;`, ['KW1402 3:5 a: estimated messageExpression cost exceeds budget by factor of more than 100x; string() of what is no text has no size that the server knows: leave it out']],
  ])('name %s', (_name, text, wanted) => {
    expect(member(text)).toEqual(wanted);
  });

  it('are added up over the whole schema, and the dearest rules are named', () => {
    const rules = Array.from({ length: 12 }, (_unused, index) => `/** @validation {"rule": "self.all(x, x.size() < 9)"}\n * @maxItems 1600000 */ l${index}?: Int32[][];`);
    const all = member(rules.join('\n'));
    expect(all.map((one) => one.slice(0, 6))).toEqual(Array.from({ length: 5 }, () => 'KW1403'));
    expect(all[0]).toContain('x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of 1.152000x');
    expect(all[1]).toMatch(/^KW1403 3:5 l0: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema/);
  });
});
