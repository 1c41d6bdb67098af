// When, how often and how a campaign calls, while somebody changes it: what it begins with and what is wrong with it.
import type { Schemas } from "@/api/client";
import { longestDay, spanOf } from "./hours";

export type CampaignRules = Schemas["CampaignRules"];
export type RetryPolicy = Schemas["RetryPolicy"];
export type RetryRule = Schemas["RetryRule"];
export type Outcome = Schemas["CallOutcome"];

export interface Rules {
  rules: CampaignRules;
  retry: RetryPolicy;
  concurrency_limit: number | null;
  weight: number;
}

/** What a new campaign has beside the default rules. */
const ORDINARY: Omit<Rules, "rules"> = {
  retry: {
    max_attempts: 2, delay_secs: 3_600, retry_on: ["no_answer", "busy"], backoff_percent: 100,
    other_time_of_day: false, other_weekday: false, by_outcome: {},
  },
  concurrency_limit: null,
  weight: 10,
};

/** What a new campaign begins with. */
export const ordinaryRules = (defaults: CampaignRules): Rules => ({ ...ORDINARY, rules: defaults });

export const rulesOf = ({ rules, retry, concurrency_limit: limit, weight }: Pick<Schemas["Campaign"], "rules" | "retry" | "concurrency_limit" | "weight">): Rules => ({
  rules, retry, concurrency_limit: limit ?? null, weight,
});

/** After which somebody may be called again. */
export const OUTCOMES: Outcome[] = ["no_answer", "busy", "voicemail", "failed"];

/** Outcomes after which somebody is called again, by whichever rule. */
export const retriedOutcomes = ({ max_attempts: most, retry_on: common, by_outcome: own = {} }: RetryPolicy): Outcome[] =>
  most <= 1 ? [] : OUTCOMES.filter((outcome) => (own[outcome] ? own[outcome].max_attempts !== 1 : common.includes(outcome)));

/** Whether a text between nothing and spaces names something. */
export const isNamed = (text: string | null | undefined): text is string => (text ?? "").trim() !== "";

const MOST_RAMP_UP = 86_400;

/** What is wrong with the rules, by field. */
export function problemsOf({ rules, retry, concurrency_limit: limit, weight }: Rules): Record<string, string> {
  const problems: Record<string, string> = {};
  const { consent, auto_pause: pause } = rules;
  const span = spanOf(rules.calling_hours.windows);
  if (Object.values(rules.calling_hours.windows).flat().length === 0) problems["hours"] = "Choose at least one weekday";
  else if (span && !/^\d\d:\d\d-\d\d:\d\d$/.test(`${span.from}-${span.to}`)) problems["hours"] = "Give both hours";
  else if (span && span.from === span.to) problems["hours"] = "The hours are empty: choose a later end";
  else if (longestDay(rules.calling_hours.windows) <= 0) problems["hours"] = "The hours are empty: choose a later end";

  if (retry.max_attempts < 1 || retry.max_attempts > 10) problems["retry"] = "1 to 10 attempts";
  else if (retry.max_attempts > 1 && retriedOutcomes(retry).length === 0) problems["retry"] = "Choose after what to try again";

  if (limit !== null && (limit < 1 || limit > 1_000)) problems["limit"] = "1 to 1,000";
  if (weight < 1 || weight > 100) problems["weight"] = "1 to 100";
  if (rules.ramp_up_secs != null && (rules.ramp_up_secs < 1 || rules.ramp_up_secs > MOST_RAMP_UP)) problems["ramp"] = "At most a day";

  if (consent && !isNamed(consent.column)) problems["consent"] = "Name the column that says yes";
  if (!consent && rules.purpose === "marketing") problems["consent"] = "Marketing needs a consent: name the column that says yes";
  if (consent?.valid_days != null && !isNamed(consent.date_column)) problems["consentDate"] = "Name the column with the date, or leave the days empty";

  if (pause.within_secs < 10 || pause.within_secs > 3_600) problems["pause"] = "Look back on 10 to 3,600 seconds";
  else if (pause.at_least_calls < 1 || pause.at_least_calls > 200) problems["pause"] = "1 to 200 calls";
  return problems;
}

/**
 * The rules as a change of a campaign that exists. There null is "as a new campaign has it", which for these names
 * is not "none": an empty name is.
 */
export function asChange({ rules, ...rest }: Rules): Rules {
  const { wishes } = rules;
  return { ...rest, rules: { ...rules, wishes: { ...wishes, opt_out_field: wishes.opt_out_field ?? "", callback_field: wishes.callback_field ?? "" } } };
}
