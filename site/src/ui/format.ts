// Numbers, times and names the way a person here writes them.

const locale = () => navigator.language;

const numbers = new Intl.NumberFormat(locale());
const percents = new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: 1 });
const dollars = new Intl.NumberFormat(locale(), { style: "currency", currency: "USD", maximumFractionDigits: 2 });
const moments = new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" });
const exactMoments = new Intl.DateTimeFormat(locale(), { dateStyle: "full", timeStyle: "long" });
const days = new Intl.DateTimeFormat(locale(), { month: "short", day: "numeric", timeZone: "UTC" });
const dates = new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeZone: "UTC" });
const clockTimes = new Intl.DateTimeFormat(locale(), { timeStyle: "medium" });
const ago = new Intl.RelativeTimeFormat(locale(), { numeric: "auto", style: "short" });
const byteUnits = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

export const formatNumber = (value: number) => numbers.format(value);
export const formatPercent = (share: number) => percents.format(share);
/** A share to a tenth of a percent. */
export const formatTenths = (share: number) => tenths.format(share);
export const formatDollars = (value: number) => dollars.format(value);
export const formatMoment = (iso: string) => moments.format(new Date(iso));
export const formatExactly = (iso: string) => exactMoments.format(new Date(iso));
export const formatClock = (iso: string) => clockTimes.format(new Date(iso));
/** A day without a zone, such as `2026-05-03`. */
export const formatDay = (date: string) => days.format(new Date(`${date}T00:00:00Z`));
/** The same with its year, `3 May 2026`. */
export const formatDate = (date: string) => dates.format(new Date(`${date}T00:00:00Z`));

export function formatBytes(bytes: number): string {
  const step = Math.min(byteUnits.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return new Intl.NumberFormat(locale(), {
    style: "unit", unit: byteUnits[step] ?? "byte", unitDisplay: "short", maximumFractionDigits: step > 1 ? 1 : 0,
  }).format(bytes / 1000 ** step);
}

/** `2:05`, `1:02:05`: a length of time, from seconds. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** `about 3 h 20 min`, for estimates: nothing finer than a minute. */
export function formatRoughly(seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.round(hours / 24)} days`;
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3_600], ["minute", 60],
];

/** `3 min. ago`, `in 2 hr.` */
export function formatRelative(iso: string, now: number): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  const [unit, size] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  const value = Math.trunc(seconds / size);
  return unit === "second" && Math.abs(value) < 10 ? "just now" : ago.format(value, unit);
}

// Country codes of one and two digits; all others have three (ITU-T E.164, list of assigned codes).
const SHORT_CODES =
  /^(1|7|20|27|30|31|32|33|34|36|39|40|41|43|44|45|46|47|48|49|51|52|53|54|55|56|57|58|60|61|62|63|64|65|66|81|82|84|86|90|91|92|93|94|95|98)/;

/** An E.164 number in groups: `+34 631 021 622`. */
export function formatPhone(number: string): string {
  const digits = number.replace(/^\+/, "");
  if (!/^\d{7,15}$/.test(digits)) return number;
  const code = SHORT_CODES.exec(digits)?.[0] ?? digits.slice(0, 3);
  const rest = digits.slice(code.length);
  const groups: string[] = [];
  let left = rest;
  while (left.length > 4) {
    groups.push(left.slice(0, 3));
    left = left.slice(3);
  }
  groups.push(left);
  return `+${code} ${groups.join(" ")}`;
}

/** `no_answer` → `No answer`. */
export function formatWord(word: string): string {
  const text = word.replace(/[_.]/g, " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function formatLanguage(code: string): string {
  try {
    return new Intl.DisplayNames([locale()], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** `3 calls`, `1 call`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}
