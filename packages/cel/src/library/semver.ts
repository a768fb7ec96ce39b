import { overload, type Overload } from '../check/environment.js';
import { CelEvaluationError } from '../value/evaluation-error.js';
import { OpaqueValue } from '../value/value.js';

/** A semantic version. Build metadata tells none apart. */
export class Semver extends OpaqueValue {
  readonly typeName = 'kubernetes.Semver';

  constructor(readonly numbers: readonly [bigint, bigint, bigint], readonly pre: readonly string[]) {
    super();
  }

  compare(other: Semver): number {
    for (let index = 0; index < 3; index++) {
      const [a, b] = [this.numbers[index]!, other.numbers[index]!];
      if (a !== b) return a < b ? -1 : 1;
    }
    if (this.pre.length === 0 || other.pre.length === 0) return other.pre.length - this.pre.length === 0 ? 0 : this.pre.length === 0 ? 1 : -1;
    for (let index = 0; index < Math.min(this.pre.length, other.pre.length); index++) {
      const order = compareIdentifiers(this.pre[index]!, other.pre[index]!);
      if (order !== 0) return order;
    }
    return Math.sign(this.pre.length - other.pre.length);
  }

  equals(other: OpaqueValue): boolean {
    return other instanceof Semver && this.compare(other) === 0;
  }
}

/** `semver('1.2.3')`, comparisons and parts. With `true`, versions such as `v1.2` are completed first. */
export const SEMVER: readonly Overload[] = [
  overload('semver(string): Semver', (text: string) => parseOrThrow(text)),
  overload('semver(string, bool): Semver', (text: string, normalizes: boolean) => parseOrThrow(normalizes ? normalize(text) : text)),
  overload('isSemver(string): bool', (text: string) => parse(text) instanceof Semver),
  overload('isSemver(string, bool): bool', (text: string, normalizes: boolean) => parse(normalizes ? normalize(text) : text) instanceof Semver),
  overload('Semver.isGreaterThan(Semver): bool', (a: Semver, b: Semver) => a.compare(b) > 0),
  overload('Semver.isLessThan(Semver): bool', (a: Semver, b: Semver) => a.compare(b) < 0),
  overload('Semver.compareTo(Semver): int', (a: Semver, b: Semver) => BigInt(a.compare(b))),
  overload('Semver.major(): int', ({ numbers }: Semver) => numbers[0]),
  overload('Semver.minor(): int', ({ numbers }: Semver) => numbers[1]),
  overload('Semver.patch(): int', ({ numbers }: Semver) => numbers[2]),
];

function parseOrThrow(text: string): Semver {
  const parsed = parse(text);
  if (typeof parsed === 'string') throw new CelEvaluationError(parsed);
  return parsed;
}

/** The version, or what is wrong with it. */
function parse(text: string): Semver | string {
  if (text === '') return 'Version string empty';
  const parts = text.split('.');
  if (parts.length < 3) return 'No Major.Minor.Patch elements found';
  const match = /^(\d+)\.(\d+)\.(\d+)(?:-([^+]*))?(?:\+(.*))?$/.exec(text);
  if (!match) {
    const bad = [parts[0]!, parts[1]!, parts.slice(2).join('.').split(/[-+]/)[0]!].find((part) => !/^\d+$/.test(part)) ?? '';
    return bad === '' ? 'strconv.ParseUint: parsing "": invalid syntax' : `Invalid character(s) found in ${partName(parts, bad)} number "${bad}"`;
  }
  const zero = [1, 2, 3].find((index) => /^0\d/.test(match[index]!));
  if (zero !== undefined) return `${['Major', 'Minor', 'Patch'][zero - 1]} number must not contain leading zeroes "${match[zero]}"`;
  const pre = match[4] === undefined ? [] : match[4].split('.');
  for (const identifier of pre) {
    if (identifier === '') return 'Prerelease is empty';
    if (/^0\d+$/.test(identifier)) return `Numeric PreRelease version must not contain leading zeroes "${identifier}"`;
    if (!/^[0-9A-Za-z-]+$/.test(identifier)) return `Invalid character(s) found in prerelease "${identifier}"`;
  }
  if (match[5]?.split('.').some((identifier) => !/^[0-9A-Za-z-]+$/.test(identifier)) === true) return 'Build meta data is empty';
  return new Semver([BigInt(match[1]!), BigInt(match[2]!), BigInt(match[3]!)], pre);
}

function partName(parts: readonly string[], bad: string): string {
  return parts[0] === bad ? 'major' : parts[1] === bad ? 'minor' : 'patch';
}

/** Takes `v` away, adds what is missing (`1` is `1.0.0`) and drops leading zeros. */
function normalize(text: string): string {
  const [, core = '', rest = ''] = /^v?([^-+]*)(.*)$/su.exec(text)!;
  const numbers = core.split('.').map((part) => part.replace(/^0+(?=\d)/, ''));
  while (numbers.length < 3) numbers.push('0');
  return numbers.join('.') + rest;
}

function compareIdentifiers(a: string, b: string): number {
  const [aIsNumber, bIsNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (aIsNumber && bIsNumber) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
