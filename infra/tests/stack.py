"""The stack itself, made from the template in ministack, each of its differences from AWS worked around by a step here."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import boto3
from botocore.config import Config

from machine import ACCOUNT, REGION, wait_for
from template import NESTED, STACK, functions, parameters, read, translate

# What ministack has no counterpart of.
UNKNOWN = {
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::ApiGatewayV2::Deployment",
    "AWS::ApiGatewayV2::RouteResponse",
}

BATCHED = {"sqs:SendMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"}


def client(address: str, service: str):
    options = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}, read_timeout=120)
    return boto3.client(service, endpoint_url=address, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test", config=options)


def package(address: str, binaries: Path, folder: Path) -> None:
    """Puts code and nested templates where `sam package` would."""
    s3 = client(address, "s3")
    s3.create_bucket(Bucket="code")
    for binary in functions().values():
        source = binaries / binary
        if not source.exists():
            raise SystemExit(f"check-deploy: {source} is missing: run `make build` first")
        slim = folder / f"{binary}.bootstrap"
        # Debug binaries are mostly symbols.
        if shutil.which("strip") is None or subprocess.run(["strip", "-o", slim, source]).returncode != 0:
            shutil.copy(source, slim)
        archive = folder / f"{binary}.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
            entry = zipfile.ZipInfo("bootstrap")
            entry.external_attr = 0o755 << 16
            packed.writestr(entry, slim.read_bytes())
        s3.upload_file(str(archive), "code", f"{binary}.zip")
        archive.unlink()
        slim.unlink()
    for path in NESTED.values():
        s3.put_object(Bucket="code", Key=path, Body=json.dumps(of_one_metric(read(path))).encode())


def of_one_metric(template: dict) -> dict:
    """Alarms over several metrics as alarms over the first of them: ministack does not reckon."""
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in properties:
            stat = next(m["MetricStat"] for m in properties.pop("Metrics") if "MetricStat" in m)
            properties |= {"Statistic": stat["Stat"], "Period": stat["Period"], **stat["Metric"]}
    return template


def numbers(value, values: dict[str, str], names: set[str]):
    """Numbers in place of references to parameters of type Number: ministack keeps them texts, and its pollers stop at those."""
    if isinstance(value, dict):
        if value.get("Ref") in names and len(value) == 1:
            return int(values[value["Ref"]])
        if "Variables" in value:
            return value  # of an environment: texts at AWS too
        return {key: numbers(item, values, names) for key, item in value.items()}
    if isinstance(value, list):
        return [numbers(item, values, names) for item in value]
    return value


def secrets(value, names: dict[str, str]):
    """ARNs in policies in place of references to secrets: at AWS such a reference is the ARN, in ministack the name."""
    if isinstance(value, dict):
        if value.get("Ref") in names:
            return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{names[value['Ref']]}-*"
        return {key: secrets(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [secrets(item, names) for item in value]
    return value


def prepare(address: str, given: dict[str, str]) -> tuple[dict, dict]:
    """The translated template as ministack can make it, and the body of the API, which it does not expand."""
    template = translate(**given)
    for resource in template["Resources"].values():
        url = resource.get("Properties", {}).get("TemplateURL")
        if url:
            resource["Properties"]["TemplateURL"] = url.replace("https://code.s3.us-east-1.amazonaws.com", f"{address}/code")
    source = read()
    names = {name for name, spec in source["Parameters"].items() if spec["Type"] == "Number"}
    values = parameters(source, **given)
    resources = {id: r for id, r in template["Resources"].items() if r["Type"] not in UNKNOWN}
    plain: list[str] = []
    named = {
        id: r["Properties"]["Name"]["Fn::Sub"].replace("${AWS::StackName}", STACK)
        for id, r in resources.items() if r["Type"] == "AWS::SecretsManager::Secret"
    }
    for id, resource in resources.items():
        resource.pop("UpdatePolicy", None)  # of aliases, by CodeDeploy
        if resource["Type"] == "AWS::Lambda::Function":
            variables = resource["Properties"].get("Environment", {}).get("Variables", {})
            for name in {"LIVE_URL", "LIVE_ENDPOINT"} & set(variables):
                variables[name] = "wss://live.example.com/live"  # its own has a host that is none: of an API below an IP address
        if resource["Type"] == "AWS::ApiGatewayV2::Stage":
            resource["Properties"].pop("DeploymentId", None)  # it has no deployments of its own
        for part in ("Properties",):
            if part in resource:
                resource[part] = numbers(resource[part], values, names)
        if resource["Type"] == "AWS::IAM::Role":
            resource["Properties"] = secrets(resource["Properties"], named)
            for policy in resource["Properties"].get("Policies", []):
                for statement in policy["PolicyDocument"]["Statement"]:
                    # The batches of SQS have no actions of their own at AWS; ministack asks for such ones.
                    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                    statement["Action"] = actions + [f"{action}Batch" for action in actions if action in BATCHED]
                    # Whose mapping it is, ministack does not say when it asks the policies.
                    if "lambda:FunctionArn" in json.dumps(statement.get("Condition", {})):
                        statement.pop("Condition")
                        # It takes reading one mapping for listing them all.
                        statement["Action"] = [*statement["Action"], "lambda:ListEventSourceMappings"]
        # Bucket, queues and topic refuse what is not TLS, and ministack, which heeds that, is spoken to without it.
        document = resource.get("Properties", {}).get("PolicyDocument")
        if document:
            document["Statement"] = [s for s in document["Statement"] if "aws:SecureTransport" not in json.dumps(s)]
            if not document["Statement"]:
                plain.append(id)
    for id in plain:
        resources.pop(id)
    # The role only of what was left out.
    resources.pop("CodeDeployServiceRole", None)
    template["Resources"] = resources
    template["Conditions"] = numbers(template["Conditions"], values, names)
    template.pop("Rules", None)
    body = resources["HttpApi"]["Properties"].pop("Body")
    resources["HttpApi"]["Properties"] = {"Name": STACK, "ProtocolType": "HTTP"}
    resources["HttpApi"].pop("Metadata", None)
    return template, body


def create(address: str, name: str, template: dict, given: dict[str, str]) -> dict[str, str]:
    """Creates a stack; answers the physical id of each resource."""
    s3, formation = client(address, "s3"), client(address, "cloudformation")
    key = f"{name}.json"
    s3.put_object(Bucket="code", Key=key, Body=json.dumps(template).encode())
    formation.create_stack(
        StackName=name,
        TemplateURL=f"{address}/code/{key}",
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    )

    def ended():
        stack = formation.describe_stacks(StackName=name)["Stacks"][0]
        return stack if not stack["StackStatus"].endswith("IN_PROGRESS") else None

    stack = wait_for(f"the stack {name}", ended, 180)
    if stack["StackStatus"] != "CREATE_COMPLETE":
        events = formation.describe_stack_events(StackName=name)["StackEvents"]
        for event in events:
            if event.get("ResourceStatusReason"):
                print(f"  {event['LogicalResourceId']} {event['ResourceStatus']}: {event['ResourceStatusReason']}")
        raise SystemExit(f"check-deploy: the stack {name} is {stack['StackStatus']}: {stack.get('StackStatusReason', '')}")
    found = formation.list_stack_resources(StackName=name)["StackResourceSummaries"]
    return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in found}


def conditional(template: dict, values: dict[str, str]) -> set[str]:
    """Logical ids that the stack must have, by the template's conditions."""

    def holds(c) -> bool:
        if "Condition" in c:
            return holds(template["Conditions"][c["Condition"]])
        (kind, args), = c.items()
        if kind == "Fn::Equals":
            plain = [str(values.get(a["Ref"]) if isinstance(a, dict) else a) for a in args]
            return plain[0] == plain[1]
        return {"Fn::Not": lambda: not holds(args[0]), "Fn::And": lambda: all(map(holds, args)), "Fn::Or": lambda: any(map(holds, args))}[kind]()

    return {
        id for id, r in template["Resources"].items()
        if "Condition" not in r or holds(template["Conditions"][r["Condition"]])
    }


def routes(address: str, api_id: str, body: dict, resources: dict[str, str], issuer: str, audience: str) -> int:
    """The routes of the API, one by one: ministack does not make them from a body."""
    gateway, functions_ = client(address, "apigatewayv2"), client(address, "lambda")
    authorizer = gateway.create_authorizer(
        ApiId=api_id, AuthorizerType="JWT", Name="Oidc", IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Issuer": issuer, "Audience": [audience]},
    )["AuthorizerId"]
    made = 0
    for path, methods in body["paths"].items():
        for method, spec in methods.items():
            if method == "options":
                continue  # CORS is not applied by ministack at all
            uri = str(spec["x-amazon-apigateway-integration"]["uri"])
            logical = next(id for id in functions() if f"${{{id}" in uri)
            arn = functions_.get_function(FunctionName=resources[logical])["Configuration"]["FunctionArn"]
            integration = gateway.create_integration(
                ApiId=api_id, IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0"
            )["IntegrationId"]
            verb = "ANY" if "any-method" in method else method.upper()
            scopes = [scope for s in spec.get("security", []) for scope in s.get("Oidc", [])]
            secured = {"AuthorizationType": "JWT", "AuthorizerId": authorizer, "AuthorizationScopes": scopes} if scopes else {}
            gateway.create_route(ApiId=api_id, RouteKey=f"{verb} {path}", Target=f"integrations/{integration}", **secured)
            made += 1
    return made


def reserve(address: str, dialer: str, count: int) -> None:
    """The reservation of the template, which ministack leaves out."""
    client(address, "lambda").put_function_concurrency(FunctionName=dialer, ReservedConcurrentExecutions=count)


