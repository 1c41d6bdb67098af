import { describe, expect, it } from "vitest";
import { readPeople } from "./people";

describe("pasted people", () => {
  it("are numbers, one per line", () => {
    expect(readPeople("+34631021622\n\n +34 631 021 623 \r\n")).toEqual([
      { phone_number: "+34631021622" },
      { phone_number: "+34 631 021 623" },
    ]);
  });
  it("are a table when a header names the phone column", () => {
    expect(readPeople('name\tphone_number\n"Ana ""A"" Gil"\t+34631021622')).toEqual([
      { phone_number: "+34631021622", variables: { name: 'Ana "A" Gil' } },
    ]);
    expect(readPeople("Teléfono;city\n631;Vigo;extra")).toEqual([{ phone_number: "631", variables: { city: "Vigo" } }]);
  });
  it("are nobody when nothing is pasted", () => {
    expect(readPeople(" \n")).toEqual([]);
  });
});
