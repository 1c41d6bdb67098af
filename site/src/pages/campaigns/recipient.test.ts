import { describe, expect, it } from "vitest";
import type { Schemas } from "@/api/client";
import { allRemoved, changeOf, fieldsOf, isWaiting, ownWords, problemsOfPerson, wordsOfRemoved } from "./recipient";

const PERSON: Schemas["Recipient"] = {
  recipient_id: "rcp_1", campaign_id: "cmp_1", phone_number: "+34631021622", variables: { name: "Ana", city: "Vigo" }, status: "pending",
  due_at: "2026-05-03T09:00:00Z", attempts: 0, refusals: 0, updated_at: "2026-05-03T09:00:00Z", version: 1, priority: 50, outcomes: {},
};
const NOW = Date.parse("2026-05-03T08:00:00Z");
const fields = (person: Partial<Schemas["Recipient"]> = {}) => fieldsOf({ ...PERSON, ...person }, ["name", "order"], NOW);

describe("a person of a campaign", () => {
  it("is changed or taken out only while they wait", () => {
    expect(isWaiting({ status: "pending" })).toBe(true);
    expect(isWaiting({ status: "queued" })).toBe(true);
    expect(isWaiting({ status: "calling" })).toBe(false);
    expect(isWaiting({ status: "removed" })).toBe(false);
  });
  it("says what is different for them", () => {
    expect(ownWords(PERSON)).toBe("");
    expect(ownWords({ priority: 80, overrides: { max_attempts: 1, first_message: "", first_message_variables: [], agent: null, phone_line: null } })).toBe(
      "Own first words, at most 1 attempt, priority 80",
    );
  });
});

describe("a change of a person", () => {
  it("asks only for what differs", () => {
    expect(changeOf(fields(), fields())).toEqual({});
    expect(changeOf(fields(), { ...fields(), attempts: 5 })).toEqual({ overrides: { max_attempts: 5 } });
    expect(changeOf(fields(), { ...fields(), priority: 90, agentId: "agt_2" })).toEqual({ priority: 90, overrides: { agent_id: "agt_2" } });
  });
  it("goes back to what the campaign has", () => {
    const own = fields({ overrides: { max_attempts: 4, first_message: "", first_message_variables: [], agent: null, phone_line: null } });
    expect(own).toMatchObject({ attempts: 4, firstWords: "" });
    expect(changeOf(own, { ...own, attempts: null, firstWords: null })).toEqual({ overrides: { max_attempts: null, first_message: null } });
  });
  it("fills in what the agent needs, and takes out what is emptied", () => {
    expect(fields().variables).toEqual({ name: "Ana", order: "", city: "Vigo" });
    const after = { ...fields(), variables: { ...fields().variables, order: "A 7", city: " " } };
    expect(changeOf(fields(), after)).toEqual({ variables: { order: "A 7", city: null } });
  });
  it("knows moments to come, and forgets those that passed", () => {
    expect(fields({ not_before: "2026-05-03T07:00:00Z" }).notBefore).toBeNull();
    const later = fields({ not_before: "2026-05-03T09:30:00Z" });
    expect(changeOf(fields(), later)).toEqual({ not_before: "2026-05-03T09:30:00.000Z" });
    expect(changeOf(later, fields())).toEqual({ not_before: null });
    expect(problemsOfPerson({ ...fields(), notBefore: "2020-01-01 09:00:00" }, fields(), NOW)).toHaveProperty("not_before");
    expect(problemsOfPerson(later, later, Date.parse("2027-01-01T00:00:00Z"))).toEqual({});
  });
  it("names what is out of range", () => {
    expect(Object.keys(problemsOfPerson({ ...fields(), attempts: 11, priority: 101 }, fields(), NOW))).toEqual(["overrides.max_attempts", "priority"]);
  });
});

describe("what became of people who were taken out", () => {
  const none = { removed: 2, calling: [], finished: [], unknown: [] };
  it("is one sentence when all went well", () => {
    expect(wordsOfRemoved(none)).toBe("2 people taken out: no call to them begins.");
    expect(allRemoved(none)).toBe(true);
  });
  it("says who stayed, and why", () => {
    const some = { removed: 0, calling: ["a"], finished: ["b", "c"], unknown: [] };
    expect(allRemoved(some)).toBe(false);
    expect(wordsOfRemoved(some)).toBe(
      "Nobody was taken out. 1 person is being called right now: take them out after the call. With 2 people the campaign was done already: what happened stays.",
    );
  });
});
