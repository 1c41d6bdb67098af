import { describe, expect, it } from "vitest";
import type { Callback } from "@/api/callbacks";
import { momentHere } from "@/pages/events/target";
import { inAnHour, isOverdue, pickedOf, readCallbackSearch } from "./callback";

const now = Date.parse("2026-05-03T12:07:00Z");
const callback = (part: Partial<Callback>) => ({ status: "due", due_at: "2026-05-03T12:00:00Z", ...part }) as Callback;

describe("a callback", () => {
  it("is overdue until it is done", () => {
    expect(isOverdue(callback({}), now)).toBe(true);
    expect(isOverdue(callback({ status: "assigned" }), now)).toBe(true);
    expect(isOverdue(callback({ status: "done" }), now)).toBe(false);
    expect(isOverdue(callback({ due_at: "2026-05-03T12:30:00Z" }), now)).toBe(false);
  });
  it("is offered in an hour, at a full quarter", () => {
    expect(inAnHour(now)).toBe("2026-05-03T13:15:00.000Z");
  });
  it("keeps its moment through the picker", () => {
    expect(momentHere(pickedOf("2026-05-03T13:15:00.000Z"))).toBe("2026-05-03T13:15:00.000Z");
  });
  it("has its state in the address", () => {
    expect(readCallbackSearch({ status: "done" })).toEqual({ status: "done" });
    expect(readCallbackSearch({ status: "nonsense" })).toEqual({});
  });
});
