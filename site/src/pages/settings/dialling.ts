// What holds for every dial, while somebody changes it.
import type { Schemas } from "@/api/client";

export type DialSettings = Schemas["DialSettings"];

/** What is wrong with the settings, by field. */
export function problemsOfDialling(settings: DialSettings, limit: number | undefined): Record<string, string> {
  const { inbound_share: share, longest_call_secs: longest, cents_per_minute: price, starts_per_second: starts } = settings;
  const wrongLimit = Object.values({ ...settings.agent_limits, ...settings.phone_line_limits }).some((most) => most < 1);
  return {
    ...((share < 0 || share > 1_000) && { share: "0 to 1,000" }),
    ...(limit !== undefined && share >= limit && { share: "All slots would be kept free: nobody could be called. Keep fewer" }),
    ...(starts != null && (starts < 1 || starts > 1_000) && { starts: "1 to 1,000; empty: no limit" }),
    ...((price < 0 || price > 10_000) && { price: "At most $100 a minute" }),
    ...((longest < 10 || longest > 7_200) && { longest: "10 seconds to two hours" }),
    ...(wrongLimit && { limits: "At least 1: to stop an agent or a line, pause its campaigns" }),
  };
}

/** Dollars that are set aside for one call before it is dialled: whole minutes, as long as it can last. */
export const setAside = ({ longest_call_secs: longest, cents_per_minute: price }: DialSettings) => (Math.ceil(longest / 60) * price) / 100;

/** Calls that may begin at the same moment before the day's cap holds the next one back; none without a cap. */
export function callsUnder(settings: DialSettings): number | null {
  const each = setAside(settings);
  return settings.daily_cap_cents == null || each === 0 ? null : Math.floor(settings.daily_cap_cents / 100 / each);
}
