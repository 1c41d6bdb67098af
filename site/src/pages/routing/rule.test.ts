import { describe, expect, it, vi } from "vitest";
import type { RoutingRule } from "@/api/reception";

// The client asks the browser for its session, and there is none here.
vi.mock("@/api/client", () => ({
  ApiProblem: class extends Error {
    constructor(readonly fields: { field: string; message: string }[]) {
      super("no");
    }
  },
}));
const { ApiProblem } = await import("@/api/client");
const { errorsOf, moved, problemsOf, ruleOf, valuesOf } = await import("./rule");
const { wordsOfWhen } = await import("./words");

const rule: RoutingRule = {
  rule_id: "rule_a", name: "Nights", position: 1, enabled: true, language: "es", version: 3, created_at: "", updated_at: "",
  when: { called: ["+12025550143"], callers: ["+34", "anonymous"], languages: ["es"], days: ["monday", "tuesday", "wednesday"], from: "20:00:00", until: "08:00:00", holidays: false },
  targets: [{ kind: "agent", agent_id: "agent_a" }, { kind: "person", phone_number: "+34631021622", ring_secs: 20 }, { kind: "voicemail" }],
};
const good = { ...valuesOf(), name: "Rule" };

describe("a routing rule", () => {
  it("goes through its form unchanged", () => {
    expect(ruleOf(valuesOf(rule), true)).toEqual({
      name: "Nights", enabled: true, language: "es", targets: rule.targets, when: { ...rule.when, from: "20:00", until: "08:00" },
    });
  });
  it("takes numbers in any spelling and days in any order", () => {
    const made = ruleOf({ ...good, called: ["+1 (202) 555-0143"], callers: ["Anonymous"], days: ["sunday", "monday"] }, true);
    expect(made.when).toMatchObject({ called: ["+12025550143"], callers: ["anonymous"], days: ["monday", "sunday"], from: null, until: null, holidays: null });
  });
  it("is told what is wrong with it", () => {
    expect(problemsOf(good)).toEqual({});
    expect(problemsOf({ ...good, name: " " })).toHaveProperty("name");
    expect(problemsOf({ ...good, called: ["555"] })).toHaveProperty("called");
    expect(problemsOf({ ...good, callers: ["34"] })).toHaveProperty("callers");
    expect(problemsOf({ ...good, callers: ["+3", "anonymous"] })).toEqual({});
    expect(problemsOf({ ...good, from: "09:00" })).toHaveProperty("until");
    expect(problemsOf({ ...good, from: "09:00", until: "09:00" })).toHaveProperty("until");
    expect(problemsOf({ ...good, targets: [] })).toHaveProperty("targets");
    expect(problemsOf({ ...good, targets: [{ kind: "voicemail" }, { kind: "closed" }] })).toHaveProperty("targets");
    expect(problemsOf({ ...good, targets: [{ kind: "person", phone_number: "12", ring_secs: 20 }] })).toHaveProperty("targets");
  });
  it("shows the API's errors where they belong", () => {
    const problem = new ApiProblem([{ field: "when.called[0]", message: "a" }, { field: "targets[1].phone_number", message: "b" }, { field: "name", message: "c" }] as never);
    expect(errorsOf(problem)).toEqual({ called: "a", targets: "b", name: "c" });
    expect(errorsOf(new Error("x"))).toEqual({});
  });
  it("is put in another place", () => {
    expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
    expect(moved(["a", "b", "c"], 0, -1)).toEqual(["a", "b", "c"]);
    expect(moved(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
  });
  it("is said in words", () => {
    expect(wordsOfWhen(rule.when)).toBe(
      "Calls to +1 202 555 0143, callers from +34 or hidden numbers, callers who speak Spanish, Mon to Wed, 20:00 to 08:00 the next day, not on holidays",
    );
    expect(wordsOfWhen(ruleOf(good, true).when)).toBe("Always");
  });
});
