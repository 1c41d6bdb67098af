import type { Schemas } from "@/api/client";

/** Weekday (1 = Monday) and minute of the day in a zone. */
function clockIn(zone: string, at: number): { day: number; minute: number } {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(at);
  const part = (type: string) => parts.find((found) => found.type === type)?.value ?? "";
  const day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(part("weekday")) + 1;
  return { day, minute: Number(part("hour")) * 60 + Number(part("minute")) };
}

const minuteOf = (text: string) => {
  const [hour = 0, minute = 0] = text.split(":").map(Number);
  return hour * 60 + minute;
};

/** Whether a calling window is open at a moment; one over midnight belongs to the day it began on. */
export function isOpen(window: Schemas["CallingWindow"], at: number): boolean {
  const { day, minute } = clockIn(window.time_zone, at);
  const [from, to] = [minuteOf(window.from), minuteOf(window.to)];
  if (from < to) return window.weekdays.includes(day) && minute >= from && minute < to;
  const before = day === 1 ? 7 : day - 1;
  return (window.weekdays.includes(day) && minute >= from) || (window.weekdays.includes(before) && minute < to);
}
