import { describe, expect, it } from 'vitest';

import { readYaml, writeYaml } from './yaml-codec.js';

describe('YAML', () => {
  it('is written with sorted keys and quotes where the text would be read as something else', async () => {
    expect(await writeYaml({ b: ['x', { d: 1, c: '1' }], a: { '.': {}, n: 'a: b', time: '2026-01-01T00:00:00Z', on: 'yes', text: 'plain', empty: '' } })).toBe(
      'a:\n  .: {}\n  empty: ""\n  "n": \'a: b\'\n  "on": "yes"\n  text: plain\n  time: "2026-01-01T00:00:00Z"\nb:\n- x\n- c: "1"\n  d: 1\n');
  });

  it('is read as version 1.1, the first document only', async () => {
    expect(await readYaml('a: yes\nb: 2026-01-01\nc: [y, 010]\n---\nd: 1\n')).toEqual({ a: true, b: '2026-01-01', c: [true, 8] });
    await expect(readYaml('a: 1\n\tb: 2\n')).rejects.toThrow('found a tab character that violates indentation');
  });
});
