// People pasted as lines or as a small table, e.g. straight out of a spreadsheet.
import type { Schemas } from "@/api/client";

type NewRecipient = Schemas["NewRecipient"];

const PHONE_HEADER = /^(phone(_?number)?|tel(efono|éfono|ephone)?|mobile|m[oó]vil|cell|number)$/i;

/** One row of delimited text; quotation marks as RFC 4180 has them. */
function cellsOf(line: string, delimiter: string): string[] {
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (quoted && char === '"' && line.charAt(at + 1) === '"') {
      cell += '"';
      at += 1;
    } else if (char === '"') quoted = !quoted;
    else if (char === delimiter && !quoted) {
      cells.push(cell.trim());
      cell = "";
    } else cell += char;
  }
  return [...cells, cell.trim()];
}

/** Reads pasted people. With a header that names a phone column, the other columns are variables. */
export function readPeople(text: string): NewRecipient[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const [head = ""] = lines;
  const delimiter = ["\t", ";", ","].find((candidate) => head.includes(candidate)) ?? ",";
  const header = cellsOf(head, delimiter);
  const phone = header.findIndex((name) => PHONE_HEADER.test(name));
  if (phone < 0) {
    return lines.flatMap((line) => cellsOf(line, delimiter).filter(Boolean).slice(0, 1)).map((number) => ({ phone_number: number }));
  }
  return lines.slice(1).map((line) => {
    const cells = cellsOf(line, delimiter);
    const variables = Object.fromEntries(
      header.flatMap((name, index) => (index === phone || name === "" ? [] : [[name, cells[index] ?? ""]])),
    );
    return { phone_number: cells[phone] ?? "", variables };
  });
}
