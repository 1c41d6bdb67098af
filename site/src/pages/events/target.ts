// Event targets and their deliveries, in words; what can be checked before the API is asked.
import type { Delivery, DeliveryStatus, EventTarget } from "@/api/events";
import type { Schemas } from "@/api/client";

export type EventType = Schemas["EventType"];

/** What each type tells of, for those who choose. */
const TOLD: Record<EventType, string> = {
  "call.ended": "A call is over, whatever came of it: completed, nobody there, busy, failed.",
  "recipient.final": "A person of a campaign is done with: reached, given up or left out.",
  "campaign.finished": "A campaign is completed, cancelled or failed, with its counts.",
  "opt_out.created": "A number came onto the do-not-call list.",
  "callback.booked": "Somebody is to be called back: the agent booked it in a call, or a person did.",
  "ticket.requested": "Somebody wants a ticket made of a call.",
  test: "Somebody asked for a test.",
};

/** Types that can be chosen; a test is sent whatever is chosen. */
export const CHOICES = (Object.keys(TOLD) as EventType[]).filter((type) => type !== "test");
export const told = (type: EventType) => TOLD[type];

export const DELIVERY_STATUSES = ["pending", "delivered", "dead"] as const satisfies readonly DeliveryStatus[];

/** What the page of a target shows, as its address says it. */
export interface TargetSearch {
  status?: DeliveryStatus;
  /** The delivery that is open. */
  delivery?: string;
}

export function readTargetSearch(raw: Record<string, unknown>): TargetSearch {
  const status = DELIVERY_STATUSES.find((known) => known === raw["status"]);
  const delivery = raw["delivery"];
  return {
    ...(status && { status }),
    ...(typeof delivery === "string" && /^evt_[0-9a-z]{1,60}$/.test(delivery) && { delivery }),
  };
}

/** The host of an address, for headings; the whole text when it is none. */
export function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

export const nameOf = (target: EventTarget) => target.description?.trim() || hostOf(target.url);

const MOST_URL = 2_000;
/** The one address without TLS that a system for trying things out may allow. */
const THIS_MACHINE = "127.0.0.1";

/** What is wrong with an address as far as it can be seen; ports and private networks are the API's to judge. */
export function problemOfUrl(text: string): string | null {
  const url = text.trim();
  if (url === "") return "Write the address that takes the events";
  if (url.length > MOST_URL) return "Write at most 2,000 characters";
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return "Write a whole address, such as https://example.com/events";
  }
  if (parsed.username || parsed.password) return "Leave user name and password out; the signature says who sends";
  if (url.includes("#")) return "Leave out what comes after #; it is never sent";
  const here = parsed.protocol === "http:" && parsed.hostname === THIS_MACHINE;
  return parsed.protocol === "https:" || here ? null : "The address must begin with https://";
}

type Tone = "good" | "bad" | "warn" | "live" | "idle";
interface Shown {
  tone: Tone;
  label: string;
}

export function stateOf(target: EventTarget): Shown {
  if (target.enabled) return { tone: "good", label: "On" };
  return target.turned_off ? { tone: "bad", label: "Switched off" } : { tone: "idle", label: "Off" };
}

export function stateOfDelivery({ status, attempts }: Delivery): Shown {
  switch (status) {
    case "delivered":
      return { tone: "good", label: "Delivered" };
    case "dead":
      return { tone: "bad", label: "Given up" };
    case "pending":
      return attempts > 0 ? { tone: "warn", label: "Retrying" } : { tone: "live", label: "On its way" };
  }
}

/** `Answered 200`, or why there was no answer. */
export function answerOf({ status, error }: Schemas["DeliveryAttempt"]): string {
  if (status == null) return sentence(error ?? "no answer");
  const said = `Answered ${status}`;
  // The API's sentence says the status again, but for redirects.
  return error && !error.endsWith(String(status)) ? `${said}: ${error}` : said;
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** `240 ms`, `1.2 s`. */
export const formatTook = (ms: number) => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);

/** A moment that was picked here, `2026-05-03 09:00:00`, as the API wants it. */
export function momentHere(picked: string | null): string | null {
  if (!picked) return null;
  const at = new Date(picked.replace(" ", "T"));
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

interface Replayed {
  replayed: number;
  continue_since?: string | null;
}

/**
 * Asks again and again until nothing is left, because one request takes some hundreds only. Answers how many
 * are on their way again; stops between two requests when `goesOn` says no.
 */
export async function replayAll(
  ask: (since: string) => Promise<Replayed>,
  since: string,
  onCount: (count: number) => void,
  goesOn: () => boolean,
): Promise<number> {
  let count = 0;
  let next: string | null = since;
  while (next !== null && goesOn()) {
    const done: Replayed = await ask(next);
    count += done.replayed;
    onCount(count);
    const further: string | null = done.continue_since ?? null;
    // An answer that does not move on would be asked for ever.
    next = further !== null && Date.parse(further) > Date.parse(next) ? further : null;
  }
  return count;
}
