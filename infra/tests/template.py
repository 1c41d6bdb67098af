"""The template as it is written, and as SAM makes CloudFormation of it."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
# The translator tells of its own metrics and features.
logging.getLogger("samtranslator").setLevel(logging.CRITICAL)
REGION, ACCOUNT, STACK = "us-east-1", "000000000000", "switchboard"
NESTED = {"Site": "infra/site.yaml", "SignIn": "infra/sign-in.yaml", "Watching": "infra/watching.yaml"}


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags."""


def _tag(loader: yaml.Loader, suffix: str, node: yaml.Node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", _tag)


def read(path: str = "template.yaml") -> dict:
    return yaml.load((ROOT / path).read_text(), Loader)


def parameters(template: dict, **given: str) -> dict[str, str]:
    """A value for every parameter: what is given, or its default."""
    unknown = set(given) - set(template["Parameters"])
    if unknown:
        raise SystemExit(f"the template has no parameter {', '.join(sorted(unknown))}")
    return {name: str(given.get(name, spec.get("Default", ""))) for name, spec in template["Parameters"].items()}


def translate(**given: str) -> dict:
    """The template as CloudFormation gets it."""
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
    from samtranslator.translator.translator import Translator

    class Policies(ManagedPolicyLoader):
        def __init__(self):
            super().__init__(iam_client=None)

        def load(self):
            return {}

    template = read()
    # As `sam package` does: code and nested templates lie in a bucket.
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            binary = resource["Metadata"]["BuildProperties"]["Binary"]
            resource["Properties"]["CodeUri"] = {"Bucket": "code", "Key": f"{binary}.zip"}
        if resource["Type"] == "AWS::CloudFormation::Stack":
            resource["Properties"]["TemplateURL"] = f"https://code.s3.{REGION}.amazonaws.com/{resource['Properties']['TemplateURL']}"
    template["Globals"]["Function"].pop("CodeUri", None)
    values = parameters(template, **given)
    return Translator(Policies().load(), Parser()).translate(template, values)


def functions(template: dict | None = None) -> dict[str, str]:
    """Binary of each function by its logical id."""
    resources = (template or read())["Resources"]
    return {
        id: resource["Metadata"]["BuildProperties"]["Binary"]
        for id, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


if __name__ == "__main__":
    print(json.dumps(translate(), indent=1, default=str))
