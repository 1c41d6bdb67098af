import { describe, expect, it } from "vitest";
import { isOpen } from "./window";

const at = (iso: string) => Date.parse(iso);

describe("a calling window", () => {
  const office = { weekdays: [1, 2, 3, 4, 5], from: "09:00", to: "20:00", time_zone: "Europe/Madrid" };
  it("is open in its own zone", () => {
    expect(isOpen(office, at("2026-07-01T07:00:00Z"))).toBe(true);
    expect(isOpen(office, at("2026-07-01T06:59:00Z"))).toBe(false);
    expect(isOpen(office, at("2026-07-01T18:00:00Z"))).toBe(false);
    expect(isOpen(office, at("2026-07-04T10:00:00Z"))).toBe(false);
  });
  it("may go over midnight", () => {
    const night = { ...office, weekdays: [5], from: "20:00", to: "02:00", time_zone: "UTC" };
    expect(isOpen(night, at("2026-07-03T23:00:00Z"))).toBe(true);
    expect(isOpen(night, at("2026-07-04T01:00:00Z"))).toBe(true);
    expect(isOpen(night, at("2026-07-04T03:00:00Z"))).toBe(false);
  });
});
