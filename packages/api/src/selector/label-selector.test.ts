import { describe, expect, it } from 'vitest';

import { formatLabelSelector, matchesLabels, requirementsOf, selectsLabels } from './label-selector.js';
import { parseLabelSelector } from './label-selector-parser.js';

describe('parseLabelSelector', () => {
  it.each([
    ['', ''],
    ['app=web', 'app=web'],
    ['app==web', 'app=web'],
    ['app = web , tier != db', 'app=web,tier!=db'],
    ['app', 'app'],
    ['!canary', '!canary'],
    ['! canary', '!canary'],
    ['tier in (b, a)', 'tier in (a,b)'],
    ['tier in (a)', 'tier=a'],
    ['tier notin (a,b)', 'tier notin (a,b)'],
    ['x in (foo,,baz),y,z notin ()', 'x in (,baz,foo),y,z!='],
    ['weight>3,weight<10', 'weight>3,weight<10'],
    ['app=', 'app='],
    ['app=,b', 'app=,b'],
    ['in in (in,notin)', 'in in (in,notin)'],
    ['b=1,a=2', 'a=2,b=1'],
    ['example.com/key=v', 'example.com/key=v'],
    ['x in (,)', 'x='],
  ])('reads %j', (text, expected) => {
    expect(formatLabelSelector(parseLabelSelector(text))).toBe(expected);
  });

  it.each([
    [',', "found ',', expected: !, identifier, or 'end of string'"],
    ['a=b,', "found '', expected: identifier after ','"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['!a=b', "found '=', expected: ',' or 'end of string'"],
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b c)', "unable to parse requirement: found 'c', expected: ',' or ')'"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a==(b)', "unable to parse requirement: found '(', expected: identifier"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['a>x', `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`],
    ['-a=b', `unable to parse requirement: <nil>: Invalid value: "-a": name part must consist of alphanumeric characters`],
    ['a=-b', `unable to parse requirement: values[0][a]: Invalid value: "-b": a valid label must be an empty string or consist of`],
  ])('refuses %j', (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(message);
  });
});

describe('matchesLabels', () => {
  it.each([
    ['app=web', { app: 'web' }, true],
    ['app=web', { app: 'db' }, false],
    ['app=web', {}, false],
    ['app!=web', {}, true],
    ['app!=web', { app: 'web' }, false],
    ['app in (web,db)', { app: 'db' }, true],
    ['app notin (web,db)', { app: 'db' }, false],
    ['app notin (web,db)', undefined, true],
    ['app', { app: '' }, true],
    ['!app', { app: '' }, false],
    ['!app', {}, true],
    ['app=', { app: '' }, true],
    ['app=', {}, false],
    ['n>3', { n: '4' }, true],
    ['n>3', { n: '3' }, false],
    ['n<3', { n: '-4' }, true],
    ['n<3', { n: 'many' }, false],
    ['n<3', {}, false],
    ['n>3', { n: '99999999999999999999' }, false],
    ['', { any: 'thing' }, true],
    ['toString', {}, false],
    ['a=1,b=2', { a: '1', b: '2', c: '3' }, true],
    ['a=1,b=2', { a: '1' }, false],
  ])('%j on %o is %s', (selector, labels, expected) => {
    expect(matchesLabels(parseLabelSelector(selector), labels as Record<string, string> | undefined)).toBe(expected);
  });
});

describe('requirementsOf', () => {
  it('joins equalities and expressions', () => {
    const selector = { matchLabels: { role: 'alert', app: 'x' }, matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['a', 'b'] }, { key: 'z', operator: 'Exists' }] };
    expect(formatLabelSelector(requirementsOf(selector))).toBe('app=x,role=alert,tier notin (a,b),z');
  });

  it.each([
    [{ matchExpressions: [{ key: 'a', operator: 'Equals', values: ['b'] }] }, '"Equals" is not a valid label selector operator'],
    [{ matchExpressions: [{ key: 'a', operator: 'In', values: [] }] }, "for 'in', 'notin' operators, values set can't be empty"],
    [{ matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] }, 'values set must be empty for exists and does not exist'],
  ])('refuses %o', (selector, message) => {
    expect(() => requirementsOf(selector)).toThrow(message);
  });

  it('reads a missing selector as none and an empty one as all', () => {
    expect(selectsLabels(undefined, { a: 'b' })).toBe(false);
    expect(selectsLabels({}, undefined)).toBe(true);
  });
});
