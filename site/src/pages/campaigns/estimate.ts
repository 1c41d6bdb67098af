// How long a campaign will take and what it may cost, from how this agent's calls went before.
import type { Call } from "@/api/calls";
import type { Schemas } from "@/api/client";
import { longestDay } from "./rules/hours";
import { retriedOutcomes, type Rules } from "./rules/rules";

/** Until somebody answers or does not, in seconds. */
const RINGING = 20;
/** Used where there is no experience yet. */
const ASSUMED = { duration: 120, answered: 0.5 };

export interface Estimate {
  attempts: number;
  seconds: number;
  /** Days that it takes, of which only the calling hours count. */
  days: number;
  /** None when no earlier call said what it cost. */
  dollars?: number;
  credits?: number;
  /** Calls it was learned from; 0: it is assumed. */
  basis: number;
}

const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

export function estimate(
  people: number, rules: Rules, queueLimit: number, earlier: Call[], totals: Schemas["CallTotals"] | undefined,
): Estimate {
  const durations = earlier.flatMap(({ duration_secs: secs }) => (secs != null ? [secs] : []));
  const duration = durations.length > 0 ? average(durations) : ASSUMED.duration;
  const answered = totals && totals.calls > 0 ? totals.completed / totals.calls : ASSUMED.answered;
  const again = retriedOutcomes(rules.retry).length > 0 ? 1 - answered : 0;
  // Everybody once, then those who did not answer, as often as the rules say.
  let attempts = 0;
  for (let attempt = 0, left = people; attempt < rules.retry.max_attempts; attempt += 1, left *= again) attempts += left;
  const talks = Math.min(attempts, people) * answered;
  const lines = Math.max(1, Math.min(rules.concurrency_limit ?? queueLimit, queueLimit));
  const begun = rules.rules.starts_per_minute != null ? (attempts / rules.rules.starts_per_minute) * 60 : 0;
  const seconds = Math.max(begun, (attempts * RINGING + talks * duration) / lines);
  const open = longestDay(rules.rules.calling_hours.windows) * 3600;
  const costs = (pick: (call: Call) => number | null | undefined) => {
    const known = earlier.flatMap((call) => pick(call) ?? []);
    return known.length > 0 ? average(known) * talks : undefined;
  };
  return {
    attempts: Math.round(attempts), seconds, days: Math.max(1, Math.ceil(seconds / Math.max(open, 1))), basis: durations.length,
    dollars: costs((call) => call.results.cost_usd), credits: costs((call) => call.results.cost_credits),
  };
}
