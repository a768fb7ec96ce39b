/** A date as in RFC 3339: `2024-02-29`. */
export function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined || Number(month) < 1 || Number(month) > 12 || Number(day) < 1) return false;
  return Number(day) <= daysIn(Number(year), Number(month));
}

/** A date and time as in RFC 3339, with seconds and a zone; lower-case letters will do. */
export function isDateTime(text: string): boolean {
  const [date = '', time] = text.toLowerCase().split('t');
  if (time === undefined || !isDate(date)) return false;
  const [, hour, minute, second] = /^(\d{2}):(\d{2}):(\d{2})(?:.\d+)?(?:z|[+-]\d{2}:\d{2})$/su.exec(time) ?? [];
  return hour !== undefined && hour <= '23' && minute! <= '59' && second! <= '59';
}

/** A duration as Go writes it (`1h30m`, `-5s`), or numbers with the names of units (`3 days`). Anything around a number with a unit is let pass. */
export function isDuration(text: string): boolean {
  if (GO_DURATION.test(text) && isWithinRange(text)) return true;
  let found = false;
  for (const [, number = '', name = ''] of text.matchAll(/(\d+)[\t\n\f\r ]*([A-Za-zµ]+)/g)) {
    if (BigInt(number) > MAX_INT64) return false;
    const unit = name.toLowerCase();
    if (UNITS.some((variants) => variants.includes(unit) || unit.startsWith(variants.at(-1)!))) found = true;
  }
  return found;
}

const MAX_INT64 = 2n ** 63n - 1n;
const NANOSECONDS: Readonly<Record<string, bigint>> = { ns: 1n, us: 1_000n, 'µs': 1_000n, 'μs': 1_000n, ms: 1_000_000n, s: 1_000_000_000n, m: 60_000_000_000n, h: 3_600_000_000_000n };

/** A duration is held in 64 bits of nanoseconds: some 292 years. */
function isWithinRange(text: string): boolean {
  let total = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    total += BigInt(whole || '0') * NANOSECONDS[unit]! + (NANOSECONDS[unit]! * BigInt(fraction.slice(0, 18) || '0')) / 10n ** BigInt(Math.min(fraction.length, 18));
  }
  return total <= (text.startsWith('-') ? MAX_INT64 + 1n : MAX_INT64);
}

const GO_DURATION = /^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
const UNITS: readonly (readonly string[])[] = [
  ['ns', 'nano'], ['us', 'µs', 'micro'], ['ms', 'milli'], ['s', 'sec'], ['m', 'min'], ['h', 'hr', 'hour'], ['d', 'day'], ['w', 'wk', 'week'],
];

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
