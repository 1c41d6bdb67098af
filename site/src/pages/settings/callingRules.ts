// What a calling rule says and whether somebody answers for it, in words.
import type { Schemas } from "@/api/client";
import { wordsOfWindows } from "@/pages/campaigns/rules/words";
import { formatCount } from "@/ui/format";

export type CallingRule = Schemas["CallingRule"];
/** `changed`: what was confirmed is an earlier version. */
export type Confirmed = "confirmed" | "changed" | "open";

export function confirmedOf({ confirmed, confirmation }: Pick<CallingRule, "confirmed" | "confirmation">): Confirmed {
  if (confirmed) return "confirmed";
  return confirmation ? "changed" : "open";
}

export const NAME_OF_CONFIRMED: Record<Confirmed, string> = {
  confirmed: "Confirmed", changed: "Changed since it was confirmed", open: "Nobody has confirmed it",
};

/** The hours, how often, and how many days off. */
export function wordsOfRule({ windows, limits, holidays }: Pick<CallingRule, "windows" | "limits" | "holidays">): string[] {
  return [
    wordsOfWindows(windows),
    ...limits.map(({ calls, hours, about }) => `At most ${formatCount(calls, "call")} to one person in ${hours % 24 === 0 && hours > 24 ? formatCount(hours / 24, "day") : formatCount(hours, "hour")}${about ? ` about ${about}` : ""}`),
    ...(holidays.length > 0 ? [`Not on ${formatCount(holidays.length, "holiday")}`] : []),
  ];
}

/** Where it holds, as codes: `ES, IC`; a state as `US-FL`. */
export function placeOf({ country, also_countries: also, region }: Pick<CallingRule, "country" | "also_countries" | "region">): string {
  if (country === "*") return "Every country without a rule of its own";
  return [region ? `${country}-${region}` : country, ...also].join(", ");
}

/** What is sent to confirm rules: each with the version that was looked at. */
export const asConfirmation = (rules: CallingRule[]): Schemas["ConfirmRules"] => ({ rules: rules.map(({ id, version }) => ({ id, version })) });
