/** Parts of a set of times. */
import type { Int } from '@kubewright/api';

/**
 * A time of the day, `00:00` to `24:00`.
 * @pattern ^((([01][0-9])|(2[0-3])):[0-5][0-9])$|(^24:00$)
 */
export type TimeOfDay = string;

/**
 * A day of the week or a range of them: `monday:friday`.
 * @pattern ^((?i)sun|mon|tues|wednes|thurs|fri|satur)day(?:((:(sun|mon|tues|wednes|thurs|fri|satur)day)$)|$)
 */
export type WeekdayRange = string;

/**
 * A month or a range of months: `1:3`, `january:march`.
 * @pattern ^((?i)january|february|march|april|may|june|july|august|september|october|november|december|1[0-2]|[1-9])(?:((:((?i)january|february|march|april|may|june|july|august|september|october|november|december|1[0-2]|[1-9]))$)|$)
 */
export type MonthRange = string;

/**
 * A year or a range of years: `2020:2022`.
 * @pattern ^2\d{3}(?::2\d{3}|$)
 */
export type YearRange = string;

/** A part of the day. */
export interface TimeRange {
  /** When it begins. */
  startTime?: TimeOfDay;
  /** When it has ended. */
  endTime?: TimeOfDay;
}

/** Days of the month; negative numbers count from its end. */
export interface DayOfMonthRange {
  /**
   * The first day.
   * @minimum -31
   * @maximum 31
   */
  start?: Int;
  /**
   * The last day.
   * @minimum -31
   * @maximum 31
   */
  end?: Int;
}
