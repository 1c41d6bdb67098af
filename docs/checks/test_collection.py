"""The collection of requests is the one that the API's document makes, whole and readable."""

import json
import sys
import unittest

from pages import ROOT

sys.path.insert(0, str(ROOT / "docs/collection"))
import make  # noqa: E402

DOCUMENT = json.loads(make.DOCUMENT.read_text())


class Collection(unittest.TestCase):
    def setUp(self):
        self.items = [item for folder in make.collection(DOCUMENT)["item"] for item in folder["item"]]

    def test_it_is_up_to_date(self):
        self.assertTrue(make.COLLECTION.read_text() == make.written(DOCUMENT), "the collection has drifted: run `make collection`")

    def test_it_has_every_operation_once(self):
        operations = [o["operationId"].replace("_", " ") for path in DOCUMENT["paths"].values() for method, o in path.items() if method in make.METHODS]
        self.assertGreater(len(operations), 100)
        self.assertEqual(sorted(operations), sorted(item["name"] for item in self.items))

    def test_every_part_of_an_address_can_be_filled_in(self):
        for item in self.items:
            url = item["request"]["url"]
            named = {part.lstrip(":") for part in url["path"] if part.startswith(":")}
            self.assertEqual(named, {variable["key"] for variable in url.get("variable", [])}, item["name"])
            self.assertNotIn("{", url["raw"].replace("{{base_url}}", ""), item["name"])

    def test_bodies_are_json_with_every_needed_field(self):
        for item in self.items:
            request = item["request"]
            if "body" in request:
                json.loads(request["body"]["raw"])
        call = next(item for item in self.items if item["name"] == "place call")["request"]
        self.assertEqual(set(json.loads(call["body"]["raw"])), {"agent_id", "phone_line_id", "phone_number"})
        self.assertIn("Idempotency-Key", {header["key"] for header in call["header"]})


if __name__ == "__main__":
    unittest.main()
