import { describe, expect, it } from "vitest";
import { formatCount, formatDuration, formatPhone, formatRelative, formatRoughly, formatWord } from "./format";

describe("formats", () => {
  it("groups numbers by their country code", () => {
    expect(formatPhone("+34631021622")).toBe("+34 631 021 622");
    expect(formatPhone("+12025550143")).toBe("+1 202 555 0143");
    expect(formatPhone("+351912345678")).toBe("+351 912 345 678");
    expect(formatPhone("anonymous")).toBe("anonymous");
  });
  it("writes lengths of time", () => {
    expect(formatDuration(125)).toBe("2:05");
    expect(formatDuration(3725)).toBe("1:02:05");
    expect(formatRoughly(20)).toBe("1 min");
    expect(formatRoughly(12_000)).toBe("3 h 20 min");
    expect(formatRoughly(86_400 * 4)).toBe("4 days");
  });
  it("says how long ago", () => {
    const now = Date.parse("2026-05-03T12:00:00Z");
    expect(formatRelative("2026-05-03T11:59:57Z", now)).toBe("just now");
    expect(formatRelative("2026-05-03T11:57:00Z", now)).toContain("3");
    expect(formatRelative("2026-05-03T14:00:00Z", now)).toContain("2");
  });
  it("writes words and counts", () => {
    expect(formatWord("no_answer")).toBe("No answer");
    expect(formatCount(1, "call")).toBe("1 call");
    expect(formatCount(2, "call")).toBe("2 calls");
  });
});
