"""What the template grants each function, read from the roles that SAM makes."""

from __future__ import annotations

import re

from rights import Right


def as_list(value) -> list:
    return value if isinstance(value, list) else [value]


def statements(template: dict, function: str) -> list[dict]:
    """Every statement of a function's own role."""
    role = template["Resources"][function]["Properties"]["Role"]["Fn::GetAtt"][0]
    policies = template["Resources"][role]["Properties"].get("Policies", [])
    return [s for policy in policies for s in as_list(policy["PolicyDocument"]["Statement"])]


def named(template: dict, resource) -> str:
    """A resource of a statement in the words of `rights`; as it is written, where it is none of ours."""
    if isinstance(resource, dict) and (get := resource.get("Fn::GetAtt")):
        if get[1] == "StreamArn":
            return f"stream/{get[0]}"
        kind = template["Resources"][get[0]]["Type"]
        words = {"AWS::DynamoDB::Table": "table", "AWS::SQS::Queue": "queue", "AWS::Lambda::Function": "function"}
        return f"{words.get(kind, kind)}/{get[0]}"
    if isinstance(resource, dict) and (ref := resource.get("Ref")):
        return f"secret/{ref}"
    if isinstance(resource, dict) and isinstance(text := resource.get("Fn::Sub"), str):
        if found := re.fullmatch(r"\$\{(\w+)\.Arn\}/index/([\w*-]+)", text):
            return f"index/{found[1]}/{found[2]}"
        bucket = r"arn:\$\{AWS::Partition\}:s3:::\$\{AWS::StackName\}-data-\$\{AWS::AccountId\}-\$\{AWS::Region\}"
        if found := re.fullmatch(bucket + r"(/.*)?", text):
            return "bucket" + (found[1] or "")
        ours = r"arn:\$\{AWS::Partition\}:(\w+):\$\{AWS::Region\}:\$\{AWS::AccountId\}:"
        if re.fullmatch(ours + r"event-source-mapping:\*", text):
            return "mapping/*"
        if found := re.fullmatch(ours.replace(r"(\w+)", "execute-api", 1) + r"\$\{(\w+)\}/live/\*", text):
            return f"connections/{found[1]}"
        # A function that invokes itself cannot refer to itself.
        if found := re.fullmatch(ours + r"function:(\$\{AWS::StackName\}-[\w-]+)", text):
            names = {id: r["Properties"].get("FunctionName") for id, r in template["Resources"].items() if r["Type"] == "AWS::Lambda::Function"}
            named_so = [id for id, name in names.items() if name == {"Fn::Sub": found[2]}]
            return f"function/{named_so[0]}" if named_so else text
        if found := re.fullmatch(r"\$\{(\w+)\.Arn\}/stream/\*", text):
            return f"streams/{found[1]}"
        if found := re.fullmatch(ours + r"secret:\$\{AWS::StackName\}/(event-targets/\*)", text):
            return f"secret/{found[2]}"
    return str(resource)


def granted(template: dict, function: str) -> set[Right]:
    rights: set[Right] = set()
    for statement in statements(template, function):
        if statement["Effect"] != "Allow":
            continue
        for action in as_list(statement["Action"]):
            for resource in as_list(statement["Resource"]):
                name = named(template, resource)
                if name == "mapping/*":
                    # A mapping has no ARN in the template: the condition says whose it is.
                    of = statement.get("Condition", {}).get("ArnEquals", {}).get("lambda:FunctionArn", {})
                    name = f"mapping/{of.get('Fn::GetAtt', ['*'])[0]}"
                rights.add((action, name))
    return rights


def of_the_platform(template: dict, function: str) -> set[Right]:
    """Rights that no code uses, but Lambda on its behalf: reading its queue, handing over what failed."""
    rights: set[Right] = set()
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Lambda::EventSourceMapping" and properties["FunctionName"] == {"Ref": function}:
            queue, attribute = properties["EventSourceArn"]["Fn::GetAtt"]
            if attribute == "StreamArn":
                for action in ("DescribeStream", "GetRecords", "GetShardIterator"):
                    rights.add((f"dynamodb:{action}", f"stream/{queue}"))
                rights.add(("dynamodb:ListStreams", f"streams/{queue}"))
                continue
            for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "ChangeMessageVisibility"):
                rights.add((f"sqs:{action}", f"queue/{queue}"))
        if resource["Type"] == "AWS::Lambda::EventInvokeConfig" and properties["FunctionName"] == {"Ref": function}:
            failed = properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
            if failed:
                rights.add(("sqs:SendMessage", named(template, failed)))
    return rights


def indexes(template: dict) -> frozenset[tuple[str, str]]:
    return frozenset(
        (id, index["IndexName"])
        for id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::DynamoDB::Table"
        for index in resource["Properties"].get("GlobalSecondaryIndexes", [])
    )


def environment(template: dict, function: str) -> frozenset[str]:
    return frozenset(template["Resources"][function]["Properties"]["Environment"]["Variables"])
