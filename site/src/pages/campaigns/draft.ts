// A campaign while it is being made: what is filled in, and what is still wrong, step by step.
import type { Schemas } from "@/api/client";
import { type CampaignRules, ordinaryRules, problemsOf, type Rules, rulesOf } from "./rules/rules";
import { ownTimeZone } from "./rules/words";

export interface Draft {
  name: string;
  agentId: string | null;
  lineId: string | null;
  carrier: Schemas["Carrier"] | null;
  listIds: string[];
  start: Schemas["CampaignStart"];
  /** `2026-05-03 09:00`, in `startZone`. */
  startAt: string | null;
  startZone: string;
  rules: Rules;
  /** Seconds a call may ring; none: as usual. */
  ringingSecs: number | null;
}

export const emptyDraft = (defaults: CampaignRules, list?: string): Draft => ({
  name: "", agentId: null, lineId: null, carrier: null, listIds: list ? [list] : [],
  start: "now", startAt: null, startZone: ownTimeZone(), rules: ordinaryRules(defaults), ringingSecs: null,
});

/** The draft with everything that a template says; its name, people and moment stay. */
export const fromTemplate = (draft: Draft, { settings }: Schemas["CampaignTemplate"]): Draft => ({
  ...draft, agentId: settings.agent_id, lineId: settings.phone_line_id, carrier: settings.carrier,
  rules: rulesOf(settings), ringingSecs: settings.ringing_timeout_secs,
});

/** Says that an agent which was chosen earlier cannot call any more; nothing while the agents are not known. */
export function agentGone(agentId: string | null, agents: Pick<Schemas["Agent"], "agent_id" | "status">[] | undefined): string | undefined {
  if (!agentId || !agents || agents.some(({ agent_id, status }) => agent_id === agentId && status === "active")) return undefined;
  return "The agent that was chosen is not there any more: choose another one";
}

/** The rules without a further agent or line that is the campaign's own now. */
export function without(all: Rules, { agentId, lineId }: { agentId?: string | null; lineId?: string | null }): Rules {
  const { rules } = all;
  return {
    ...all,
    rules: {
      ...rules,
      more_agents: rules.more_agents.filter(({ agent_id }) => agent_id !== agentId),
      more_phone_lines: rules.more_phone_lines.filter(({ phone_line_id }) => phone_line_id !== lineId),
    },
  };
}

/** Variables that the agent says and that not every chosen list has. */
export function missingVariables(agent: Schemas["Agent"] | undefined, lists: Schemas["ContactList"][]) {
  return (agent?.required_variables ?? []).map((name) => ({
    name,
    without: lists.filter(({ variables }) => !variables.includes(name)),
  }));
}

export type Step = 0 | 1 | 2 | 3;

/** What keeps a step from being done, by field. */
export function problemsOfStep(draft: Draft, step: Step, now: number): Record<string, string> {
  switch (step) {
    case 0:
      return {
        ...(draft.name.trim() === "" && { name: "Give the campaign a name" }),
        ...(!draft.agentId && { agentId: "Choose who calls" }),
        ...(!draft.lineId && { lineId: "Choose the number it calls from" }),
      };
    case 1:
      return draft.listIds.length === 0 ? { listIds: "Choose at least one list, or import one" } : {};
    case 2: {
      const at = draft.start === "at" ? momentOf(draft) : null;
      return {
        ...problemsOf(draft.rules),
        ...(draft.start === "at" && (at === null || at.getTime() <= now) && { startAt: "Choose a moment to come" }),
      };
    }
    case 3:
      return {};
  }
}

/** The offset of a zone at a moment, in milliseconds. */
function offsetAt(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((found) => found.type === type)?.value);
  const shown = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return shown - Math.floor(at / 1000) * 1000;
}

/** The moment a clock in a zone shows a date and time. An hour that a change of clocks skips is taken an hour later. */
export function momentIn(zone: string, clock: string): Date | null {
  const read = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)/.exec(clock);
  if (!read) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = read.slice(1).map(Number);
  const asUtc = Date.UTC(year, month - 1, day, hour, minute);
  // The offset before a change of clocks decides, where a time is there twice or not at all.
  const guess = asUtc - offsetAt(zone, asUtc - 86_400_000);
  const exact = asUtc - offsetAt(zone, guess);
  return new Date(offsetAt(zone, exact) === asUtc - exact ? exact : guess);
}

const momentOf = (draft: Draft) => (draft.startAt ? momentIn(draft.startZone, draft.startAt) : null);

/** What the API is asked for. */
export function requestOf(draft: Draft): Schemas["CreateCampaign"] {
  return {
    name: draft.name.trim(),
    agent_id: draft.agentId ?? "",
    phone_line_id: draft.lineId ?? "",
    carrier: draft.carrier,
    list_ids: draft.listIds,
    start: draft.start,
    start_at: draft.start === "at" ? momentOf(draft)?.toISOString() : undefined,
    ringing_timeout_secs: draft.ringingSecs,
    ...draft.rules,
  };
}
