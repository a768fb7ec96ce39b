import { describe, expect, it } from 'vitest';

import { readYaml, yamlProblems } from './yaml-codec.js';

describe('YAML', () => {
  it('is read as version 1.1, the first document only', async () => {
    expect(await readYaml('a: yes\nb: 2026-01-01\nc: [y, 010]\n---\nd: 1\n')).toEqual({ a: true, b: '2026-01-01', c: [true, 8] });
    await expect(readYaml('a: 1\n\tb: 2\n')).rejects.toThrow('found a tab character that violates indentation');
  });

  it('tells keys that stand twice in one map, those within a value before the value, and takes the last', async () => {
    const problems: string[] = [];
    const value = await readYaml('a: 1\nb:\n  c: 1\n  c:\n    - 1\n1: p\na: 2\nb:\n  d: 1\n1: q\n', (problem) => problems.push(problem));
    expect(value).toEqual({ a: 2, b: { d: 1 }, 1: 'q' });
    expect(problems).toEqual(['yaml: unmarshal errors:\n  line 5: key "c" already set in map\n  line 7: key "a" already set in map\n  line 9: key "b" already set in map\n  line 10: key 1 already set in map']);
    expect(yamlProblems(`error converting YAML to JSON: ${problems[0]!}`)).toHaveLength(4);
    expect(yamlProblems('unknown field "x"')).toEqual(['unknown field "x"']);
  });

  it('is refused in the words of Go\'s library', async () => {
    await expect(readYaml('a: b: c')).rejects.toThrow(/^mapping values are not allowed in this context$/);
    await expect(readYaml('x: 1\na: b: c')).rejects.toThrow(/^line 2: mapping values are not allowed in this context$/);
  });
});
