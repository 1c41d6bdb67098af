import { describe, expect, it } from "vitest";
import { markOfCalls, markOfCredits, ROWS, wordsOfClass, wordsOfLatency, wordsOfMillis } from "./numbers";
import { readSpan } from "./span";

const alerts = { provider: "elevenlabs" as const, least_credits: null, least_credits_percent: 10, most_calls_percent: 95 };
const nothing = { count: 0, p50_ms: null, p95_ms: null };

describe("numbers of the monitoring page", () => {
  it("says lengths of time in the unit that people read", () => {
    expect([50, 1_500, 120_000].map(wordsOfMillis)).toEqual(["50 ms", "1.5 s", "2 min"]);
    expect(wordsOfLatency({ count: 3, p50_ms: 500, p95_ms: 2_000 })).toBe("500 ms / 2 s");
    expect(wordsOfLatency(nothing)).toBe("–");
  });

  it("shows a dash, and no zero, for what nobody knows", () => {
    const numbers = {
      calls: 0, answer_rate: null, average_duration_secs: null, dial_delay: nothing, provider_answer: nothing, errors: [],
      outcomes: { completed: 0, no_answer: 0, busy: 0, voicemail: 0, failed: 0, not_placed: 0 },
      webhooks: { received: 0, failed: 0, repeated: 0, refused: 0, lag: nothing }, agents: { created: 0, updated: 0, deleted: 0 },
    };
    const shown = Object.fromEntries(ROWS.map(({ name, of }) => [name, of(numbers)]));
    expect(shown).toMatchObject({ Calls: "0", Answered: "–", "Average duration": "–", "Dial delay": "–" });
  });

  it("marks the threshold that is reached first", () => {
    expect(markOfCredits(alerts, 1_000)).toMatchObject({ at: 90 });
    expect(markOfCredits({ ...alerts, least_credits: 300 }, 1_000)).toMatchObject({ at: 70 });
    expect(markOfCredits({ ...alerts, least_credits_percent: null }, 1_000)).toBeUndefined();
    expect(markOfCredits({ ...alerts, least_credits: 5_000 }, 1_000)).toMatchObject({ at: 0 });
    expect(markOfCalls(alerts, 20)).toMatchObject({ at: 95, label: "You are told from 19 calls at one time on." });
    expect(markOfCalls({ ...alerts, most_calls_percent: null }, 20)).toBeUndefined();
  });

  it("has a sentence for a class that is new", () => {
    expect(wordsOfClass("unavailable").todo).toMatch(/status page/);
    expect(wordsOfClass("something_new").means).toBe("something_new");
  });

  it("reads only spans that there are from an address", () => {
    expect(readSpan({ hours: "168" })).toEqual({ hours: 168 });
    expect([{}, { hours: 24 }, { hours: 5 }, { hours: "x" }].map(readSpan)).toEqual([{}, {}, {}, {}]);
  });
});
