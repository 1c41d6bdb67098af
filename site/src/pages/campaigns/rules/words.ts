// What a campaign's rules say, in words.
import { formatCount, formatDollars, formatNumber, formatRoughly, formatWord } from "@/ui/format";
import { writeDisclosure } from "../disclosure";
import { type CallingHours, hoursByDay, isAnyHour, spanOf } from "./hours";
import { type CampaignRules, isNamed, OUTCOMES, retriedOutcomes, type RetryPolicy, type RetryRule, type Rules } from "./rules";
import { ownPercent } from "./shares";

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

/** The hours of each day: `Mon to Fri 09:00 to 21:00; Sat 10:00 to 14:00 and 16:00 to 20:00`. */
export function wordsOfWindows(windows: CallingHours["windows"]): string {
  if (isAnyHour(windows)) return "At any hour";
  const days = new Map<string, number[]>();
  hoursByDay(windows).forEach((open, index) => {
    if (open.length === 0) return;
    const hours = list(open.map((window) => window.replace("-", " to ")));
    days.set(hours, [...(days.get(hours) ?? []), index + 1]);
  });
  return days.size === 0 ? "Never" : sentence([...days].map(([hours, on]) => `${wordsOfDays(on)} ${hours}`).join("; "));
}

/** `90 s`, `5 min`, `1 h`. */
export const wordsOfSpan = (secs: number) => (secs < 60 || (secs < 600 && secs % 60 !== 0) ? `${secs} s` : formatRoughly(secs));

const outcome = (name: string) => formatWord(name).toLowerCase();
const list = (words: string[]) => (words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`);
const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function wordsOfWait({ delay_secs: delay, backoff_percent: backoff = 100, other_time_of_day: time, other_weekday: day }: Partial<RetryRule>): string {
  const each = backoff !== 100 ? `, each wait ${formatNumber(backoff / 100)} times the one before` : "";
  const other = time && day ? ", at another time and weekday" : time ? ", at another time of day" : day ? ", on another weekday" : "";
  return `${wordsOfSpan(delay ?? 0)} apart${each}${other}`;
}

export function wordsOfRetry(retry: RetryPolicy): string {
  const outcomes = retriedOutcomes(retry);
  if (outcomes.length === 0) return "Nobody is called twice";
  const own = retry.by_outcome ?? {};
  const common = outcomes.filter((name) => !own[name]);
  const parts = [
    ...(common.length > 0 ? [`after ${common.map(outcome).join(", ")}: ${wordsOfWait(retry)}`] : []),
    ...outcomes.flatMap((name) => {
      const rule = own[name];
      return rule ? [`after ${outcome(name)}: ${rule.max_attempts != null ? `at most ${formatNumber(rule.max_attempts)} of these, ` : ""}${wordsOfWait(rule)}`] : [];
    }),
  ];
  return `${formatCount(retry.max_attempts, "attempt")} at most; ${parts.join("; ")}`;
}

function wordsOfWho({ purpose, consent, skip_called_within_days: days, frequency_caps: caps }: CampaignRules): string {
  const parts = [
    purpose === "marketing" ? "marketing" : "service calls",
    consent && isNamed(consent.column)
      ? [
          `only with a yes in “${consent.column}”`,
          ...(isNamed(consent.date_column) ? [`a date in “${consent.date_column}”${consent.valid_days != null ? ` of the last ${formatCount(consent.valid_days, "day")}` : ""}`] : []),
          ...(isNamed(consent.source_column) ? [`a source in “${consent.source_column}”`] : []),
        ].join(", ")
      : "no consent is asked for",
    ...(days != null ? [`not if called within ${formatCount(days, "day")}`] : []),
    ...caps.map(({ calls, hours }) => `${formatCount(calls, "call")} to one person in ${hours % 24 === 0 ? formatCount(hours / 24, "day") : formatCount(hours, "hour")}`),
  ];
  return sentence(parts.join("; "));
}

function wordsOfPace({ rules, weight }: Rules): string {
  const rate = rules.starts_per_minute != null ? `at most ${formatCount(rules.starts_per_minute, "dial")} a minute` : "as fast as slots are free";
  const ramp = rules.ramp_up_secs != null ? `; calls at one time grow for ${wordsOfSpan(rules.ramp_up_secs)}` : "";
  return sentence(`${rate}${ramp}${weight !== 10 ? `; weight ${weight}` : ""}`);
}

function wordsOfPause({ auto_pause: pause }: CampaignRules): string {
  const shares = [
    ...(pause.failed_percent != null ? [`${pause.failed_percent} % fail`] : []),
    ...(pause.voicemail_percent != null ? [`${pause.voicemail_percent} % reach a machine`] : []),
    ...(pause.no_answer_percent != null ? [`${pause.no_answer_percent} % are not answered`] : []),
    ...(pause.shortest_average_secs != null ? [`answered ones last less than ${pause.shortest_average_secs} s`] : []),
  ];
  const parts = [
    shares.length === 0 ? "Calls that go wrong do not pause it" : `When ${shares.join(" or ")}, of at least ${formatCount(pause.at_least_calls, "call")} within ${wordsOfSpan(pause.within_secs)}`,
    ...(pause.provider_down_secs != null ? [`the platform does not answer for ${wordsOfSpan(pause.provider_down_secs)}`] : []),
    ...(pause.least_credits != null ? [`less than ${formatCount(pause.least_credits, "credit")} are left`] : []),
  ];
  return parts.join("; or ");
}

function wordsOfWishes({ wishes: { opt_out_field: out, callback_field: back } }: CampaignRules): string {
  const parts = [
    ...(isNamed(out) ? [`“${out}” puts them on the do-not-call list`] : []),
    ...(isNamed(back) ? [`“${back}” is when they are called again`] : []),
  ];
  return parts.length > 0 ? list(parts) : "Nothing follows from what they say";
}

/** The rules that are folded away, in the order in which they are shown. */
export const GROUPS = ["who", "retry", "pace", "pause", "words", "wishes", "agents", "lines"] as const;
export type Group = (typeof GROUPS)[number];

export const NAME_OF_GROUP: Record<Group, string> = {
  who: "Who may be called", retry: "Trying again", pace: "Pace", pause: "When it pauses by itself", words: "First words", wishes: "What people ask for",
  agents: "Comparing agents", lines: "More phone lines",
};

/** What a group of rules says, in one line. */
export function wordsOfGroup(all: Rules, group: Group): string {
  const { rules } = all;
  switch (group) {
    case "who":
      return wordsOfWho(rules);
    case "retry":
      return wordsOfRetry(all.retry);
    case "pace":
      return wordsOfPace(all);
    case "pause":
      return wordsOfPause(rules);
    case "words":
      return isNamed(writeDisclosure(rules.disclosure)) ? `Looks for: ${writeDisclosure(rules.disclosure).replace(/\n/g, "; ")}` : "The agent's first words are not looked at";
    case "wishes":
      return wordsOfWishes(rules);
    case "agents":
      return rules.more_agents.length === 0 ? "One agent calls everybody" : `${formatCount(rules.more_agents.length + 1, "agent")} share the people; the first has ${ownPercent(rules.more_agents)} %`;
    case "lines":
      return rules.more_phone_lines.length === 0 ? "One number" : `${formatCount(rules.more_phone_lines.length + 1, "number")}; each person always sees the same one`;
  }
}

/** What the calls may cost. */
export const wordsOfCost = ({ spend_cap_cents: cap }: CampaignRules) => (cap != null ? `${formatDollars(cap / 100)} at most` : "No cap");

/** The part of the rules that a group is about; what is left out is as it is when it is not said. */
function partOf({ rules, retry, weight }: Rules, group: Group): unknown {
  switch (group) {
    case "who": {
      const { consent } = rules;
      const columns = consent && { column: consent.column, date: consent.date_column ?? null, source: consent.source_column ?? null, days: consent.valid_days ?? null };
      return [rules.purpose, columns ?? null, rules.skip_called_within_days, rules.frequency_caps];
    }
    case "retry": {
      const { max_attempts: most, delay_secs: delay, retry_on: on, backoff_percent: backoff = 100, other_time_of_day: time = false, other_weekday: day = false, by_outcome: own = {} } = retry;
      return [most, delay, OUTCOMES.filter((name) => on.includes(name)), backoff, time, day, OUTCOMES.map((name) => own[name] ?? null)];
    }
    case "pace":
      return [rules.starts_per_minute, rules.ramp_up_secs, weight];
    case "pause":
      return rules.auto_pause;
    case "words":
      return writeDisclosure(rules.disclosure);
    case "wishes":
      return [rules.wishes.opt_out_field || null, rules.wishes.callback_field || null];
    case "agents":
      return rules.more_agents.map(({ agent_id: id, weight: share }) => [id, share]);
    case "lines":
      return rules.more_phone_lines.map(({ phone_line_id: id }) => id);
  }
}

/** A value as text in which the order of names does not matter. */
const plain = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    part && typeof part === "object" && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );

/** Groups in which the rules are not as they would be if nobody had changed anything. */
export const groupsThatDiffer = (rules: Rules, ordinary: Rules): Group[] =>
  GROUPS.filter((group) => plain(partOf(rules, group)) !== plain(partOf(ordinary, group)));

export const timeZones = (): string[] => {
  const known = Intl.supportedValuesOf("timeZone");
  return known.includes("UTC") ? known : ["UTC", ...known];
};
export const ownTimeZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;
