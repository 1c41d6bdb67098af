import { describe, expect, it } from "vitest";
import { endOf, paceOf } from "./pace";
import { EXAMPLE } from "./rules/example";
import { ANY_HOUR } from "./rules/hours";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const dialled = (secsAgo: number, status = "completed") => ({ placing_at: new Date(NOW - secsAgo * 1_000).toISOString(), status }) as never;
const { retry } = EXAMPLE;

describe("the pace of a campaign", () => {
  it("is the dials of the last minutes", () => {
    const pace = paceOf([10, 20, 30, 40, 60].map((secs) => dialled(secs)), retry, NOW);
    expect(pace?.perMinute).toBeCloseTo(5);
    expect(pace?.again).toBe(0);
  });
  it("is not told from calls of long ago, from a few, or from calls that were not dialled", () => {
    expect(paceOf([700, 800, 900, 1_000].map((secs) => dialled(secs)), retry, NOW)).toBeNull();
    expect(paceOf([1, 2].map((secs) => dialled(secs)), retry, NOW)).toBeNull();
    expect(paceOf([{ placing_at: null, status: "queued" }, dialled(5), dialled(6)] as never[], retry, NOW)).toBeNull();
  });
  it("does not leap when some are dialled at the same moment", () => {
    expect(paceOf([0, 0, 0].map((secs) => dialled(secs)), retry, NOW)?.perMinute).toBeCloseTo(36);
  });
  it("knows who is tried again", () => {
    const calls = [dialled(10), dialled(20, "busy"), dialled(30, "failed"), dialled(40, "no_answer"), dialled(50, "in_progress")];
    expect(paceOf(calls, retry, NOW)?.again).toBeCloseTo(0.5);
    expect(paceOf(calls, { ...retry, max_attempts: 1 }, NOW)?.again).toBe(0);
  });
});

describe("the end of a campaign", () => {
  const counts = { total: 100, pending: 40, queued: 8, calling: 2, completed: 50, no_answer: 0, busy: 0, voicemail: 0, failed: 0, cancelled: 0, skipped: 0, removed: 0 };
  const campaign = { counts, retry, rules: { ...EXAMPLE.rules, calling_hours: { ...EXAMPLE.rules.calling_hours, windows: ANY_HOUR } } };
  it("comes when everybody who is left was called, some of them again", () => {
    expect(endOf(campaign, { perMinute: 10, again: 0 })?.seconds).toBeCloseTo(300);
    expect(endOf(campaign, { perMinute: 10, again: 0.5 })?.seconds).toBeCloseTo(450);
  });
  it("takes more days when the hours are short", () => {
    const short = { ...campaign, rules: { ...campaign.rules, calling_hours: { ...campaign.rules.calling_hours, windows: { mon: ["09:00-10:00"] } } } };
    expect(endOf(short, { perMinute: 0.5, again: 0 })?.days).toBe(2);
    expect(endOf(campaign, { perMinute: 0.5, again: 0 })?.days).toBe(1);
  });
  it("is none when nobody is left", () => {
    expect(endOf({ ...campaign, counts: { ...counts, completed: 100, pending: 0, queued: 0, calling: 0 } }, { perMinute: 1, again: 0 })).toBeNull();
  });
});
