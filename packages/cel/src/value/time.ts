import { Duration, Timestamp } from './value.js';

const SECOND = 1_000_000_000n;
const DAY = 86_400n;

/** Reads a time as in RFC 3339; undefined where it is none. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59) return undefined;
  const [zoneHour, zoneMinute] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (zoneHour > 24 || zoneMinute > 60) return undefined;
  const zone = (zoneHour * 60 + zoneMinute) * 60 * (match[8] === '-' ? -1 : 1);
  const seconds = BigInt(daysSinceEpoch(year, month, day)) * DAY + BigInt(hour * 3600 + minute * 60 + second - zone);
  const fraction = BigInt((match[7] ?? '').slice(0, 9).padEnd(9, '0'));
  return new Timestamp(seconds * SECOND + fraction);
}

/** `2024-06-01T00:00:00.5Z` */
export function formatTimestamp({ nanos }: Timestamp): string {
  const { year, month, day, hours, minutes, seconds, nanos: fraction } = civil(nanos);
  const two = (part: number): string => String(part).padStart(2, '0');
  const rest = fraction === 0 ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`;
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hours)}:${two(minutes)}:${two(seconds)}${rest}Z`;
}

/** The parts of an instant in UTC; the month counts from 1, Sunday is 0. */
export interface CivilTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly nanos: number;
  readonly dayOfWeek: number;
  readonly dayOfYear: number;
}

export function civil(nanos: bigint): CivilTime {
  const fraction = ((nanos % SECOND) + SECOND) % SECOND;
  const total = (nanos - fraction) / SECOND;
  const secondOfDay = Number(((total % DAY) + DAY) % DAY);
  const days = Number((total - BigInt(secondOfDay)) / DAY);
  const { year, month, day } = dateOf(days);
  return {
    year, month, day, hours: Math.floor(secondOfDay / 3600), minutes: Math.floor(secondOfDay / 60) % 60, seconds: secondOfDay % 60, nanos: Number(fraction),
    dayOfWeek: (((days + 4) % 7) + 7) % 7, dayOfYear: days - daysSinceEpoch(year, 1, 1),
  };
}

/** Reads a span as Go writes it: `1h30m`, `-1.5s`, `0`. */
export function parseDuration(text: string): Duration | undefined {
  const match = /^([+-]?)(?:0|((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+))$/.exec(text);
  if (!match) return undefined;
  let nanos = 0n;
  for (const [, whole = '', fraction = '', unit] of (match[2] ?? '').matchAll(/(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)/g)) {
    const scale = UNITS[unit!]!;
    nanos += BigInt(whole === '' ? 0 : whole) * scale + (fraction === '' ? 0n : (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length));
  }
  if (nanos > 2n ** 63n - 1n) return undefined;
  return new Duration(match[1] === '-' ? -nanos : nanos);
}

/** `5400s`, `0.5s`: seconds only. */
export function formatDuration({ nanos }: Duration): string {
  const sign = nanos < 0n ? '-' : '';
  const size = nanos < 0n ? -nanos : nanos;
  const fraction = size % SECOND;
  return `${sign}${size / SECOND}${fraction === 0n ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`}s`;
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n, us: 1_000n, µs: 1_000n, μs: 1_000n, ms: 1_000_000n, s: SECOND, m: 60n * SECOND, h: 3600n * SECOND,
};

export function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1970-01-01, in the calendar that is used today extended backwards. Years begin in March here, so that leap days come last. */
export function daysSinceEpoch(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

function dateOf(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1 };
}
