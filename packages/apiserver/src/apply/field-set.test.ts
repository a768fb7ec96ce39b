import { describe, expect, it } from 'vitest';

import { FieldSet, formatPath } from './field-set.js';
import { compareElements, fieldElement, formatElement, keyElement, parseElement, valueElement } from './path-element.js';

describe('path elements', () => {
  it('are written as FieldsV1 writes them', () => {
    expect(fieldElement('replicas')).toBe('f:replicas');
    expect(keyElement({ protocol: 'TCP', port: 80 })).toBe('k:{"port":80,"protocol":"TCP"}');
    expect(valueElement('a "b" <c>')).toBe('v:"a \\"b\\" \\u003cc\\u003e"');
  });

  it('are read in canonical form, and unknown kinds are skipped', () => {
    expect(parseElement('k:{"port": 80.0, "name" : "x"}')).toBe('k:{"name":"x","port":80}');
    expect(parseElement('i:+3')).toBe('i:3');
    expect(parseElement('z:later')).toBeUndefined();
    expect(() => parseElement('spec')).toThrow('missing colon: spec');
    expect(() => parseElement('f')).toThrow('2 characters');
    expect(() => parseElement('k:{')).toThrow(SyntaxError);
    expect(() => parseElement('i:x')).toThrow(SyntaxError);
  });

  it('are shown as messages show them', () => {
    expect(formatElement('k:{"on":true,"x":1,"y":"a"}')).toBe('[on=true,x=1,y="a"]');
    expect(formatPath(['f:spec', 'f:tags', 'v:"d"'])).toBe('.spec.tags[="d"]');
    expect(formatElement('i:4')).toBe('[4]');
  });

  it('are ordered: fields, keyed items, values, positions, numbers by value', () => {
    const sorted = ['f:a', 'f:b', 'k:{"name":"x"}', 'k:{"port":9}', 'k:{"port":80}', 'v:2', 'v:10', 'v:"a"', 'v:true', 'i:0'];
    expect([...sorted].reverse().sort(compareElements)).toEqual(sorted);
  });
});

describe('FieldSet', () => {
  const fields = { 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } }, 'f:spec': { 'f:parts': { 'k:{"name":"p"}': { '.': {}, 'f:image': {} } }, 'f:size': {} } };

  it('reads and writes FieldsV1', () => {
    const set = FieldSet.fromFieldsV1(fields);
    expect(set.toFieldsV1()).toEqual(fields);
    expect(set.has(['f:metadata', 'f:labels'])).toBe(true);
    expect(set.has(['f:metadata'])).toBe(false);
    expect([...set.paths()].map(formatPath)).toEqual(['.metadata.labels', '.metadata.labels.a', '.spec.size', '.spec.parts[name="p"]', '.spec.parts[name="p"].image']);
    expect(FieldSet.fromFieldsV1({ 'f:spec': { '.': {} }, 'q:new': {} }).toFieldsV1()).toEqual({ 'f:spec': {} });
    expect(FieldSet.fromFieldsV1({}).isEmpty).toBe(true);
  });

  it('tells parents from children in differences', () => {
    const set = FieldSet.of(['f:a'], ['f:a', 'f:b'], ['f:c', 'f:d']);
    expect(set.difference(FieldSet.of(['f:a'])).toFieldsV1()).toEqual({ 'f:a': { 'f:b': {} }, 'f:c': { 'f:d': {} } });
    expect(set.recursiveDifference(FieldSet.of(['f:a'])).toFieldsV1()).toEqual({ 'f:c': { 'f:d': {} } });
    expect(set.difference(FieldSet.of(['f:a', 'f:b'], ['f:c', 'f:d'])).toFieldsV1()).toEqual({ 'f:a': {} });
  });

  it('joins and intersects without changing its inputs', () => {
    const a = FieldSet.of(['f:a'], ['f:a', 'f:b']);
    const b = FieldSet.of(['f:a', 'f:c'], ['f:a', 'f:b']);
    expect(a.union(b).equals(FieldSet.of(['f:a'], ['f:a', 'f:b'], ['f:a', 'f:c']))).toBe(true);
    expect(a.intersection(b).equals(FieldSet.of(['f:a', 'f:b']))).toBe(true);
    expect(a.intersection(FieldSet.of(['f:x'])).isEmpty).toBe(true);
    expect(a.toFieldsV1()).toEqual({ 'f:a': { '.': {}, 'f:b': {} } });
    expect(b.toFieldsV1()).toEqual({ 'f:a': { 'f:b': {}, 'f:c': {} } });
  });
});
