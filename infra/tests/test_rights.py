"""Each function's role grants what its code can ask of AWS: no more, no less."""

import copy
import re
import unittest

import granted
from rights import derive
from source import OPERATIONS, ROOT, SHARED
from template import functions, translate

TEMPLATE = translate()
# What is asked of a client besides the operations: no request, or one whose parts are counted singly.
NO_REQUEST = {"clone", "get_or_init", "transact_write_items", "clone_from"}


def differences(template: dict, function: str, binary: str) -> list[str]:
    found, unknown, derivation = derive(binary, granted.environment(template, function), granted.indexes(template))
    needed = found | granted.of_the_platform(template, function)
    has = granted.granted(template, function)
    said = [f"{binary}: {what}; the test must learn to read it" for what in sorted(unknown)]
    for action, on in sorted(needed - has):
        by = derivation.needed_by.get((action, on))
        why = f", as {derivation.why(by)}" if by else ""
        said.append(f"{binary} needs {action} on {on}{why}: grant it in template.yaml")
    for action, on in sorted(has - needed):
        said.append(f"{binary} is granted {action} on {on}, which its code never asks for: take it out of template.yaml")
    return said


class Rights(unittest.TestCase):
    maxDiff = None

    def test_every_function_may_do_what_its_code_asks_for_and_nothing_else(self):
        for function, binary in functions().items():
            with self.subTest(binary):
                self.assertEqual([], differences(TEMPLATE, function, binary))

    def test_a_right_that_is_taken_away_is_missed(self):
        for function, binary in functions().items():
            for position, statement in enumerate(granted.statements(TEMPLATE, function)):
                if statement["Effect"] == "Deny":
                    continue  # test_audit.py misses it
                template = copy.deepcopy(TEMPLATE)
                actions = granted.as_list(statement["Action"])
                granted.statements(template, function)[position]["Action"] = actions[1:]
                said = differences(template, function, binary)
                # SAM grants the queue of failed events by itself, once.
                with self.subTest(f"{binary}: {actions[0]}"):
                    self.assertTrue(any(actions[0] in s for s in said), said)

    def test_a_right_too_many_is_noticed(self):
        for function, binary in functions().items():
            for action, resource in (
                ("dynamodb:Scan", {"Fn::GetAtt": ["CallsTable", "Arn"]}),
                ("s3:DeleteObject", "*"),
                ("dynamodb:GetItem", {"Fn::Sub": "${CallsTable.Arn}/index/*"}),
            ):
                template = copy.deepcopy(TEMPLATE)
                role = template["Resources"][function]["Properties"]["Role"]["Fn::GetAtt"][0]
                policy = template["Resources"][role]["Properties"]["Policies"][0]["PolicyDocument"]
                policy["Statement"].append({"Effect": "Allow", "Action": action, "Resource": resource})
                self.assertTrue(any("never asks" in s for s in differences(template, function, binary)), binary)

    def test_no_role_has_a_wildcard_action_or_every_resource(self):
        for id, resource in TEMPLATE["Resources"].items():
            if resource["Type"] != "AWS::IAM::Role":
                continue
            for policy in resource["Properties"].get("Policies", []):
                for statement in granted.as_list(policy["PolicyDocument"]["Statement"]):
                    with self.subTest(id):
                        self.assertFalse([a for a in granted.as_list(statement["Action"]) if "*" in a])
                        self.assertNotIn("*", granted.as_list(statement["Resource"]))

    def test_managed_policies_only_let_functions_log_and_trace(self):
        allowed = {"AWSLambdaBasicExecutionRole", "AWSXrayWriteOnlyAccess", "AWSCodeDeployRoleForLambda"}
        for id, resource in TEMPLATE["Resources"].items():
            for arn in resource.get("Properties", {}).get("ManagedPolicyArns", []):
                name = re.search(r"([\w-]+)\W*$", str(arn))[1]
                self.assertIn(name, allowed, id)

    def test_a_roles_own_policies_fit_into_it(self):
        for id, resource in TEMPLATE["Resources"].items():
            if resource["Type"] == "AWS::IAM::Role":
                # Names and ARNs in place of references are at most three times as long.
                size = len(re.sub(r"\s", "", str(resource["Properties"].get("Policies", []))))
                self.assertLess(size * 2, 10_240, f"{id}: IAM takes 10,240 characters")


class Sources(unittest.TestCase):
    def test_only_store_and_service_speak_to_aws(self):
        for path in [*ROOT.glob("functions/*/src/**/*.rs"), *ROOT.glob("shared/*/src/**/*.rs")]:
            if path.relative_to(ROOT).parts[1] not in SHARED:
                self.assertNotIn("aws_sdk_", path.read_text(), f"{path}: rights are derived from {SHARED} only")

    def test_every_request_that_the_sources_make_is_known(self):
        asked = set()
        for crate in SHARED:
            for path in (ROOT / "shared" / crate / "src").rglob("*.rs"):
                if re.search(r"(^|/)(tests?|fake)(\.rs|/)", str(path)):
                    continue
                text = re.sub(r"\s+", "", path.read_text())
                asked |= {found[2] for found in re.finditer(r"\.(db|client|(?:sqs|s3|lambda)(?:\(\))?)\.(\w+)\(", text)}
        self.assertLessEqual(asked - NO_REQUEST, set(OPERATIONS), "a request that OPERATIONS does not know")
        self.assertGreater(len(asked), 20)

    def test_the_command_that_makes_operations_of_a_transaction_is_used_as_it_is_read(self):
        for path in (ROOT / "shared/store/src").glob("*.rs"):
            text = path.read_text()
            for name in set(re.findall(r"let mut (\w+) = Transaction::new\(\)", text)):
                self.assertIn(name, ("tx", "transaction"), f"{path}: transactions are read by these names")
            for name in set(re.findall(r"(\w+): &mut Transaction<", text)):
                self.assertIn(name, ("tx", "transaction"), f"{path}: transactions are read by these names")


if __name__ == "__main__":
    unittest.main()
