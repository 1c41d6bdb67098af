"""The scripts of docs/runbook.md; tests/flows/recovery.rs follows its steps with a campaign."""

import re
import sys
import unittest

from template import ROOT

sys.path.insert(0, str(ROOT / "infra"))

import copy_table  # noqa: E402


class Table:
    """As much of DynamoDB as copying needs."""

    def __init__(self, tables: dict[str, list[dict]]):
        self.tables = {name: {copy_table.key_of(item): item for item in items} for name, items in tables.items()}

    def get_paginator(self, _):
        return self

    def paginate(self, TableName, **_):
        items = list(self.tables[TableName].values())
        return [{"Items": items[:2]}, {"Items": items[2:]}]

    def batch_write_item(self, RequestItems):
        [(table, requests)] = RequestItems.items()
        # The last one has to be sent again.
        done, left = (requests[:-1], requests[-1:]) if len(requests) > 1 else (requests, [])
        for request in done:
            if put := request.get("PutRequest"):
                self.tables[table][copy_table.key_of(put["Item"])] = put["Item"]
            else:
                self.tables[table].pop(copy_table.key_of(request["DeleteRequest"]["Key"]))
        return {"UnprocessedItems": {table: left} if left else {}}


def item(pk: str, sk: str, **more: str) -> dict:
    return {"pk": {"S": pk}, "sk": {"S": sk}, **{name: {"S": value} for name, value in more.items()}}


class CopyTable(unittest.TestCase):
    def test_what_was_is_there_again_and_what_came_since_is_gone(self):
        then = [item("A", str(n), state="as it was") for n in range(60)]
        db = Table({"then": then, "now": [item("A", "3", state="damaged"), item("B", "newer")]})
        self.assertEqual(copy_table.copy(db, "then", "now", True), (60, 1))
        self.assertEqual(db.tables["now"], db.tables["then"])

    def test_the_queue_comes_back_stopped(self):
        db = Table({"then": [item("QUEUE", "META", state="running", slots="4")], "now": []})
        copy_table.copy(db, "then", "now", False)
        self.assertEqual(db.tables["now"][copy_table.QUEUE], item("QUEUE", "META", state="stopped", slots="4"))

    def test_the_queue_is_where_the_store_has_it(self):
        keys = (ROOT / "shared/store/src/keys.rs").read_text()
        meta = re.search(r'const META: &str = "(\w+)"', keys)[1]
        queue = re.search(r"fn queue_settings\(\) -> Key \{\s*Key::new\(\"(\w+)\", META\)", keys)[1]
        self.assertEqual(copy_table.QUEUE, (queue, meta))


if __name__ == "__main__":
    unittest.main()
