import { expect, test } from "vitest";
import type { ErasedPerson, Person } from "@/api/privacy";
import { countsOf, erase, everythingOf, fileOf, isNothing, numberOf } from "./person";

const NUMBER = "+34631021622";
const call = (id: string, recording_url: string | null = null) => ({ call: { call_id: id }, transcript: [], recording_url, webhook_urls: [] }) as unknown as Person["calls"][number];
const page = (calls: Person["calls"], next: string | null, more: Partial<Person> = {}): Person => ({
  phone_number: NUMBER, calls, recipients: [], contacts: [], callbacks: [], do_not_call: null, next_cursor: next, ...more,
});

test("everything is read to the last call, and what came with the first page stays", async () => {
  const asked: (string | undefined)[] = [];
  const pages: Record<string, Person> = {
    first: page([call("a", "https://x/a")], "2", { contacts: [{ line: 3 }] as unknown as Person["contacts"] }), 2: page([call("b")], "3"), 3: page([call("c")], null),
  };
  const person = await everythingOf(NUMBER, async (_, cursor) => {
    asked.push(cursor);
    return pages[cursor ?? "first"] as Person;
  });
  expect(asked).toEqual([undefined, "2", "3"]);
  expect(person.calls.map(({ call: { call_id } }) => call_id)).toEqual(["a", "b", "c"]);
  expect(countsOf(person)).toEqual({ calls: 3, recordings: 1, recipients: 0, contacts: 1, callbacks: 0 });
  const file = JSON.parse(fileOf(person, new Date("2026-05-03T10:00:00Z"))) as Record<string, unknown>;
  expect(file["exported_at"]).toBe("2026-05-03T10:00:00.000Z");
  expect(file).not.toHaveProperty("next_cursor");
  expect(file["calls"]).toHaveLength(3);
});

test("nothing is kept only where no page has anything", () => {
  expect(isNothing(page([], null))).toBe(true);
  expect(isNothing(page([], "more"))).toBe(false);
  expect(isNothing(page([call("a")], null))).toBe(false);
});

const told = (calls: number, complete: boolean): ErasedPerson => ({ calls, recipients: 2, contacts: 1, callbacks: 0, complete, elsewhere: ["there"] });

test("it is erased until nothing is left, and counted together", async () => {
  const answers = [told(100, false), told(100, false), told(7, true)];
  const erased = await erase(NUMBER, true, async () => answers.shift() as ErasedPerson);
  expect(erased).toEqual({ calls: 207, recipients: 2, contacts: 3, callbacks: 0, complete: true, elsewhere: ["there"] });
});

test("a call in progress ends the attempts", async () => {
  let asked = 0;
  const erased = await erase(NUMBER, true, async () => {
    asked += 1;
    return { ...told(0, false), contacts: 0 };
  });
  expect([asked, erased.complete]).toEqual([2, false]);
});

test("numbers are taken with their country's code, in any spelling", () => {
  expect(numberOf("+34 631 021 622")).toBe(NUMBER);
  expect(numberOf("0034 (631) 021-622")).toBe(NUMBER);
  expect(numberOf("631 021 622")).toBe(null);
  expect(numberOf("")).toBe(null);
});
