import { describe, expect, it } from "vitest";
import { callsUnder, type DialSettings, problemsOfDialling, setAside } from "./dialling";
import { readTab } from "./tabs";

const SETTINGS: DialSettings = {
  agent_limits: {}, phone_line_limits: {}, cents_per_minute: 15, daily_cap_cents: null, inbound_share: 0, longest_call_secs: 600, starts_per_second: null, require_confirmed_rules: false,
};

describe("dial settings", () => {
  it("are good as they come", () => expect(problemsOfDialling(SETTINGS, 5)).toEqual({}));
  it("may not keep every slot free for those who call in", () => {
    expect(problemsOfDialling({ ...SETTINGS, inbound_share: 4 }, 5)).toEqual({});
    expect(problemsOfDialling({ ...SETTINGS, inbound_share: 5 }, 5)).toHaveProperty("share");
    expect(problemsOfDialling({ ...SETTINGS, inbound_share: 5 }, undefined)).toEqual({});
  });
  it("name what is out of range", () => {
    const wrong = { ...SETTINGS, starts_per_second: 0, cents_per_minute: 10_001, longest_call_secs: 5, agent_limits: { agt_1: 0 } };
    expect(Object.keys(problemsOfDialling(wrong, 5)).sort()).toEqual(["limits", "longest", "price", "starts"]);
  });
  it("set aside what a call costs when it lasts as long as it can", () => {
    expect(setAside(SETTINGS)).toBeCloseTo(1.5);
    expect(setAside({ ...SETTINGS, longest_call_secs: 61 })).toBeCloseTo(0.3);
    expect(callsUnder(SETTINGS)).toBeNull();
    expect(callsUnder({ ...SETTINGS, daily_cap_cents: 1_000 })).toBe(6);
  });
});

describe("the tab of the settings", () => {
  it("is read from the address, and the first one is left out of it", () => {
    expect(readTab({ tab: "dialling" })).toEqual({ tab: "dialling" });
    expect(readTab({ tab: "providers" })).toEqual({});
    expect(readTab({ tab: "nonsense" })).toEqual({});
  });
});
