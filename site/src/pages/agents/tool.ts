// A tool of an agent as its form has it.
import { problemOfUrl } from "@/pages/events/target";

export const NO_PARAMETERS = JSON.stringify({ type: "object", properties: {}, required: [] }, null, 2);
const MOST_PARAMETERS = 16_000;

export interface ToolValues {
  name: string;
  description: string;
  url: string;
  parameters: string;
  timeout_secs: number;
}

/** The schema that a text says; none when it is not the JSON of an object. */
export function readParameters(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function problemOfParameters(text: string): string | null {
  if (text.length > MOST_PARAMETERS) return "Write at most 16,000 characters";
  const schema = readParameters(text);
  if (!schema) return "Write a JSON Schema: JSON that begins with {";
  return schema["type"] === "object" ? null : "The schema must be that of an object: \"type\": \"object\"";
}

export const CHECKS = {
  name: (name: string) => (/^[a-z0-9_]{1,64}$/.test(name) ? null : "Use small letters, digits and _, at most 64"),
  description: (text: string) => (text.trim() === "" ? "Say what it does and when to use it: the agent goes by it" : null),
  url: problemOfUrl,
  parameters: problemOfParameters,
};
