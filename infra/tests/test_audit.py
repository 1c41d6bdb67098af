"""The audit trail: every operation that changes something leaves an entry, and no role changes or deletes one."""

import json
import unittest

import granted
from rights import Derivation
from source import ROOT, Fn
from template import functions, translate

# Changing by their method only, each with what it does instead.
ASKS_ONLY = {
    "make_live_ticket": "a ticket is half a minute's right to look",
    "preview_upload": "reads the first rows of a file",
    "rehearse": "places no call and keeps nothing",
    "test_routing_rules": "answers where a call would go",
}
# Keys of the trail, as shared/store/src/keys.rs makes them.
KEYS = "AUDIT#*"


class Trail:
    """What handlers of the API call, as far as it leads to `Api::audit`."""

    def __init__(self):
        self.derivation = Derivation("admin-api", set())
        of_api = [f for f in self.derivation.source.functions if f.crate == "admin-api"]
        self.methods = {f.name: f for f in of_api if f.owner == "Api"}
        self.handlers = {f.name: f for f in of_api if f.file.startswith("routes/") and f.params and f.params[0][1] in ("Viewer", "Operator", "Admin")}

    def called(self, fn: Fn):
        for call in fn.calls:
            if call.receiver == "api" and call.name in self.methods:
                yield self.methods[call.name]
            # A variable that is handed on is no function of the same name.
            elif call.path and call.path not in fn.lets:
                yield from (f for f in self.derivation.meant(fn, call) if f.crate == "admin-api")

    def is_left_by(self, handler: str) -> bool:
        waiting, seen = [self.handlers[handler]], set()
        while waiting:
            fn = waiting.pop()
            if fn is self.methods["audit"]:
                return True
            if fn not in seen:
                seen.add(fn)
                waiting.extend(self.called(fn))
        return False


class Audit(unittest.TestCase):
    def test_every_operation_that_changes_something_leaves_an_entry(self):
        document = json.loads((ROOT / "docs/openapi.json").read_text())
        trail = Trail()
        changing = [
            operation["operationId"]
            for item in document["paths"].values()
            for method, operation in item.items()
            if method in ("post", "put", "patch", "delete")
        ]
        self.assertGreater(len(changing), 70)
        for operation in changing:
            if operation not in ASKS_ONLY:
                with self.subTest(operation):
                    self.assertTrue(trail.is_left_by(operation), f"{operation} calls api.audit nowhere")
        for operation in ASKS_ONLY:
            with self.subTest(operation):
                self.assertIn(operation, changing)
                left = operation in trail.handlers and trail.is_left_by(operation)
                self.assertFalse(left, f"{operation} leaves an entry: take it out of ASKS_ONLY")

    def test_no_role_may_change_or_delete_an_entry(self):
        template = translate()
        trail = {"Fn::GetAtt": ["SystemTable", "Arn"]}
        wanted = {"dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}
        checked = 0
        for function, binary in functions().items():
            statements = granted.statements(template, function)
            may = {a for s in statements if s["Effect"] == "Allow" and trail in granted.as_list(s["Resource"]) for a in granted.as_list(s["Action"])}
            if not may & wanted:
                continue
            checked += 1
            denied = [
                set(granted.as_list(s["Action"]))
                for s in statements
                if s["Effect"] == "Deny"
                and granted.as_list(s["Resource"]) == [trail]
                and s["Condition"] == {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": KEYS}}
            ]
            with self.subTest(binary):
                self.assertTrue(denied and may & wanted <= denied[0], "deny changes of the trail in template.yaml")
        self.assertGreater(checked, 5)

    def test_the_keys_of_the_trail_are_what_is_denied(self):
        keys = (ROOT / "shared/store/src/keys.rs").read_text()
        self.assertIn(f'format!("{KEYS.removesuffix("*")}{{id}}")', keys)


if __name__ == "__main__":
    unittest.main()
