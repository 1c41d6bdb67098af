// One person of a campaign: what may be done with them, what is different for them, and what somebody changes.
import type { Schemas } from "@/api/client";
import { nameOf } from "@/pages/calls/person";
import { momentHere } from "@/pages/events/target";
import { formatCount, formatPhone } from "@/ui/format";

type Recipient = Schemas["Recipient"];

/** Most people that are taken out in one request. */
export const MOST_TAKEN_OUT = 500;
const USUAL_PRIORITY = 50;

/** Whether somebody can still be changed or taken out. */
export const isWaiting = ({ status }: Pick<Recipient, "status">) => status === "pending" || status === "queued";

export const labelOf = ({ variables, phone_number: number }: Pick<Recipient, "variables" | "phone_number">) => nameOf(variables) ?? formatPhone(number);

/** What is different for a person, in words; empty when nothing is. */
export function ownWords({ overrides: own, priority = USUAL_PRIORITY }: Pick<Recipient, "overrides" | "priority">): string {
  const parts = [
    ...(own?.agent ? ["own agent"] : []),
    ...(own?.phone_line ? ["own line"] : []),
    ...(own?.first_message != null ? ["own first words"] : []),
    ...(own?.max_attempts != null ? [`at most ${formatCount(own.max_attempts, "attempt")}`] : []),
    ...(priority !== USUAL_PRIORITY ? [`priority ${priority}`] : []),
  ];
  const words = parts.join(", ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What became of people who were to be taken out. */
export function wordsOfRemoved({ removed, calling, finished, unknown }: Schemas["RemovedRecipients"]): string {
  const is = (count: number) => (count === 1 ? "is" : "are");
  const parts = [
    removed === 0 ? "Nobody was taken out." : `${formatCount(removed, "person", "people")} taken out: no call to them begins.`,
    ...(calling.length > 0 ? [`${formatCount(calling.length, "person", "people")} ${is(calling.length)} being called right now: take them out after the call.`] : []),
    ...(finished.length > 0 ? [`With ${formatCount(finished.length, "person", "people")} the campaign was done already: what happened stays.`] : []),
    ...(unknown.length > 0 ? [`${formatCount(unknown.length, "person", "people")} ${is(unknown.length)} not in the campaign.`] : []),
  ];
  return parts.join(" ");
}

/** Whether all of them were taken out. */
export const allRemoved = ({ calling, finished, unknown }: Schemas["RemovedRecipients"]) => calling.length + finished.length + unknown.length === 0;

/** A person while somebody changes them; none of each: as the campaign has it. */
export interface PersonFields {
  attempts: number | null;
  agentId: string | null;
  lineId: string | null;
  /** Empty: the agent waits for the person to speak. */
  firstWords: string | null;
  priority: number;
  /** `2026-05-03 09:00:00`, by the clock here. */
  notBefore: string | null;
  variables: Record<string, string>;
}

const two = (value: number) => String(value).padStart(2, "0");

/** A moment as the clock here shows it, to the second. */
function clockHere(iso: string): string {
  const at = new Date(iso);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** What the fields say at first. A moment that has passed holds nobody back any more. */
export function fieldsOf(person: Recipient, required: string[], now: number): PersonFields {
  const { overrides: own, not_before: from } = person;
  return {
    attempts: own?.max_attempts ?? null,
    agentId: own?.agent?.agent_id ?? null,
    lineId: own?.phone_line?.phone_line_id ?? null,
    firstWords: own?.first_message ?? null,
    priority: person.priority ?? USUAL_PRIORITY,
    notBefore: from && Date.parse(from) > now ? clockHere(from) : null,
    variables: { ...Object.fromEntries(required.map((name) => [name, ""])), ...person.variables },
  };
}

/** What is wrong with the fields, by the API's names for them. */
export function problemsOfPerson({ attempts, priority, notBefore }: PersonFields, before: PersonFields, now: number): Record<string, string> {
  const at = momentHere(notBefore);
  return {
    ...(attempts !== null && (attempts < 1 || attempts > 10) && { "overrides.max_attempts": "1 to 10; empty: as the campaign has it" }),
    ...((priority < 0 || priority > 100) && { priority: "0 to 100" }),
    ...(notBefore !== before.notBefore && at !== null && Date.parse(at) <= now && { not_before: "Choose a moment to come" }),
  };
}

/** What the API is asked to change: only what differs, so that nothing else is undone. */
export function changeOf(before: PersonFields, after: PersonFields): Schemas["UpdateRecipient"] {
  const overrides: Partial<Schemas["NewOverrides"]> = {
    ...(after.attempts !== before.attempts && { max_attempts: after.attempts }),
    ...(after.agentId !== before.agentId && { agent_id: after.agentId }),
    ...(after.lineId !== before.lineId && { phone_line_id: after.lineId }),
    ...(after.firstWords !== before.firstWords && { first_message: after.firstWords }),
  };
  const variables = Object.entries(after.variables).filter(([name, value]) => value !== before.variables[name]);
  return {
    // Its type asks for all four; the API leaves alone what is not named.
    ...(Object.keys(overrides).length > 0 && { overrides: overrides as Schemas["NewOverrides"] }),
    ...(after.priority !== before.priority && { priority: after.priority }),
    ...(after.notBefore !== before.notBefore && { not_before: momentHere(after.notBefore) }),
    ...(variables.length > 0 && { variables: Object.fromEntries(variables.map(([name, value]) => [name, value.trim() === "" ? null : value])) }),
  };
}
