"""The Rust sources, as far as it matters to rights: functions, what they call, and what they ask of AWS.

The sources are parsed, not compiled. A call is followed to every function that it can mean by its name and the
type that its receiver seems to have; where several remain, all of them are followed. Tests, fakes and examples are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import tree_sitter_rust
from tree_sitter import Language, Node, Parser

ROOT = Path(__file__).resolve().parents[2]
SHARED = ["store", "reconcile", "service"]
PARSER = Parser(Language(tree_sitter_rust.language()))

# SDK operations, by the method that begins the request: what IAM calls them.
OPERATIONS = {
    "get_item": "dynamodb:GetItem",
    "put_item": "dynamodb:PutItem",
    "update_item": "dynamodb:UpdateItem",
    "delete_item": "dynamodb:DeleteItem",
    "query": "dynamodb:Query",
    "scan": "dynamodb:Scan",
    "batch_get_item": "dynamodb:BatchGetItem",
    "batch_write_item": "dynamodb:BatchWriteItem",
    "send_message": "sqs:SendMessage",
    "send_message_batch": "sqs:SendMessage",
    "receive_message": "sqs:ReceiveMessage",
    "delete_message": "sqs:DeleteMessage",
    "delete_message_batch": "sqs:DeleteMessage",
    "get_queue_attributes": "sqs:GetQueueAttributes",
    "change_message_visibility": "sqs:ChangeMessageVisibility",
    "purge_queue": "sqs:PurgeQueue",
    "get_object": "s3:GetObject",
    "head_object": "s3:GetObject",
    "put_object": "s3:PutObject",
    "delete_object": "s3:DeleteObject",
    "delete_objects": "s3:DeleteObject",
    "list_objects_v2": "s3:ListBucket",
    "create_multipart_upload": "s3:PutObject",
    "upload_part": "s3:PutObject",
    "complete_multipart_upload": "s3:PutObject",
    "abort_multipart_upload": "s3:AbortMultipartUpload",
    "invoke": "lambda:InvokeFunction",
    "get_function_concurrency": "lambda:GetFunctionConcurrency",
    "put_function_concurrency": "lambda:PutFunctionConcurrency",
    "delete_function_concurrency": "lambda:DeleteFunctionConcurrency",
    "get_event_source_mapping": "lambda:GetEventSourceMapping",
    "update_event_source_mapping": "lambda:UpdateEventSourceMapping",
    "get_secret_value": "secretsmanager:GetSecretValue",
    "put_secret_value": "secretsmanager:PutSecretValue",
    "create_secret": "secretsmanager:CreateSecret",
    "delete_secret": "secretsmanager:DeleteSecret",
    "post_to_connection": "execute-api:ManageConnections",
    "delete_connection": "execute-api:ManageConnections",
}
# The fields in which clients of the SDK are kept: only what is asked of one of these is a request.
CLIENTS = re.compile(r"(^|[.&(\s])(db|client|(sqs|s3|lambda)(\(\))?)$")
# Parts of a transaction, each with the right that it needs.
TRANSACTION = {
    "put": "dynamodb:PutItem",
    "update": "dynamodb:UpdateItem",
    "delete": "dynamodb:DeleteItem",
    "check": "dynamodb:ConditionCheckItem",
}
CHAINED = {"table_name", "index_name", "queue_url", "key", "function_name", "request_items", "secret_id", "name", "presigned"}


@dataclass
class Call:
    """A call: of a method on a receiver, or of a path."""

    name: str
    receiver: str | None
    path: str | None
    args: list[str]


@dataclass
class Request:
    """A request to AWS: the right, and the expressions that say on what."""

    action: str
    on: dict[str, list[str]]
    line: int


@dataclass
class Fn:
    crate: str
    file: str
    owner: str | None
    trait: str | None
    name: str
    params: list[tuple[str, str]]
    body: str
    lets: dict[str, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"{self.crate}:{self.file}:{self.owner + '::' if self.owner else ''}{self.name}"

    def __hash__(self) -> int:
        return id(self)


def text(node: Node | None) -> str:
    return "" if node is None else node.text.decode()


def is_test(node: Node) -> bool:
    """Whether an attribute before the item keeps it for tests or for another feature."""
    before = node.prev_named_sibling
    while before is not None and before.type in ("attribute_item", "line_comment", "block_comment"):
        said = text(before)
        if before.type == "attribute_item" and re.search(r"cfg\(.*(test|feature)|\btest\]", said):
            return True
        before = before.prev_named_sibling
    return False


def type_name(said: str) -> str:
    """The bare name of a type: `&'a Arc<dyn SecretStore>` is `SecretStore`."""
    said = re.sub(r"'\w+|&|\bmut\b|\bdyn\b|\bimpl\b", " ", said)
    while True:
        inner = re.fullmatch(r"\s*(?:\w+::)*(?:Arc|Box|Option|Mutex|Rc)<(.*)>\s*", said, re.S)
        if inner is None:
            break
        said = inner[1]
    found = re.search(r"(\w+)\s*(?:<.*)?$", said.strip(), re.S)
    return found[1] if found else ""


class Source:
    """Every function of some crates."""

    def __init__(self, function: str | None = None):
        self.functions: list[Fn] = []
        self.fields: dict[tuple[str, str], str] = {}
        for crate in SHARED:
            self.read(ROOT / "shared" / crate / "src", crate)
        if function:
            self.read(ROOT / "functions" / function / "src", function)
        self.by_name: dict[str, list[Fn]] = {}
        for fn in self.functions:
            self.by_name.setdefault(fn.name, []).append(fn)

    def read(self, folder: Path, crate: str) -> None:
        files = sorted(folder.rglob("*.rs"))
        if not files:
            raise SystemExit(f"{folder} has no Rust sources: this test looks in the wrong place")
        for path in files:
            name = str(path.relative_to(folder))
            if re.search(r"(^|/)(tests?|fake|testing)(\.rs|/)", name):
                continue
            self.walk(PARSER.parse(path.read_bytes()).root_node, crate, name, None, None)

    def walk(self, node: Node, crate: str, file: str, owner: str | None, trait: str | None) -> None:
        for child in node.named_children:
            if child.type in ("mod_item", "function_item", "impl_item") and is_test(child):
                continue
            if child.type == "mod_item":
                body = child.child_by_field_name("body")
                if body is not None:
                    self.walk(body, crate, file, owner, trait)
            elif child.type in ("impl_item", "trait_item"):
                of = child.child_by_field_name("type") or child.child_by_field_name("name")
                via = child.child_by_field_name("trait")
                body = child.child_by_field_name("body")
                if body is not None:
                    self.walk(body, crate, file, type_name(text(of)), type_name(text(via)) if via else None)
            elif child.type == "struct_item":
                struct = text(child.child_by_field_name("name"))
                for item in descendants(child, {"field_declaration"}):
                    key = (struct, text(item.child_by_field_name("name")))
                    self.fields[key] = type_name(text(item.child_by_field_name("type")))
            elif child.type == "function_item":
                self.functions.append(function(child, crate, file, owner, trait))


def descendants(node: Node, kinds: set[str]):
    for child in node.named_children:
        if child.type in kinds:
            yield child
        yield from descendants(child, kinds)


def macro_calls(tokens: Node):
    """Calls inside macros, which are not parsed: a name before a parenthesis."""
    for found in re.finditer(r"(?:((?:\w+(?:\(\))?\.)+))?(\w+)\s*\(", text(tokens)):
        receiver = found[1].rstrip(".") if found[1] else None
        yield Call(found[2], receiver, None if receiver else found[2], [])


def function(node: Node, crate: str, file: str, owner: str | None, trait: str | None) -> Fn:
    body = node.child_by_field_name("body")
    params = [
        (text(p.child_by_field_name("pattern")), text(p.child_by_field_name("type")))
        for p in node.child_by_field_name("parameters").named_children
        if p.type == "parameter"
    ]
    fn = Fn(crate, file, owner, trait, text(node.child_by_field_name("name")), params, text(body))
    for let in descendants(body, {"let_declaration"}):
        names = re.findall(r"\b[a-z_]\w*\b", text(let.child_by_field_name("pattern")))
        for name in names:
            fn.lets[name] = fn.lets.get(name, "") + " " + text(let.child_by_field_name("value"))
    for closure in descendants(body, {"for_expression"}):
        for name in re.findall(r"\b[a-z_]\w*\b", text(closure.child_by_field_name("pattern"))):
            fn.lets.setdefault(name, text(closure.child_by_field_name("value")))
    for call in descendants(body, {"call_expression"}):
        read_call(fn, call)
    for macro in descendants(body, {"macro_invocation"}):
        fn.calls.extend(macro_calls(macro))
    # A function that is given to another one, as in `.map(from_item)`.
    for arguments in descendants(body, {"arguments"}):
        for given in arguments.named_children:
            if given.type in ("identifier", "scoped_identifier"):
                said = text(given)
                fn.calls.append(Call(said.split("::")[-1], None, said, []))
    return fn


def read_call(fn: Fn, call: Node) -> None:
    called = call.child_by_field_name("function")
    if called.type == "generic_function":
        called = called.child_by_field_name("function")
    args = [text(a) for a in call.child_by_field_name("arguments").named_children if "comment" not in a.type]
    if called.type == "field_expression":
        name, receiver = text(called.child_by_field_name("field")), text(called.child_by_field_name("value"))
        if name in OPERATIONS and CLIENTS.search(re.sub(r"\s+", "", receiver)):
            fn.requests.append(request(call, OPERATIONS[name], fn))
            return
        fn.calls.append(Call(name, receiver, None, args))
    elif called.type in ("identifier", "scoped_identifier"):
        said = text(called)
        fn.calls.append(Call(said.split("::")[-1], None, said, args))


def request(call: Node, action: str, fn: Fn) -> Request:
    """A request with what its builder is told, up to `send`."""
    on: dict[str, list[str]] = {}
    node = call
    while node.parent is not None and node.parent.type == "field_expression":
        name = text(node.parent.child_by_field_name("field"))
        above = node.parent.parent
        if above is None or above.type != "call_expression":
            break
        if name in CHAINED:
            args = above.child_by_field_name("arguments").named_children
            on.setdefault(name, []).extend(text(a) for a in args)
        node = above
    return Request(action, on, call.start_point[0] + 1)
