import type { JSONSchemaProps } from '@kubewright/api';

import { valueProblems } from '../schema/validate-value.js';

const BY_FORMAT: Readonly<Record<string, string>> = {
  'date-time': '2030-01-01T00:00:00Z',
  date: '2030-01-01',
  byte: 'c2FtcGxl',
  duration: '30s',
  uuid: '0d3f4c7a-9b1e-4c55-8f6a-2b7d5e9c1a34',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  cidr: '192.0.2.0/24',
  mac: '02:00:5e:10:00:01',
  uri: 'https://example.com/',
  email: 'someone@example.com',
  hostname: 'host.example.com',
  hexcolor: '#336699',
};

/** What patterns of Kubernetes APIs usually mean, best first. */
const USUAL = ['30s', '5m', '1h', '10Gi', '1GB', '100m', 'https://example.com/', 'http://example.com/', 'example.com', 'example.com/sample', 'v1', '12:00', 'monday', 'january', '2030', '*.yaml', '25%', '1', 'a', 'A', 'sample-1'];

/** A text that the schema allows. */
export function textSample(schema: JSONSchemaProps, name: string): string {
  const word = name.replace(/[^A-Za-z0-9]+/g, '-').toLowerCase() || 'sample';
  const candidates = [...(schema.format ? [BY_FORMAT[schema.format] ?? ''] : []), word, 'sample', ...USUAL].filter(Boolean);
  const { minLength = 0, maxLength } = schema;
  const fitted = candidates.flatMap((one) => [one, one.padEnd(minLength, 'x'), maxLength === undefined ? one : one.slice(0, maxLength)]);
  const patterns = [schema.pattern, ...(schema.allOf ?? []).map((one) => one.pattern)].filter((one) => one !== undefined);
  const derived = patterns.map((pattern) => fromPattern(pattern));
  return [...fitted, ...derived].find((one) => valueProblems(one, schema).length === 0) ?? derived[0] ?? word;
}

/** A text for a regular expression: the first branch, each repetition as often as it must be. Anchors and flags stand for nothing. */
export function fromPattern(pattern: string): string {
  return new PatternReader(pattern).alternatives();
}

class PatternReader {
  private at = 0;

  constructor(private readonly text: string) {}

  alternatives(): string {
    let first: string | undefined;
    for (;;) {
      const branch = this.sequence();
      first = first === undefined || (first === '' && branch !== '') ? branch : first;
      if (this.text[this.at] !== '|') return first;
      this.at++;
    }
  }

  private sequence(): string {
    let out = '';
    while (this.at < this.text.length && this.text[this.at] !== '|' && this.text[this.at] !== ')') {
      const atom = this.atom();
      out += atom.repeat(this.least());
    }
    return out;
  }

  private least(): number {
    const found = /^(?:([*+?])|\{(\d+)(?:,\d*)?\})\??/.exec(this.text.slice(this.at));
    if (!found) return 1;
    this.at += found[0].length;
    return found[1] === undefined ? Number(found[2]) : found[1] === '+' ? 1 : 0;
  }

  private atom(): string {
    const char = this.text[this.at++] ?? '';
    if (char === '^' || char === '$') return '';
    if (char === '.') return 'x';
    if (char === '(') return this.group();
    if (char === '[') return this.charClass();
    return char === '\\' ? this.escape() : char;
  }

  private group(): string {
    const head = /^\?(?:P?<\w+>|[imsU-]*:|([imsU-]+)\))/.exec(this.text.slice(this.at));
    if (head) this.at += head[0].length;
    if (head?.[1] !== undefined) return '';
    const inner = this.alternatives();
    if (this.text[this.at] === ')') this.at++;
    return inner;
  }

  private escape(): string {
    const char = this.text[this.at++] ?? '';
    if (char === 'x' || char === 'p' || char === 'P') {
      const code = /^(?:\{([^}]*)\}|([0-9A-Fa-f]{2}))/.exec(this.text.slice(this.at));
      this.at += code?.[0].length ?? 1;
      return char === 'x' ? String.fromCodePoint(parseInt(code?.[1] ?? code?.[2] ?? '78', 16)) : 'a';
    }
    return { d: '1', w: 'a', s: ' ', D: 'a', W: '-', S: 'a', n: '\n', t: '\t', r: '\r', b: '', B: '', A: '', z: '' }[char] ?? char;
  }

  private charClass(): string {
    const isNegated = this.text[this.at] === '^';
    if (isNegated) this.at++;
    const start = this.at;
    const members: string[] = [];
    while (this.at < this.text.length && (this.text[this.at] !== ']' || this.at === start)) {
      const posix = /^\[:(\^?\w+):\]/.exec(this.text.slice(this.at));
      if (posix) {
        this.at += posix[0].length;
        members.push({ digit: '1', space: ' ', punct: '-' }[posix[1] ?? ''] ?? 'a');
        continue;
      }
      const char = this.text[this.at++] ?? '';
      members.push(char === '\\' ? this.escape() : char);
      if (this.text[this.at] === '-' && this.text[this.at + 1] !== ']') {
        this.at++;
        const high = this.text[this.at++] ?? '';
        if (isNegated) members.push(high);
      }
    }
    this.at++;
    if (!isNegated) return members[0] ?? '';
    return [...'ax1-_ ./'].find((one) => !members.includes(one)) ?? 'Z';
  }
}
