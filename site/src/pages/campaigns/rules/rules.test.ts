import { describe, expect, it } from "vitest";
import { EXAMPLE } from "./example";
import { asChange, problemsOf, retriedOutcomes, type Rules } from "./rules";
import { groupsThatDiffer, wordsOfGroup, wordsOfRetry } from "./words";

const withRules = (part: Partial<Rules["rules"]>): Rules => ({ ...EXAMPLE, rules: { ...EXAMPLE.rules, ...part } });
const withRetry = (part: Partial<Rules["retry"]>): Rules => ({ ...EXAMPLE, retry: { ...EXAMPLE.retry, ...part } });
const RULE = { max_attempts: 3, delay_secs: 600, backoff_percent: 200, other_time_of_day: false, other_weekday: true };

describe("what is wrong with rules", () => {
  it("is nothing when nobody changed them", () => expect(problemsOf(EXAMPLE)).toEqual({}));
  it("is marketing without a consent, and a consent without its column", () => {
    expect(problemsOf(withRules({ purpose: "marketing" }))).toHaveProperty("consent");
    expect(problemsOf(withRules({ consent: { column: " " } }))).toHaveProperty("consent");
    expect(problemsOf(withRules({ purpose: "marketing", consent: { column: "ok" } }))).toEqual({});
  });
  it("is an age of a consent that has no date", () => {
    expect(problemsOf(withRules({ consent: { column: "ok", valid_days: 30 } }))).toHaveProperty("consentDate");
    expect(problemsOf(withRules({ consent: { column: "ok", date_column: "on", valid_days: 30 } }))).toEqual({});
  });
  it("is a second attempt that follows after nothing", () => {
    expect(problemsOf(withRetry({ retry_on: [] }))).toHaveProperty("retry");
    expect(problemsOf(withRetry({ retry_on: [], by_outcome: { busy: RULE } }))).toEqual({});
    expect(problemsOf(withRetry({ retry_on: [], max_attempts: 1 }))).toEqual({});
  });
  it("is hours without an end", () => {
    const empty = { ...EXAMPLE.rules.calling_hours, windows: { mon: [] } };
    expect(problemsOf(withRules({ calling_hours: empty }))).toHaveProperty("hours");
  });
});

describe("trying again", () => {
  it("follows the common rule, unless an outcome has its own", () => {
    expect(retriedOutcomes(EXAMPLE.retry)).toEqual(["no_answer", "busy"]);
    expect(retriedOutcomes({ ...EXAMPLE.retry, by_outcome: { voicemail: RULE, busy: { ...RULE, max_attempts: 1 } } })).toEqual(["no_answer", "voicemail"]);
    expect(retriedOutcomes({ ...EXAMPLE.retry, max_attempts: 1 })).toEqual([]);
  });
  it("is told outcome by outcome", () => {
    expect(wordsOfRetry(EXAMPLE.retry)).toBe("2 attempts at most; after no answer, busy: 1 h apart");
    expect(wordsOfRetry({ ...EXAMPLE.retry, max_attempts: 4, by_outcome: { busy: RULE } })).toBe(
      "4 attempts at most; after no answer: 1 h apart; after busy: at most 3 of these, 10 min apart, each wait 2 times the one before, on another weekday",
    );
    expect(wordsOfRetry({ ...EXAMPLE.retry, retry_on: [] })).toBe("Nobody is called twice");
  });
});

describe("what differs from the default rules", () => {
  it("is nothing when nobody changed anything, whatever the order and what is left out", () => {
    expect(groupsThatDiffer(EXAMPLE, EXAMPLE)).toEqual([]);
    const { shortest_average_secs: shortest, ...rest } = EXAMPLE.rules.auto_pause;
    const told = withRules({ auto_pause: { shortest_average_secs: shortest, ...rest }, wishes: { callback_field: "callback_at", opt_out_field: "opt_out" } });
    const { max_attempts, delay_secs, retry_on } = EXAMPLE.retry;
    expect(groupsThatDiffer({ ...told, retry: { max_attempts, delay_secs, retry_on } }, EXAMPLE)).toEqual([]);
  });
  it("is named by its group", () => {
    const changed = withRules({ consent: { column: "ok" }, starts_per_minute: 3, auto_pause: { ...EXAMPLE.rules.auto_pause, failed_percent: null } });
    expect(groupsThatDiffer(changed, EXAMPLE)).toEqual(["who", "pace", "pause"]);
    expect(groupsThatDiffer({ ...EXAMPLE, weight: 11 }, EXAMPLE)).toEqual(["pace"]);
    expect(groupsThatDiffer(withRetry({ by_outcome: { busy: RULE } }), EXAMPLE)).toEqual(["retry"]);
  });
});

describe("a group in words", () => {
  it("says who may be called", () => {
    expect(wordsOfGroup(EXAMPLE, "who")).toBe("Service calls; no consent is asked for");
    const strict = withRules({
      purpose: "marketing", consent: { column: "ok", date_column: "on", source_column: "where", valid_days: 365 },
      frequency_caps: [{ calls: 2, hours: 168 }, { calls: 1, hours: 5 }], skip_called_within_days: 3,
    });
    expect(wordsOfGroup(strict, "who")).toBe(
      "Marketing; only with a yes in “ok”, a date in “on” of the last 365 days, a source in “where”; not if called within 3 days; 2 calls to one person in 7 days; 1 call to one person in 5 hours",
    );
  });
  it("says when it pauses", () => {
    expect(wordsOfGroup(EXAMPLE, "pause")).toBe("When 50 % fail, of at least 5 calls within 2 min");
    const { auto_pause: pause } = EXAMPLE.rules;
    expect(wordsOfGroup(withRules({ auto_pause: { ...pause, within_secs: 90, no_answer_percent: 80, shortest_average_secs: 8 } }), "pause")).toBe(
      "When 50 % fail or 80 % are not answered or answered ones last less than 8 s, of at least 5 calls within 90 s",
    );
    expect(wordsOfGroup(withRules({ auto_pause: { ...pause, failed_percent: null } }), "pause")).toBe("Calls that go wrong do not pause it");
    expect(wordsOfGroup(withRules({ auto_pause: { ...pause, provider_down_secs: 300, least_credits: 50 } }), "pause")).toBe(
      "When 50 % fail, of at least 5 calls within 2 min; or the platform does not answer for 5 min; or less than 50 credits are left",
    );
  });
  it("says what follows from what people ask for, and how agents and numbers share them", () => {
    expect(wordsOfGroup(EXAMPLE, "wishes")).toBe("“opt_out” puts them on the do-not-call list and “callback_at” is when they are called again");
    expect(wordsOfGroup(withRules({ wishes: { opt_out_field: "", callback_field: null } }), "wishes")).toBe("Nothing follows from what they say");
    expect(wordsOfGroup(withRules({ more_agents: [{ agent_id: "agt_2", weight: 50 }] }), "agents")).toBe("2 agents share the people; the first has 67 %");
    expect(wordsOfGroup(withRules({ more_phone_lines: [{ phone_line_id: "phnum_2" }] }), "lines")).toBe("2 numbers; each person always sees the same one");
    expect(wordsOfGroup(withRules({ starts_per_minute: 30, ramp_up_secs: 600 }), "pace")).toBe("At most 30 dials a minute; calls at one time grow for 10 min");
    expect(wordsOfGroup({ ...EXAMPLE, weight: 20 }, "pace")).toBe("As fast as slots are free; weight 20");
  });
});

describe("a change of a campaign that exists", () => {
  it("sends an empty name for a wish that is not asked for, as null would bring the usual name back", () => {
    const { wishes } = asChange(withRules({ wishes: { opt_out_field: null, callback_field: "later" } })).rules;
    expect(wishes).toEqual({ opt_out_field: "", callback_field: "later" });
  });
});
