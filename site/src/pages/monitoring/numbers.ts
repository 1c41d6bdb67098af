// Numbers of the monitoring page in words.
import type { Schemas } from "@/api/client";
import { formatDuration, formatNumber, formatPercent } from "@/ui/format";

type Numbers = Schemas["MetricNumbers"];

/** `320 ms`, `1.5 s`, `2 min`: a length of time that is the bound of its class. */
export function wordsOfMillis(ms: number): string {
  if (ms < 1_000) return `${formatNumber(ms)} ms`;
  if (ms < 60_000) return `${formatNumber(ms / 1_000)} s`;
  return `${formatNumber(ms / 60_000)} min`;
}

/** `half within 500 ms, 95 % within 2 s`. */
export function wordsOfLatency({ count, p50_ms: half, p95_ms: most }: Schemas["Latency"]): string {
  if (count === 0 || half == null || most == null) return "–";
  return `${wordsOfMillis(half)} / ${wordsOfMillis(most)}`;
}

/** A row of the comparison: what it is of each platform, and how much there is to compare. */
export interface Row {
  name: string;
  /** What it means, for whoever does not know. */
  note?: string;
  of: (numbers: Numbers) => string;
}

const some = (value: number | null | undefined, words: (value: number) => string) => (value == null ? "–" : words(value));

/** What platforms are compared by. */
export const ROWS: Row[] = [
  { name: "Calls", of: ({ calls }) => formatNumber(calls) },
  { name: "Answered", of: ({ answer_rate: rate, outcomes }) => some(rate, (share) => `${formatNumber(outcomes.completed)} (${formatPercent(share)})`) },
  { name: "No answer", of: ({ outcomes }) => formatNumber(outcomes.no_answer) },
  { name: "Busy", of: ({ outcomes }) => formatNumber(outcomes.busy) },
  { name: "Voicemail", of: ({ outcomes }) => formatNumber(outcomes.voicemail) },
  { name: "Failed", of: ({ outcomes }) => formatNumber(outcomes.failed) },
  { name: "Not placed", note: "The platform said no: nobody’s phone rang", of: ({ outcomes }) => formatNumber(outcomes.not_placed) },
  { name: "Average duration", of: ({ average_duration_secs: secs }) => some(secs, formatDuration) },
  { name: "Dial delay", note: "From being due to the dial: half / 95 % within", of: ({ dial_delay }) => wordsOfLatency(dial_delay) },
  { name: "Platform’s answer", note: "To a dial: half / 95 % within", of: ({ provider_answer }) => wordsOfLatency(provider_answer) },
  { name: "Webhooks", of: ({ webhooks }) => formatNumber(webhooks.received) },
  { name: "Webhooks that failed", of: ({ webhooks }) => formatNumber(webhooks.failed) },
  { name: "Webhooks turned away", note: "Not signed with a secret set here", of: ({ webhooks }) => formatNumber(webhooks.refused) },
  { name: "Webhook lag", note: "Half / 95 % within", of: ({ webhooks }) => wordsOfLatency(webhooks.lag) },
  { name: "Requests that failed", of: ({ errors }) => formatNumber(errors.reduce((sum, { count }) => sum + count, 0)) },
  { name: "Agents changed", of: ({ agents }) => formatNumber(agents.created + agents.updated + agents.deleted) },
];

const CLASSES: Record<string, { means: string; todo: string }> = {
  unavailable: { means: "No answer, or a broken one", todo: "It is tried again by itself. If it goes on, look at the platform’s status page." },
  rate_limited: { means: "Too many requests or calls", todo: "Dials slow down by themselves. If it goes on, lower the concurrency limit." },
  unauthorized: { means: "The key was not accepted", todo: "Put a valid key in under Settings, Platforms." },
  bad_key: { means: "The key was not accepted for a dial", todo: "Put a valid key in under Settings, Platforms." },
  out_of_credit: { means: "The account is out of credit", todo: "Add credit at the platform, then resume the campaigns." },
  not_found: { means: "An agent, line or voice that the platform does not know", todo: "Refresh the agents, and choose another one." },
  rejected: { means: "The platform found a request wrong", todo: "Look at the message that was shown, and change what it names." },
  bad_request: { means: "The platform found a dial wrong", todo: "Check the number, the line’s carrier and the agent’s variables." },
  forbidden: { means: "The account may not place such calls", todo: "Check the plan and the key’s permissions at the platform." },
  declined: { means: "The carrier declined a call", todo: "Check the number and the phone line at the carrier." },
  never_sent: { means: "The platform could not be reached", todo: "Check the network and the platform’s address." },
  unconfirmed: { means: "The answer to a dial was lost", todo: "The call is looked for by itself; nobody is dialled twice." },
  unreadable: { means: "An answer that could not be understood", todo: "If it goes on, tell the people who run this service." },
};

/** What a class of failures means, and what to do. */
export const wordsOfClass = (name: string) => CLASSES[name] ?? { means: name, todo: "Look at the log of the functions." };

export interface Mark {
  /** Where on the bar, 0 to 100. */
  at: number;
  label: string;
}

/** Where somebody is told, on a bar of the credits used. */
export function markOfCredits(alerts: Schemas["ProviderAlerts"], limit: number): Mark | undefined {
  if (limit <= 0) return undefined;
  const least = Math.max(alerts.least_credits ?? 0, ((alerts.least_credits_percent ?? 0) / 100) * limit);
  if (least <= 0) return undefined;
  return { at: Math.max(0, 100 - (least / limit) * 100), label: `You are told below ${formatNumber(Math.round(least))} credits left.` };
}

/** Where somebody is told, on a bar of the calls in progress. */
export function markOfCalls(alerts: Schemas["ProviderAlerts"], most: number): Mark | undefined {
  const percent = alerts.most_calls_percent;
  if (percent == null || most <= 0) return undefined;
  return { at: percent, label: `You are told from ${formatNumber(Math.ceil((percent / 100) * most))} calls at one time on.` };
}
