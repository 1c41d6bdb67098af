import { describe, expect, it } from "vitest";
import type { Agent } from "@/api/agents";
import { type AgentOption, changesOf, driftWords, known, optionsOf } from "./values";

const agent: Agent = {
  agent_id: "agt_1", provider: "elevenlabs", provider_agent_id: "agent_1", name: "Anna", prompt: "Talk.", first_message: "Hi", language: "en",
  voice_id: "voice_1", required_variables: [], status: "active", created_at: "2026-11-20T12:00:00Z", updated_at: "2026-11-20T12:00:00Z", version: 3,
  options: { temperature: 0.3, strange: { deep: 1 } },
};
const values = { provider: "elevenlabs", name: "Anna", prompt: "Talk.", first_message: "Hi", language: "en", voice_id: "voice_1", options: { temperature: 0.3 } } as const;
const temperature: AgentOption = { name: "temperature", label: "Temperature", help: "", usual: 0, kind: "number", least: 0, most: 1, step: 0.1 };

describe("the form of an agent", () => {
  it("sends what was changed and nothing else", () => {
    const sent = (more: object) => JSON.parse(JSON.stringify(changesOf(agent, { ...values, ...more }))) as unknown;
    expect(sent({})).toEqual({});
    expect(sent({ name: "Ann" })).toEqual({ name: "Ann" });
    expect(sent({ options: { temperature: 0.5, recording: true } })).toEqual({ options: { temperature: 0.5, recording: true } });
    expect(sent({ voice_id: "voice_2", first_message: "" })).toEqual({ voice_id: "voice_2", first_message: "" });
    expect(sent({ voice_id: null })).toEqual({});
  });

  it("holds only options that it can show, and sends only those of the platform", () => {
    expect(optionsOf(agent)).toEqual({ temperature: 0.3 });
    expect(known({ temperature: 1, voice_speed: 1.1 }, [temperature])).toEqual({ temperature: 1 });
  });

  it("says in words what was changed at the platform", () => {
    expect(driftWords(["prompt", "voice_id", "options.temperature", "options.new_thing"], [temperature])).toBe("prompt, voice, temperature, new thing");
  });
});
