import { describe, expect, it } from "vitest";
import { ANY_HOUR, isAnyHour, longestDay, spanOf, windowsOf } from "./hours";

const office = { weekdays: [1, 2, 3, 4, 5], from: "09:00", to: "20:00" };

describe("calling hours", () => {
  it("are one span on some days, and back", () => {
    const windows = windowsOf(office);
    expect(windows["fri"]).toEqual(["09:00-20:00"]);
    expect(windows["sat"]).toEqual([]);
    expect(spanOf(windows)).toEqual(office);
  });
  it("end with the day at midnight", () => {
    expect(windowsOf({ ...office, to: "00:00" })["mon"]).toEqual(["09:00-24:00"]);
  });
  it("that are more than a span are left as they are", () => {
    expect(spanOf({ ...windowsOf(office), mon: ["09:00-13:00", "15:00-20:00"] })).toBeNull();
    expect(spanOf({ ...windowsOf(office), sat: ["10:00-13:00"] })).toBeNull();
  });
  it("of the whole day are any hour", () => {
    expect(isAnyHour(ANY_HOUR)).toBe(true);
    expect(isAnyHour(windowsOf(office))).toBe(false);
  });
  it("count through midnight", () => {
    expect(longestDay(windowsOf(office))).toBe(11);
    expect(longestDay({ mon: ["22:00-02:00"] })).toBe(4);
    expect(longestDay(ANY_HOUR)).toBe(24);
  });
});
