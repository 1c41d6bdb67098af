import { describe, expect, it } from "vitest";
import { filterOf, isNarrowed, readCallSearch } from "./search";

describe("the address of a list of calls", () => {
  it("keeps what makes sense and drops the rest", () => {
    expect(readCallSearch({ view: "handled", status: "nonsense", from: "2026-05-03", to: "yesterday", search: "  " })).toEqual({
      view: "handled",
      from: "2026-05-03",
    });
    expect(readCallSearch({ search: 34631021622 })).toEqual({ search: "34631021622" });
  });
  it("covers whole days, the last one included", () => {
    const { since, until } = filterOf({ from: "2026-05-03", to: "2026-05-03" });
    expect(Date.parse(until ?? "") - Date.parse(since ?? "")).toBe(86_400_000);
  });
  it("asks for no search of one letter", () => {
    expect(filterOf({ search: "a" }).search).toBeUndefined();
    expect(filterOf({ search: " ana " }).search).toBe("ana");
  });
  it("knows a tab from a filter", () => {
    expect(isNarrowed({ view: "handled" })).toBe(false);
    expect(isNarrowed({ view: "handled", status: "failed" })).toBe(true);
  });
});
