import { describe, expect, it } from "vitest";
import { CHECKS, NO_PARAMETERS, readParameters } from "./tool";

describe("a tool of an agent", () => {
  it("has a name that the agent can say", () => {
    expect(CHECKS.name("find_order_2")).toBeNull();
    expect(CHECKS.name("Find order")).not.toBeNull();
    expect(CHECKS.name("")).not.toBeNull();
    expect(CHECKS.name("a".repeat(65))).not.toBeNull();
  });
  it("takes an object", () => {
    expect(CHECKS.parameters(NO_PARAMETERS)).toBeNull();
    expect(CHECKS.parameters("{}")).not.toBeNull();
    expect(CHECKS.parameters("[]")).not.toBeNull();
    expect(CHECKS.parameters("{ type: object }")).not.toBeNull();
    expect(readParameters("null")).toBeNull();
  });
});
