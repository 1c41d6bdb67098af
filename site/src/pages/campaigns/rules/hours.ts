// The hours in which people may be called, in their own time.
import type { Schemas } from "@/api/client";

export type CallingHours = Schemas["CallingHours"];

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const WHOLE_DAY = "00:00-24:00";

/** The same span on some days of the week, which is what most people want. */
export interface Span {
  /** 1 = Monday to 7 = Sunday. */
  weekdays: number[];
  from: string;
  to: string;
}

/** The windows of a span; the other days have none. */
export function windowsOf({ weekdays, from, to }: Span): CallingHours["windows"] {
  return Object.fromEntries(DAYS.map((day, index) => [day, weekdays.includes(index + 1) ? [`${from}-${to === "00:00" ? "24:00" : to}`] : []]));
}

/** The span that windows are; none when they are more than one. */
export function spanOf(windows: CallingHours["windows"]): Span | null {
  const spans = new Set(DAYS.flatMap((day) => windows[day] ?? []));
  const [only] = spans;
  if (spans.size !== 1 || !only || DAYS.some((day) => (windows[day] ?? []).length > 1)) return null;
  const [from = "", to = ""] = only.split("-");
  return { weekdays: DAYS.flatMap((day, index) => ((windows[day] ?? []).length > 0 ? [index + 1] : [])), from, to };
}

/** The windows of each day, from Monday on. */
export const hoursByDay = (windows: CallingHours["windows"]): string[][] => DAYS.map((day) => windows[day] ?? []);

export const ANY_HOUR: CallingHours["windows"] = Object.fromEntries(DAYS.map((day) => [day, [WHOLE_DAY]]));

export const isAnyHour = (windows: CallingHours["windows"]) => DAYS.every((day) => windows[day]?.[0] === WHOLE_DAY);

const minuteOf = (text: string) => {
  const [hour = 0, minute = 0] = text.split(":").map(Number);
  return hour * 60 + minute;
};

const minutesOf = (window: string) => {
  const [from = "", to = ""] = window.split("-");
  return (minuteOf(to) - minuteOf(from) + 1_440) % 1_440 || 1_440;
};

/** Hours of the day on which most are open. */
export function longestDay(windows: CallingHours["windows"]): number {
  return Math.max(...DAYS.map((day) => (windows[day] ?? []).reduce((sum, window) => sum + minutesOf(window), 0))) / 60;
}
