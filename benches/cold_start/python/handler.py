"""A handler in Python with its AWS SDK, in a loop that asks the runtime API with nothing but the standard library."""

import http.client
import json
import os

import boto3

table = boto3.client("dynamodb")


def handler(event):
    answer = table.get_item(TableName="system", Key={"pk": {"S": "QUEUE"}, "sk": {"S": "SETTINGS"}}, ConsistentRead=True)
    return {"found": "Item" in answer}


runtime = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    runtime.request("GET", "/2018-06-01/runtime/invocation/next")
    asked = runtime.getresponse()
    event = json.loads(asked.read())
    request_id = asked.headers["Lambda-Runtime-Aws-Request-Id"]
    runtime.request("POST", f"/2018-06-01/runtime/invocation/{request_id}/response", json.dumps(handler(event)))
    runtime.getresponse().read()
