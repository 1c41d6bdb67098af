// A routing rule as its form has it, and what can be seen to be wrong before the API is asked.
import { ApiProblem } from "@/api/client";
import type { NewRoutingRule, RouteTarget, RoutingRule } from "@/api/reception";

export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type Holidays = "any" | "only" | "never";

/** Most targets of a rule. */
export const MOST_TARGETS = 4;
export const RING = { least: 5, usual: 20, most: 120 };

export interface RuleValues {
  name: string;
  called: string[];
  callers: string[];
  languages: string[];
  days: string[];
  /** `09:00`; empty: at any hour. */
  from: string;
  until: string;
  holidays: Holidays;
  targets: RouteTarget[];
  language: string | null;
}

/** `+34 631-021 622` → `+34631021622`. */
export const plainNumber = (text: string) => text.trim().replace(/[\s().-]/g, "");

const plainCaller = (text: string) => (text.trim().toLowerCase() === "anonymous" ? "anonymous" : plainNumber(text));
const minutes = (time: string | null | undefined) => time?.slice(0, 5) ?? "";

export function valuesOf(rule?: RoutingRule): RuleValues {
  const when = rule?.when;
  return {
    name: rule?.name ?? "", called: when?.called ?? [], callers: when?.callers ?? [], languages: when?.languages ?? [], days: when?.days ?? [],
    from: minutes(when?.from), until: minutes(when?.until),
    holidays: when?.holidays == null ? "any" : when.holidays ? "only" : "never",
    targets: rule?.targets ?? [{ kind: "voicemail" }], language: rule?.language ?? null,
  };
}

export function ruleOf(values: RuleValues, enabled: boolean): NewRoutingRule {
  return {
    name: values.name.trim(), enabled, language: values.language,
    when: {
      called: values.called.map(plainNumber), callers: values.callers.map(plainCaller), languages: values.languages,
      days: DAYS.filter((day) => values.days.includes(day)), from: values.from || null, until: values.until || null,
      holidays: values.holidays === "any" ? null : values.holidays === "only",
    },
    targets: values.targets.map((target) => (target.kind === "person" ? { ...target, phone_number: plainNumber(target.phone_number) } : target)),
  };
}

const isNumber = (text: string) => /^\+[1-9]\d{6,14}$/.test(plainNumber(text));
const isCaller = (text: string) => plainCaller(text) === "anonymous" || /^\+[1-9]\d{0,14}$/.test(plainNumber(text));

function problemOfTargets(targets: readonly RouteTarget[]): string | null {
  if (targets.length === 0) return "Say who takes the call";
  for (const target of targets) {
    if (target.kind === "agent" && target.agent_id === "") return "Choose the agent";
    if (target.kind === "person" && !isNumber(target.phone_number)) return "Write the person’s number with + and its country code";
  }
  const end = targets.findIndex(({ kind }) => kind === "voicemail" || kind === "closed");
  return end >= 0 && end < targets.length - 1 ? "Nothing comes after voicemail or closed: put it last" : null;
}

/** What is wrong, by the field. */
export function problemsOf(values: RuleValues): Partial<Record<keyof RuleValues, string>> {
  const wrongCalled = values.called.find((number) => !isNumber(number));
  const wrongCaller = values.callers.find((caller) => !isCaller(caller));
  const targets = problemOfTargets(values.targets);
  return {
    ...(values.name.trim() === "" && { name: "Give the rule a name" }),
    ...(wrongCalled !== undefined && { called: `${wrongCalled} is no whole number with + and its country code` }),
    ...(wrongCaller !== undefined && { callers: `${wrongCaller} is no beginning of a number: write it with +, or anonymous` }),
    ...(values.from !== "" && values.until === "" && { until: "Say until when" }),
    ...(values.until !== "" && values.from === "" && { from: "Say from when" }),
    ...(values.from !== "" && values.from === values.until && { until: "It ends when it begins" }),
    ...(targets !== null && { targets }),
  };
}

/** The API's field errors by the form's fields: `when.called[0]` is said at `called`, `targets[1].phone_number` at `targets`. */
export function errorsOf(error: unknown): Record<string, string> {
  if (!(error instanceof ApiProblem)) return {};
  return Object.fromEntries(error.fields.map(({ field, message }) => [field.replace(/^when\./, "").replace(/[[.].*$/, ""), message]));
}

/** A list with one of its things moved a place. */
export function moved<T>(list: readonly T[], from: number, by: 1 | -1): T[] {
  const to = from + by;
  const next = [...list];
  const thing = next[from];
  if (thing === undefined || to < 0 || to >= next.length) return next;
  next.splice(from, 1);
  next.splice(to, 0, thing);
  return next;
}
