import { describe, expect, it } from "vitest";
import { agentGone, emptyDraft, fromTemplate, missingVariables, momentIn, problemsOfStep, requestOf, without } from "./draft";
import { EXAMPLE } from "./rules/example";

const empty = (list?: string) => emptyDraft(EXAMPLE.rules, list);

describe("a moment in a zone", () => {
  const iso = (zone: string, clock: string) => momentIn(zone, clock)?.toISOString();
  it("follows the zone, summer and winter", () => {
    expect(iso("Europe/Madrid", "2026-07-01 09:00")).toBe("2026-07-01T07:00:00.000Z");
    expect(iso("Europe/Madrid", "2026-12-01 09:00")).toBe("2026-12-01T08:00:00.000Z");
    expect(iso("America/New_York", "2026-12-01 09:00")).toBe("2026-12-01T14:00:00.000Z");
    expect(iso("Asia/Kolkata", "2026-12-01 09:00")).toBe("2026-12-01T03:30:00.000Z");
  });
  it("has an answer on the nights when clocks change", () => {
    expect(iso("Europe/Madrid", "2026-03-29 03:30")).toBe("2026-03-29T01:30:00.000Z");
    expect(iso("Europe/Madrid", "2026-03-29 02:30")).toBe("2026-03-29T01:30:00.000Z");
    expect(iso("Europe/Madrid", "2026-10-25 02:30")).toBe("2026-10-25T00:30:00.000Z");
  });
  it("is none for what is no time", () => expect(momentIn("UTC", "soon")).toBeNull());
});

describe("a campaign being made", () => {
  it("says what is missing, step by step", () => {
    expect(Object.keys(problemsOfStep(empty(), 0, 0))).toEqual(["name", "agentId", "lineId"]);
    expect(problemsOfStep(empty(), 1, 0)).toHaveProperty("listIds");
    expect(problemsOfStep(empty("list_1"), 1, 0)).toEqual({});
    const late = { ...empty(), start: "at" as const, startAt: "2026-05-03 09:00", startZone: "UTC" };
    expect(problemsOfStep(late, 2, Date.parse("2026-05-03T10:00:00Z"))).toHaveProperty("startAt");
    expect(problemsOfStep(late, 2, Date.parse("2026-05-03T08:00:00Z"))).toEqual({});
    expect(requestOf(late).start_at).toBe("2026-05-03T09:00:00.000Z");
  });
  it("is as a template says, but for its name, its people and its moment", () => {
    const settings = { ...EXAMPLE, agent_id: "agt_1", phone_line_id: "line_1", carrier: "sip_trunk" as const, concurrency_limit: 3, weight: 20, ringing_timeout_secs: 25 };
    const template = { template_id: "tpl_1", name: "Reminders", created_at: "2026-05-01T00:00:00Z", settings };
    const made = requestOf(fromTemplate({ ...empty("list_1"), name: "May", start: "draft" }, template));
    expect(made).toMatchObject({
      name: "May", list_ids: ["list_1"], start: "draft", agent_id: "agt_1", phone_line_id: "line_1", carrier: "sip_trunk",
      concurrency_limit: 3, weight: 20, ringing_timeout_secs: 25, rules: EXAMPLE.rules, retry: EXAMPLE.retry,
    });
    // What somebody takes out of it again is not said by the template after all.
    expect(made).not.toHaveProperty("template_id");
  });
  it("says when the agent it had is gone", () => {
    expect(agentGone("agt_1", undefined)).toBeUndefined();
    expect(agentGone(null, [])).toBeUndefined();
    expect(agentGone("agt_1", [{ agent_id: "agt_1", status: "active" }])).toBeUndefined();
    expect(agentGone("agt_1", [{ agent_id: "agt_1", status: "missing" }])).toContain("choose another");
    expect(agentGone("agt_1", [])).toContain("choose another");
  });
  it("has each agent and line once", () => {
    const { rules } = EXAMPLE;
    const more = { ...EXAMPLE, rules: { ...rules, more_agents: [{ agent_id: "a", weight: 1 }, { agent_id: "b", weight: 1 }], more_phone_lines: [{ phone_line_id: "l" }] } };
    expect(without(more, { agentId: "a" }).rules.more_agents).toEqual([{ agent_id: "b", weight: 1 }]);
    expect(without(more, { agentId: "a" }).rules.more_phone_lines).toHaveLength(1);
    expect(without(more, { lineId: "l" }).rules.more_phone_lines).toEqual([]);
  });
  it("knows which list lacks what the agent says", () => {
    const agent = { required_variables: ["name", "city"] } as never;
    const lists = [{ name: "A", variables: ["name"] }, { name: "B", variables: ["name", "city"] }] as never[];
    const found = missingVariables(agent, lists);
    expect(found.map(({ name, without }) => [name, without.length])).toEqual([["name", 0], ["city", 1]]);
  });
});
