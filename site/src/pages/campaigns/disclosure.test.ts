import { expect, test } from "vitest";
import { readDisclosure, writeDisclosure } from "./disclosure";

test("an item is a line, and its ways stand between bars", () => {
  const read = readDisclosure("AI assistant | virtual assistant\n\n  Acme |\n");
  expect(read).toEqual({ first_words: [["AI assistant", "virtual assistant"], ["Acme"]] });
  expect(readDisclosure(writeDisclosure(read))).toEqual(read);
});

test("nothing asked for is nothing", () => {
  for (const text of ["", " \n ", "|"]) expect(readDisclosure(text)).toBeNull();
  expect(writeDisclosure(null)).toBe("");
});
