import { overload, type Overload } from '../check/environment.js';
import { CelEvaluationError } from '../value/evaluation-error.js';
import { civil, type CivilTime } from '../value/time.js';
import { type Duration, type Timestamp } from '../value/value.js';

const PARTS: Readonly<Record<string, (time: CivilTime) => number>> = {
  getFullYear: ({ year }) => year,
  getMonth: ({ month }) => month - 1,
  getDate: ({ day }) => day,
  getDayOfMonth: ({ day }) => day - 1,
  getDayOfWeek: ({ dayOfWeek }) => dayOfWeek,
  getDayOfYear: ({ dayOfYear }) => dayOfYear,
  getHours: ({ hours }) => hours,
  getMinutes: ({ minutes }) => minutes,
  getSeconds: ({ seconds }) => seconds,
  getMilliseconds: ({ nanos }) => Math.floor(nanos / 1_000_000),
};

const NANOS: Readonly<Record<string, bigint>> = {
  getHours: 3_600_000_000_000n, getMinutes: 60_000_000_000n, getSeconds: 1_000_000_000n, getMilliseconds: 1_000_000n,
};

/** `timestamp.getFullYear()`, also in a time zone, and how long durations are. */
export const TIMES: readonly Overload[] = [
  ...Object.entries(PARTS).flatMap(([name, part]) => [
    overload(`timestamp.${name}(): int`, ({ nanos }: Timestamp) => BigInt(part(civil(nanos)))),
    overload(`timestamp.${name}(string): int`, ({ nanos }: Timestamp, zone: string) => BigInt(part(civil(nanos + offsetOf(zone, nanos))))),
  ]),
  ...Object.entries(NANOS).map(([name, unit]) => overload(`duration.${name}(): int`, ({ nanos }: Duration) => nanos / unit)),
];

/** How far a time zone is from UTC at an instant, in nanoseconds. Zones are names (`Europe/Berlin`) or distances (`+02:00`). */
function offsetOf(zone: string, nanos: bigint): bigint {
  const fixed = /^([+-]?)(\d{1,2}):(\d{2})$/.exec(zone);
  if (fixed) return BigInt((fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3]))) * 60_000_000_000n;
  if (zone === 'UTC' || zone === '') return 0n;
  const seconds = nanos / 1_000_000_000n;
  let parts: Intl.DateTimeFormatPart[];
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
    });
    parts = format.formatToParts(Number(seconds) * 1000);
  } catch {
    throw new CelEvaluationError(`unknown time zone ${zone}`);
  }
  const read = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const local = Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second')) / 1000;
  return (BigInt(local) - seconds) * 1_000_000_000n;
}
