// The same work in Node: csv-parse or SheetJS, and libphonenumber-js. A line of JSON for each row.

import { createReadStream, readFileSync, writeSync } from "node:fs";

import { parse } from "csv-parse";
import parsePhoneNumber from "libphonenumber-js/max";
import { read, utils } from "xlsx";

const OUTPUT_CHARACTERS = 64 * 1024;

class Judge {
  constructor(region) {
    this.region = region;
    this.names = undefined;
    this.line = 0;
    this.seen = new Map();
    this.output = "";
  }

  row(cells) {
    this.line += 1;
    if (this.names === undefined) {
      this.names = cells;
      return;
    }
    this.output += `${JSON.stringify(this.outcome(cells))}\n`;
    if (this.output.length > OUTPUT_CHARACTERS) this.flush();
  }

  outcome(cells) {
    const line = this.line;
    const phone = e164(cells[0], this.region);
    if (phone === undefined) return { line, reason: "invalid" };
    const first_line = this.seen.get(phone);
    if (first_line !== undefined) return { line, first_line };
    this.seen.set(phone, line);
    const variables = {};
    for (let column = 1; column < this.names.length; column += 1) {
      variables[this.names[column]] = cells[column] ?? "";
    }
    return { line, phone, variables };
  }

  flush() {
    let rest = Buffer.from(this.output);
    while (rest.length > 0) rest = rest.subarray(writeSync(1, rest));
    this.output = "";
  }
}

// The number in E.164, without an apostrophe before it and the `.0` that Excel leaves.
function e164(written, region) {
  const text = written.trim().replace(/^'+/, "").replace(/\.0$/, "");
  const number = parsePhoneNumber(text, region);
  return number?.isValid() ? number.number : undefined;
}

function readCsv(path, judge) {
  const parser = parse();
  parser.on("readable", () => {
    let cells;
    while ((cells = parser.read()) !== null) judge.row(cells);
  });
  const ended = new Promise((resolve, reject) => {
    parser.on("end", resolve);
    parser.on("error", reject);
  });
  createReadStream(path).pipe(parser);
  return ended;
}

function readWorkbook(path, judge) {
  const workbook = read(readFileSync(path), { dense: true });
  const sheet = workbook.Sheets[workbook.SheetNames[0]];
  for (const cells of utils.sheet_to_json(sheet, { header: 1, raw: true, defval: "" })) {
    judge.row(cells.map(String));
  }
}

const [path, region] = process.argv.slice(2);
const judge = new Judge(region);
if (path.endsWith(".xlsx")) readWorkbook(path, judge);
else await readCsv(path, judge);
judge.flush();
