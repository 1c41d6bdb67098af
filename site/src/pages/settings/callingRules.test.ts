import { describe, expect, it } from "vitest";
import { asConfirmation, confirmedOf, placeOf, wordsOfRule } from "./callingRules";

const day = ["09:00-21:00"];

describe("a calling rule", () => {
  it("says when and how often people may be called", () => {
    const windows = { mon: day, tue: day, wed: day, thu: day, fri: day, sat: ["10:00-14:00", "16:00-20:00"] };
    expect(wordsOfRule({ windows, limits: [{ calls: 3, hours: 24, about: "the same subject" }, { calls: 4, hours: 720 }], holidays: [{ name: "Navidad" }] })).toEqual([
      "Mon to Fri 09:00 to 21:00; Sat 10:00 to 14:00 and 16:00 to 20:00",
      "At most 3 calls to one person in 24 hours about the same subject",
      "At most 4 calls to one person in 30 days",
      "Not on 1 holiday",
    ]);
    expect(wordsOfRule({ windows: { mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day }, limits: [], holidays: [] })).toEqual(["Every day 09:00 to 21:00"]);
    expect(wordsOfRule({ windows: {}, limits: [], holidays: [] })).toEqual(["Never"]);
  });
  it("says where it holds", () => {
    expect(placeOf({ country: "US", also_countries: [], region: "FL" })).toBe("US-FL");
    expect(placeOf({ country: "ES", also_countries: ["IC"], region: null })).toBe("ES, IC");
    expect(placeOf({ country: "*", also_countries: [], region: null })).toContain("Every country");
  });
  it("is to be confirmed again when it changed", () => {
    const confirmation = { rule_id: "es", version: "1", as_of: "2022-11-30", confirmed_by: "ada", confirmed_at: "2026-05-03T09:00:00Z" };
    expect(confirmedOf({ confirmed: false })).toBe("open");
    expect(confirmedOf({ confirmed: false, confirmation })).toBe("changed");
    expect(confirmedOf({ confirmed: true, confirmation })).toBe("confirmed");
    expect(asConfirmation([{ id: "es", version: "2", name: "Spain" } as never])).toEqual({ rules: [{ id: "es", version: "2" }] });
  });
});
