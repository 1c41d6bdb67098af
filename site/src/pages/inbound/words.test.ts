import { describe, expect, it } from "vitest";
import type { Call, Reception } from "@/api/reception";
import { intentOf, personOf, urgencyOf, wordsOfTarget } from "./words";

const reception: Reception = { target: { kind: "voicemail" }, fell_back: false, concluded: false };
const call = (part: Partial<Call>) => ({ direction: "inbound", variables: {}, results: {}, ...part }) as Call;

describe("a call that came in", () => {
  it("has the name that was found out, else the number, else none", () => {
    expect(personOf(call({ phone_number: "+34631021622", reception: { ...reception, caller_name: "Ana Seoane" } }))).toEqual({
      shown: "Ana Seoane", name: "Ana Seoane", number: "+34 631 021 622",
    });
    expect(personOf(call({ phone_number: "+34631021622", reception })).shown).toBe("+34 631 021 622");
    expect(personOf(call({ phone_number: null, reception })).shown).toBe("Hidden number");
    expect(personOf(call({ phone_number: null, direction: "outbound" })).shown).toBe("Unknown number");
  });
  it("is said to be urgent when it is", () => {
    expect(urgencyOf({ ...reception, urgency: "critical" })?.label).toBe("Critical");
    expect(urgencyOf({ ...reception, urgency: "normal" })).toBeNull();
    expect(urgencyOf(null)).toBeNull();
  });
  it("was taken by somebody", () => {
    const names = new Map([["agent_a", "Clara"]]);
    expect(wordsOfTarget({ kind: "agent", agent_id: "agent_a" }, names)).toBe("Clara");
    expect(wordsOfTarget({ kind: "agent", agent_id: "agent_b" }, names)).toBe("An agent");
    expect(wordsOfTarget({ kind: "person", phone_number: "+12025550143", ring_secs: 20 }, names)).toBe("+1 202 555 0143");
    expect(intentOf("wrong_number")).toBe("Wrong number");
    expect(intentOf(null)).toBeUndefined();
  });
});
