// What the list of calls shows, as its address says it: a filtered list can be bookmarked and sent.
import type { CallFilter } from "@/api/calls";
import type { Schemas } from "@/api/client";

export const VIEWS = ["needs_attention", "handled", "in_progress"] as const;
export type View = (typeof VIEWS)[number];

export const STATUSES = [
  "queued", "placing", "unconfirmed", "in_progress", "not_placed", "completed", "no_answer", "busy", "voicemail", "failed", "cancelled",
] as const satisfies readonly Schemas["CallStatus"][];

export const DIRECTIONS = ["outbound", "inbound"] as const satisfies readonly Schemas["Direction"][];

export interface CallSearch {
  view?: View;
  search?: string;
  status?: Schemas["CallStatus"];
  agent?: string;
  campaign?: string;
  direction?: Schemas["Direction"];
  /** Only those that somebody should see to at once. */
  urgent?: true;
  /** First and last day, `2026-05-03`, in the zone of the one who looks. */
  from?: string;
  to?: string;
}

const oneOf = <T extends string>(value: unknown, all: readonly T[]): T | undefined => all.find((known) => known === value);
const text = (value: unknown, most: number) =>
  typeof value === "string" && value.trim() !== "" ? value.slice(0, most) : typeof value === "number" ? String(value) : undefined;
const day = (value: unknown) => (typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined);

/** Reads an address; what makes no sense is left out. */
export function readCallSearch(raw: Record<string, unknown>): CallSearch {
  const read: CallSearch = {
    view: oneOf(raw["view"], VIEWS),
    search: text(raw["search"], 100),
    status: oneOf(raw["status"], STATUSES),
    agent: text(raw["agent"], 64),
    campaign: text(raw["campaign"], 64),
    direction: oneOf(raw["direction"], DIRECTIONS),
    urgent: raw["urgent"] === true || raw["urgent"] === "true" ? true : undefined,
    from: day(raw["from"]),
    to: day(raw["to"]),
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

/** Midnight at the beginning of a day here, some days later, as the API wants it. */
function midnight(date: string, daysLater: number): string {
  const [year = 1970, month = 1, dayOfMonth = 1] = date.split("-").map(Number);
  return new Date(year, month - 1, dayOfMonth + daysLater).toISOString();
}

export function filterOf(search: CallSearch): CallFilter {
  const words = search.search?.trim();
  return {
    view: search.view,
    search: words && words.length >= 2 ? words : undefined,
    status: search.status,
    agent_id: search.agent,
    campaign_id: search.campaign,
    direction: search.direction,
    urgent: search.urgent,
    since: search.from && midnight(search.from, 0),
    until: search.to && midnight(search.to, 1),
  };
}

/** Whether anything but the tab narrows the list. */
export function isNarrowed({ view: _view, ...rest }: CallSearch): boolean {
  return Object.values(rest).some((value) => value !== undefined);
}
