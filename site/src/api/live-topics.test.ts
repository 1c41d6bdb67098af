import { describe, expect, it } from "vitest";
import { followedBy } from "./live-topics";
import { withTurn } from "./live-turns";

describe("what a query follows", () => {
  it("is in its key", () => {
    expect(followedBy(["queue"])?.topics).toEqual(["queue", "calls"]);
    expect(followedBy(["stats", 14])?.topics).toEqual(["calls"]);
    expect(followedBy(["calls", "list", { view: "handled" }, "", 50])?.topics).toEqual(["calls"]);
    expect(followedBy(["calls", "one", "call_a"])?.topics).toEqual(["call:call_a"]);
    expect(followedBy(["calls", "one", "call_a", "transcript", false])?.topics).toEqual(["call:call_a"]);
    expect(followedBy(["campaigns", "list", "all", ""])?.topics).toEqual(["campaigns"]);
    expect(followedBy(["campaigns", "camp_a", "recipients", "all", ""])?.topics).toEqual(["campaign:camp_a"]);
    expect(followedBy(["inbound", "handled", ""])?.topics).toEqual(["inbound"]);
    expect(followedBy(["callbacks", "one", "cb_a"])?.topics).toEqual(["callbacks"]);
  });
  it("is nothing for what does not change, costs much or has no topic", () => {
    expect(followedBy(["calls", "one", "call_a", "recording"])).toBeNull();
    expect(followedBy(["calls", "one", "call_a", "transcript", true])).toBeNull();
    expect(followedBy(["campaigns", "camp_a", "report", ""])).toBeNull();
    expect(followedBy(["campaigns", ""])).toBeNull();
    expect(followedBy(["settings"])).toBeNull();
  });
  it("is read less often when it is a search", () => {
    expect(followedBy(["calls", "list", { search: "tooth" }, "", 50])?.every).toBe(5_000);
    expect(followedBy(["calls", "list", { search: undefined }, "", 50])?.every).toBe(1_000);
  });
});

describe("a turn that is told", () => {
  const known = [{ index: 0, text: "a" }, { index: 2, text: "c" }];
  it("has its place", () => {
    expect(withTurn(known, 1, { text: "b" })?.map(({ text }) => text)).toEqual(["a", "b", "c"]);
    expect(withTurn(known, 7, { text: "d" })?.map(({ text }) => text)).toEqual(["a", "c", "d"]);
    expect(withTurn<{ index?: number; text: string }>([], 4, { text: "first" })).toEqual([{ text: "first", index: 4 }]);
  });
  it("takes the place of what was known of it", () => {
    expect(withTurn(known, 2, { text: "better" })).toEqual([{ index: 0, text: "a" }, { index: 2, text: "better" }]);
  });
  it("has none among turns without places", () => {
    expect(withTurn([{ text: "a" } as { index?: number; text: string }], 1, { text: "b" })).toBeNull();
  });
});
