"""The same work in Python: csv or openpyxl, and phonenumbers. A line of JSON for each row."""

import csv
import json
import sys

import openpyxl
import phonenumbers


def csv_rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        yield from csv.reader(file)


def xlsx_rows(path):
    workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    for row in workbook.worksheets[0].iter_rows(values_only=True):
        yield [text(value) for value in row]


def text(value):
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def e164(written, region):
    """The number in E.164, without an apostrophe before it and the `.0` that Excel leaves; or None."""
    try:
        number = phonenumbers.parse(written.strip().lstrip("'").removesuffix(".0"), region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def main(path, region):
    rows = xlsx_rows(path) if path.endswith(".xlsx") else csv_rows(path)
    names = next(rows)[1:]
    seen = {}
    for line, cells in enumerate(rows, start=2):
        phone = e164(cells[0], region)
        if phone is None:
            out = {"line": line, "reason": "invalid"}
        elif phone in seen:
            out = {"line": line, "first_line": seen[phone]}
        else:
            seen[phone] = line
            out = {"line": line, "phone": phone, "variables": dict(zip(names, cells[1:]))}
        sys.stdout.write(json.dumps(out, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", line_buffering=False)
    main(sys.argv[1], sys.argv[2])
