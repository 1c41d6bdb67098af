// What the reception knows of a call, in words.
import type { Call, Intent, Reception, RouteTarget, Urgency } from "@/api/reception";
import { nameOf } from "@/pages/calls/person";
import { formatPhone, formatWord } from "@/ui/format";

type Tone = "good" | "bad" | "warn" | "live" | "idle" | "info";

/** How soon somebody should see to it; what is as ever is not said. */
const URGENCY: Record<Urgency, { label: string; tone: Tone } | null> = {
  critical: { label: "Critical", tone: "bad" },
  high: { label: "Urgent", tone: "warn" },
  normal: null,
  low: null,
};
export const urgencyOf = (reception: Reception | null | undefined) => (reception?.urgency ? URGENCY[reception.urgency] : null);

const INTENT: Record<Intent, string> = {
  booking: "Booking", reschedule: "Move a booking", billing: "Billing", emergency: "Emergency", sales: "Sales", message: "Message",
  wrong_number: "Wrong number", other: "Something else",
};
export const intentOf = (intent: Intent | null | undefined) => (intent ? (INTENT[intent] ?? formatWord(intent)) : undefined);

/** Who takes a call. */
export function wordsOfTarget(target: RouteTarget, names: ReadonlyMap<string, string>): string {
  switch (target.kind) {
    case "agent":
      return names.get(target.agent_id) ?? "An agent";
    case "person":
      return formatPhone(target.phone_number);
    case "voicemail":
      return "Voicemail";
    case "closed":
      return "Closed";
  }
}

export interface Person {
  /** The name, else the number. */
  shown: string;
  name: string | undefined;
  number: string;
}

/** Who is at the other end. */
export function personOf({ phone_number: phone, direction, reception, variables }: Call): Person {
  const number = phone ? formatPhone(phone) : direction === "inbound" ? "Hidden number" : "Unknown number";
  const name = reception?.caller_name?.trim() || nameOf(variables);
  return { shown: name ?? number, name, number };
}

/** One line about what the caller wanted, as far as it is known. */
export function aboutOf({ reception, results, failure }: Call): string | undefined {
  return results.title ?? results.summary ?? reception?.message ?? failure ?? undefined;
}
