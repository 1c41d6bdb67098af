import { describe, expect, it } from "vitest";
import { estimate } from "./estimate";
import { EXAMPLE } from "./rules/example";
import { ANY_HOUR } from "./rules/hours";

const at = (windows: Record<string, string[]>) => ({ ...EXAMPLE.rules, calling_hours: { ...EXAMPLE.rules.calling_hours, windows } });
const once = { ...EXAMPLE, rules: at(ANY_HOUR), retry: { max_attempts: 1, delay_secs: 60, retry_on: [] } };
const call = (duration_secs: number, cost_usd: number) => ({ duration_secs, results: { cost_usd } }) as never;

describe("an estimate", () => {
  it("comes from earlier calls", () => {
    const totals = { calls: 10, completed: 5 } as never;
    const made = estimate(100, once, 10, [call(100, 0.1), call(200, 0.3)], totals);
    expect(made.attempts).toBe(100);
    expect(made.seconds).toBeCloseTo((100 * 20 + 50 * 150) / 10);
    expect(made.dollars).toBeCloseTo(10);
    expect(made.basis).toBe(2);
  });
  it("counts retries and says when it is assumed", () => {
    const made = estimate(100, { ...once, retry: { max_attempts: 3, delay_secs: 60, retry_on: ["no_answer"] } }, 10, [], undefined);
    expect(made.attempts).toBe(175);
    expect(made.basis).toBe(0);
    expect(made.dollars).toBeUndefined();
  });
  it("keeps to the dials a minute", () => {
    const slow = { ...once, rules: { ...once.rules, starts_per_minute: 2 } };
    expect(estimate(100, slow, 10, [], undefined).seconds).toBe(50 * 60);
  });
  it("takes more days when the hours are short", () => {
    expect(estimate(10_000, { ...once, rules: at({ mon: ["09:00-10:00"] }) }, 10, [], undefined).days).toBeGreaterThan(10);
  });
});
