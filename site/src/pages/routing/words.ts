// When a rule holds, in words.
import type { RoutingConditions } from "@/api/reception";
import { shortWeekday } from "@/pages/campaigns/rules/words";
import { formatLanguage, formatPhone } from "@/ui/format";
import { DAYS } from "./rule";

const either = (words: string[]) => (words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`);
const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const clock = (time: string) => time.slice(0, 5);

function wordsOfDays(days: readonly string[]): string {
  const known = DAYS.flatMap((day, index) => (days.includes(day) ? [index + 1] : []));
  const [first, last] = [known[0], known.at(-1)];
  if (known.length === DAYS.length) return "on any day";
  if (first !== undefined && last !== undefined && known.length > 2 && last - first === known.length - 1) {
    return `${shortWeekday(first)} to ${shortWeekday(last)}`;
  }
  return known.map(shortWeekday).join(", ");
}

const caller = (text: string) => (text === "anonymous" ? "hidden numbers" : formatPhone(text));

/** `Calls to +1 202 555 0143, Mon to Fri, 09:00 to 18:00, not on holidays`; `Always`. */
export function wordsOfWhen({ called, callers, languages, days, from, until, holidays }: RoutingConditions): string {
  const parts = [
    called.length > 0 && `calls to ${either(called.map(formatPhone))}`,
    callers.length > 0 && `callers from ${either(callers.map(caller))}`,
    languages.length > 0 && `callers who speak ${either(languages.map(formatLanguage))}`,
    days.length > 0 && wordsOfDays(days),
    from && until && `${clock(from)} to ${clock(until)}${clock(until) < clock(from) ? " the next day" : ""}`,
    from && !until && `from ${clock(from)}`,
    until && !from && `before ${clock(until)}`,
    holidays === true && "on holidays",
    holidays === false && "not on holidays",
  ].filter((part) => typeof part === "string" && part !== "");
  return parts.length === 0 ? "Always" : sentence(parts.join(", "));
}
