// What a form of an agent holds, and what of it is sent.
import type { Agent } from "@/api/agents";
import type { Schemas } from "@/api/client";

export type OptionValue = string | number | boolean;
export type Options = Record<string, OptionValue>;
export type AgentOption = Schemas["AgentOption"];

export interface AgentValues {
  provider: Schemas["ProviderKind"];
  name: string;
  prompt: string;
  first_message: string;
  language: string;
  voice_id: string | null;
  /** The platform's own, those only that somebody has set. */
  options: Options;
}

const isValue = (value: unknown): value is OptionValue =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/** What an agent has set. */
export function optionsOf(agent: Agent | undefined): Options {
  return Object.fromEntries(Object.entries(agent?.options ?? {}).flatMap(([name, value]) => (isValue(value) ? [[name, value]] : [])));
}

/** What an option is where nothing is set. */
export function usualOf(option: AgentOption): OptionValue {
  return isValue(option.usual) ? option.usual : "";
}

/** Those of the options that the platform has: somebody may have changed the platform after setting one. */
export function known(options: Options, of: readonly AgentOption[]): Options {
  const names = new Set(of.map(({ name }) => name));
  return Object.fromEntries(Object.entries(options).filter(([name]) => names.has(name)));
}

/** What of a form differs from the agent: only that is sent, so that nothing changed elsewhere is undone. */
export function changesOf(agent: Agent, values: AgentValues): Schemas["UpdateAgent"] {
  const before = optionsOf(agent);
  const options = Object.fromEntries(Object.entries(values.options).filter(([name, value]) => before[name] !== value));
  const changed = <T>(value: T, now: T): T | undefined => (value === now ? undefined : value);
  return {
    name: changed(values.name, agent.name),
    prompt: changed(values.prompt, agent.prompt),
    first_message: changed(values.first_message, agent.first_message),
    language: changed(values.language, agent.language),
    voice_id: values.voice_id === null ? undefined : changed(values.voice_id, agent.voice_id ?? null) ?? undefined,
    ...(Object.keys(options).length > 0 && { options }),
  };
}

const FIELDS: Record<string, string> = {
  name: "name", prompt: "prompt", first_message: "first message", language: "language", voice_id: "voice",
  required_variables: "columns it needs", bursting: "calls above the plan", takes_first_message: "first message of a call",
};

/** The fields that were changed at the platform, as people call them. */
export function driftWords(fields: readonly string[], options: readonly AgentOption[]): string {
  const word = (field: string) => {
    const option = options.find(({ name }) => field === `options.${name}`);
    return option?.label.toLowerCase() ?? FIELDS[field] ?? field.replace(/^options\./, "").replaceAll("_", " ");
  };
  return fields.map(word).join(", ");
}
