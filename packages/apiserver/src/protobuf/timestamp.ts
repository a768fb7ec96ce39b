/** Moments as protobuf has them: seconds since the epoch and a fraction that counts forward. */
export interface Instant {
  readonly seconds: number;
  readonly nanos: number;
}

/** Go's zero time, the first second of the year 1, which is written as nothing. */
export const ZERO_TIME = -62135596800;

/** Reads RFC 3339, fractions to the microsecond as Go's MicroTime keeps them. Undefined for what is no time. */
export function instantOf(text: string): Instant | undefined {
  const millis = Date.parse(text);
  if (Number.isNaN(millis)) return undefined;
  const fraction = /\.(\d{1,6})/.exec(text)?.[1];
  return { seconds: Math.floor(millis / 1000), nanos: fraction === undefined ? 0 : Number(fraction.padEnd(6, '0')) * 1000 };
}

/** `2026-01-02T03:04:05Z`, as Time is shown. Undefined for a moment that has no such form. */
export function timeText(seconds: number): string | undefined {
  const day = Math.floor(seconds / DAY);
  if (day !== lastDay.number) {
    const date = new Date(day * DAY * 1000);
    if (Number.isNaN(date.getTime())) return undefined;
    lastDay = { number: day, text: date.toISOString().split('T')[0]! };
  }
  const rest = seconds - day * DAY;
  return `${lastDay.text}T${digits(Math.floor(rest / 3600))}:${digits(Math.floor(rest / 60) % 60)}:${digits(rest % 60)}Z`;
}

const DAY = 86400;

/** Dates are the slow part, and the times of an object are mostly of one day. */
let lastDay = { number: NaN, text: '' };

function digits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** `2026-01-02T03:04:05.000006Z`, as MicroTime is shown. */
export function microTimeText({ seconds, nanos }: Instant): string | undefined {
  return timeText(seconds)?.replace('Z', `.${String(Math.trunc(nanos / 1000)).padStart(6, '0')}Z`);
}
