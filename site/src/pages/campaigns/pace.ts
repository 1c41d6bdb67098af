// How fast a campaign calls, from its newest calls, and when it will be over at that pace.
import type { Call } from "@/api/calls";
import type { Campaign } from "@/api/campaigns";
import { longestDay } from "./rules/hours";
import { retriedOutcomes } from "./rules/rules";

type PacedCall = Pick<Call, "placing_at" | "status">;

/** What is looked back on, in milliseconds: calls before that say nothing of the pace now. */
const LOOKED_BACK = 600_000;
/** A pace is not told from fewer dials. */
const LEAST_DIALS = 3;
/** A few dials at the same moment are no pace. */
const SHORTEST = 5_000;

export interface Pace {
  /** Dials a minute. */
  perMinute: number;
  /** Share of the calls that are over after which the person is tried again. */
  again: number;
}

/** The pace of the last ten minutes; none while too little was dialled in them. */
export function paceOf(calls: PacedCall[], retry: Campaign["retry"], now: number): Pace | null {
  const lately = calls.filter(({ placing_at: at }) => at && now - Date.parse(at) <= LOOKED_BACK && Date.parse(at) <= now);
  if (lately.length < LEAST_DIALS) return null;
  const first = Math.min(...lately.map(({ placing_at: at }) => Date.parse(at ?? "")));
  const again = retriedOutcomes(retry) as string[];
  const over = lately.filter(({ status }) => ["completed", "no_answer", "busy", "voicemail", "failed"].includes(status));
  return {
    perMinute: (lately.length / Math.max(now - first, SHORTEST)) * 60_000,
    again: over.length > 0 ? over.filter(({ status }) => again.includes(status)).length / over.length : 0,
  };
}

export interface End {
  /** Seconds of calling that are left. */
  seconds: number;
  /** Days that it takes, of which only the calling hours count. */
  days: number;
}

/** When a campaign is over at this pace; none when nobody is left. */
export function endOf({ counts, retry, rules }: Pick<Campaign, "counts" | "retry" | "rules">, pace: Pace): End | null {
  const left = counts.pending + counts.queued + counts.calling;
  if (left <= 0) return null;
  // Everybody once, then those who are tried again, as often as the rules say.
  let attempts = 0;
  for (let attempt = 0, people = left; attempt < retry.max_attempts; attempt += 1, people *= pace.again) attempts += people;
  const seconds = (attempts / pace.perMinute) * 60;
  const open = Math.max(longestDay(rules.calling_hours.windows) * 3_600, 1);
  return { seconds, days: Math.ceil(seconds / open) };
}
