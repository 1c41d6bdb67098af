// What a campaign's rules say, in words.
import type { Schemas } from "@/api/client";
import { type CallingHours, isAnyHour, spanOf } from "./hours";
import { formatCount, formatRoughly, formatWord } from "@/ui/format";

// 5 January 2026 was a Monday.
const weekday = (day: number, style: "short" | "long") =>
  new Intl.DateTimeFormat(navigator.language, { weekday: style, timeZone: "UTC" }).format(new Date(Date.UTC(2026, 0, 4 + day)));

export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];
export const shortWeekday = (day: number) => weekday(day, "short");
export const longWeekday = (day: number) => weekday(day, "long");

function wordsOfDays(days: number[]): string {
  const sorted = [...days].sort((a, b) => a - b);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (sorted.length === 7) return "every day";
  if (first !== undefined && last !== undefined && sorted.length > 2 && last - first === sorted.length - 1) {
    return `${shortWeekday(first)} to ${shortWeekday(last)}`;
  }
  return sorted.map(shortWeekday).join(", ");
}

export function wordsOfHours({ windows }: CallingHours): string {
  if (isAnyHour(windows)) return "At any hour";
  const span = spanOf(windows);
  return span ? `${span.from} to ${span.to}, ${wordsOfDays(span.weekdays)}, where each person is` : "They differ from day to day, where each person is";
}

export function wordsOfRetry(retry: Schemas["RetryPolicy"]): string {
  if (retry.max_attempts <= 1 || retry.retry_on.length === 0) return "Nobody is called twice";
  const outcomes = retry.retry_on.map((outcome) => formatWord(outcome).toLowerCase()).join(", ");
  return `${formatCount(retry.max_attempts, "attempt")} at most, ${formatRoughly(retry.delay_secs)} apart, after ${outcomes}`;
}

export const timeZones = (): string[] => {
  const known = Intl.supportedValuesOf("timeZone");
  return known.includes("UTC") ? known : ["UTC", ...known];
};
export const ownTimeZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;
