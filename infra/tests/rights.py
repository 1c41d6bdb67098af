"""What each function's code can ask of AWS, derived from its sources.

`derive("dialer", environment)` answers the set of (action, resource) with resources as the template names them:
`table/CallsTable`, `index/CallsTable/by-time`, `queue/DialQueue`, `bucket/uploads/*`, `function/DialerFunction` ...
A request whose resource comes from a setting that the template does not give to the function is never made.
"""

from __future__ import annotations

import re
from functools import cache

from source import TRANSACTION, Call, Fn, Source

TABLES = {f"{name}_table": f"{name.capitalize()}Table" for name in ("calls", "campaigns", "contacts", "agents", "system")}
# Settings of the store, the variable that carries each, and what it points to.
QUEUES = {
    "dial_queue_url": ("DIAL_QUEUE_URL", "DialQueue"),
    "dead_letter_queue_url": ("DEAD_LETTER_QUEUE_URL", "DialDeadLetterQueue"),
    "failed_events_queue_url": ("FAILED_EVENTS_QUEUE_URL", "FailedEventsQueue"),
    "event_queue_url": ("EVENT_QUEUE_URL", "EventQueue"),
}
FUNCTIONS = {
    "dialer_function": ("DIALER_FUNCTION", "DialerFunction"),
    "scheduler_function": ("SCHEDULER_FUNCTION", "CampaignSchedulerFunction"),
    "sync_function": ("SYNC_FUNCTION", "ConversationSyncFunction"),
    "exporter_function": ("EXPORTER_FUNCTION", "CallExporterFunction"),
    "parser_function": ("PARSER_FUNCTION", "UploadParserFunction"),
    "receptionist_function": ("RECEPTIONIST_FUNCTION", "ReceptionistFunction"),
}
SECRETS = {"ELEVENLABS_SECRET_ARN": "ElevenlabsSecret", "ULTRAVOX_SECRET_ARN": "UltravoxSecret", "TWILIO_SECRET_ARN": "TwilioSecret", "OPENAI_SECRET_ARN": "OpenaiSecret"}
# Keys of files, by the function that makes them and by the field that keeps one.
KEYS = {
    "upload_key": "uploads/*",
    "rejected_key": "rejected/*",
    "recording_key": "recordings/*",
    "export_key": "exports/*",
    "report_key": "exports/*",
    "webhook_key": "webhooks/*",
    "body_key": "webhooks/*",
}
# Methods of the language that share a name with some of ours: followed only where the receiver says so.
STORES = {"Store", "FileStore", "Functions", "PartsUpload"}
RECEIVERS = [
    (re.compile(r"(files\(\)|\bfiles)$"), {"FileStore"}),
    (re.compile(r"(functions\(\)|\bfunctions)$"), {"Functions"}),
    (re.compile(r"\bstore(\(\))?$"), {"Store"}),
    (re.compile(r"\b(parts|upload)(\.as_mut\(\)\?)?$"), {"PartsUpload"}),
]
# Traits of crates that are not read here: whoever has one of their implementations may be asked any time.
CALLED_FROM_OUTSIDE = {"ApiKeySource"}
# The same where a function has this setting: whoever asks platforms has the secret of every one of them.
CALLED_WITH = {"OwnRecords": "ULTRAVOX_SECRET_ARN"}
# What stands behind a trait when a function runs deployed.
BEHIND = {"SecretStore": {"SecretsManager"}, "NamedSecrets": {"SecretsManagerNames"}, "LiveConnections": {"GatewayConnections"}}

Right = tuple[str, str]


class Derivation:
    def __init__(self, function: str, environment: set[str]):
        self.function, self.environment = function, environment
        self.source = Source(function)
        self.unknown: set[str] = set()

    def rights(self) -> set[Right]:
        found: set[Right] = set()
        outside = CALLED_FROM_OUTSIDE | {trait for trait, setting in CALLED_WITH.items() if setting in self.environment}
        roots = [fn for fn in self.source.functions if fn.crate == self.function or fn.trait in outside]
        if not roots:
            raise SystemExit(f"functions/{self.function} has no functions")
        reached = self.reach(roots)
        self.needed_by: dict[Right, Fn] = {}
        for fn in reached:
            here = set().union(*(self.of_request(fn, r) for r in fn.requests), *(self.of_transaction(fn, c) for c in fn.calls))
            for right in here:
                self.needed_by.setdefault(right, fn)
            found |= here
        self.reached = reached
        return found

    # ------------------------------------------------------------ who calls whom

    def reach(self, roots: list[Fn]) -> list[Fn]:
        seen: dict[Fn, None] = dict.fromkeys(roots)
        self.via: dict[Fn, Fn] = {}
        self.callers: dict[Fn, list[tuple[Fn, Call]]] = {}
        waiting = list(roots)
        while waiting:
            fn = waiting.pop()
            for call in fn.calls:
                for called in self.meant(fn, call):
                    self.callers.setdefault(called, []).append((fn, call))
                    if called not in seen:
                        seen[called] = None
                        self.via[called] = fn
                        waiting.append(called)
        return list(seen)

    def meant(self, fn: Fn, call: Call) -> list[Fn]:
        """Every function that a call can mean."""
        named = self.source.by_name.get(call.name, [])
        # A function crate sees itself and what is shared, never the other way round.
        if fn.crate in ("store", "reconcile", "service"):
            named = [f for f in named if f.crate != self.function]
        if fn.crate == "store":
            named = [f for f in named if f.crate == "store"]
        if not named:
            return []
        if call.path is not None:
            return self.by_path(fn, call, named)
        types = self.types(fn, call.receiver or "")
        methods = [f for f in named if f.owner is not None]
        if types is None:
            # Nothing is known of the receiver: everything but the stores, unless only they have such a method.
            if call.name in COMMON:
                return []
            others = [f for f in methods if f.owner not in STORES]
            return others or methods
        return [f for f in methods if f.owner in types or f.trait in types]

    def by_path(self, fn: Fn, call: Call, named: list[Fn]) -> list[Fn]:
        parts = call.path.split("::")
        if len(parts) == 1:
            return [f for f in named if f.owner is None]
        before = re.sub(r"<.*", "", parts[-2])
        if before == "Self":
            return [f for f in named if f.owner == fn.owner]
        if before[:1].isupper():
            return [f for f in named if before in (f.owner, f.trait)]
        module = before.removeprefix("switchboard_")
        loose = [f for f in named if f.owner is None]
        within = [f for f in loose if module in (f.crate, f.file.split("/")[-1].removesuffix(".rs"), *f.file.split("/")[:-1])]
        return within or (loose if module in ("super", "crate", "self") else [])

    def types(self, fn: Fn, receiver: str) -> set[str] | None:
        """Types that a receiver may have; none when nothing says so."""
        bare = re.sub(r"\s+", "", receiver)
        bare = re.sub(r"(\.clone\(\)|\.await|\?|\.as_ref\(\))+$", "", bare)
        if bare == "self":
            return {t for t in (fn.owner, fn.trait) if t}
        # A field of the function's own type, also under its own name, as `if let Some(store) = &self.store` has it.
        if found := re.fullmatch(r"&?(?:self\.)?(\w+)", bare):
            said = self.source.fields.get((fn.owner or "", found[1]))
            bound = fn.lets.get(found[1], "").strip()
            if said and (bare.startswith("self.") or bound in ("", f"&self.{found[1]}", f"self.{found[1]}")):
                return BEHIND.get(said, {said})
        for pattern, types in RECEIVERS:
            if pattern.search(bare):
                return types
        if found := re.fullmatch(r"&?(\w+)", bare):
            for name, said in fn.params:
                if re.search(rf"\b{found[1]}\b", name):
                    from source import type_name

                    said = type_name(said)
                    return BEHIND.get(said, {said})
        if bare in fn.lets:
            return None  # a local of the same name as a field somewhere
        if found := re.search(r"(?:^|\.)(\w+)$", bare):
            kinds = {said for (_, name), said in self.source.fields.items() if name == found[1]}
            owners = {f.owner for f in self.source.functions}
            if kinds and kinds <= owners | set(BEHIND):
                return set().union(*(BEHIND.get(kind, {kind}) for kind in kinds))
        return None

    def why(self, fn: Fn) -> str:
        """How a function is reached, for whoever wonders at a right."""
        way = [fn.label]
        while fn in self.via:
            fn = self.via[fn]
            way.append(fn.label)
        return " <- ".join(way)

    # ------------------------------------------------------------ on what

    def of_request(self, fn: Fn, request) -> set[Right]:
        service = request.action.split(":")[0]
        if service == "dynamodb":
            tables = self.tables(fn, " ".join(request.on.get("table_name") or request.on.get("request_items") or ["table"]))
            if "index_name" not in request.on:
                return {(request.action, f"table/{t}") for t in tables}
            indexes = self.indexes(fn, request.on["index_name"][0])
            return {(request.action, f"index/{t}/{i}") for t in tables for i in indexes if (t, i) in self.known_indexes}
        if service == "sqs":
            return {(request.action, f"queue/{q}") for q in self.settings(fn, request.on["queue_url"][0], QUEUES)}
        if service == "s3":
            keys = self.keys(fn, request.on["key"][0])
            rights = {(request.action, f"bucket/{key}") for key in keys}
            if request.action == "s3:GetObject" and "presigned" not in request.on:
                rights.add(("s3:ListBucket", "bucket"))  # without it, a file that is not there looks forbidden
            return rights
        if service == "execute-api":
            return {(request.action, "connections/LiveApi")} if "LIVE_ENDPOINT" in self.environment else set()
        if service == "lambda":
            if "EventSourceMapping" in request.action:
                return {(request.action, "mapping/DialerFunction")} if "DIALER_MAPPING_ID" in self.environment else set()
            return {(request.action, f"function/{f}") for f in self.settings(fn, request.on["function_name"][0], FUNCTIONS)}
        if fn.owner == "SecretsManager":
            return {(request.action, f"secret/{s}") for v, s in SECRETS.items() if v in self.environment}
        return {(request.action, "secret/event-targets/*")} if "EVENT_SECRETS_PREFIX" in self.environment else set()

    def of_transaction(self, fn: Fn, call: Call) -> set[Right]:
        action = TRANSACTION.get(call.name)
        if action is None or call.receiver is None or len(call.args) < 3 or fn.crate != "store":
            return set()
        if not re.search(r"\b(tx|transaction)$", call.receiver):
            return set()
        return {(action, f"table/{t}") for t in self.tables(fn, call.args[1])}

    def tables(self, fn: Fn, said: str) -> set[str]:
        found = self.resolved(fn, said, lambda s: {TABLES[m] for m in re.findall(r"config\s*\.(\w+_table)\b", s)})
        if not found:
            self.unknown.add(f"{fn.label}: no table in `{said}`")
        return found

    def indexes(self, fn: Fn, said: str) -> set[str]:
        literal = lambda s: set(re.findall(r'"(by-[a-z-]+)"', s))  # noqa: E731
        found = literal(said) or self.resolved(fn, said.split(".")[0], literal)
        if not found:
            self.unknown.add(f"{fn.label}: no index in `{said}`")
        return found

    def settings(self, fn: Fn, said: str, which: dict) -> set[str]:
        def read(s: str) -> set[str]:
            names = re.findall(r"config\s*\.(\w+)\b", s)
            for helper in re.findall(r"self\s*\.(\w+)\(", s):
                for other in self.source.by_name.get(helper, []):
                    if other.owner == fn.owner and other.crate == fn.crate:
                        names += re.findall(r"config\s*\.(\w+)\b", other.body)
            return {which[n][1] for n in names if n in which}

        found = self.resolved(fn, said, read)
        if not found:
            self.unknown.add(f"{fn.label}: no setting in `{said}`")
        given = {logical for variable, logical in which.values() if variable in self.environment}
        return found & given

    def keys(self, fn: Fn, said: str) -> set[str]:
        def read(s: str) -> set[str]:
            return {KEYS[m] for m in re.findall(r"\b(\w+_key)\b", s) if m in KEYS}

        found = self.resolved(fn, said, read)
        if not found:
            self.unknown.add(f"{fn.label}: no key in `{said}`")
        return found

    def resolved(self, fn: Fn, said: str, read) -> set[str]:
        """What an expression comes from: itself, what it was bound to, or what callers give."""
        found: set[str] = set()
        seen: set[tuple[int, str]] = set()
        waiting = [(fn, said)]
        while waiting:
            at, expression = waiting.pop()
            if (id(at), expression) in seen:
                continue
            seen.add((id(at), expression))
            direct = read(expression)
            found |= direct
            if direct:
                continue
            if of_self := re.fullmatch(r"&?self\.(\w+)(?:\.clone\(\))?", expression.strip()):
                # A field: whatever any function of its type's file puts there.
                for other in self.source.functions:
                    if other.crate == at.crate and other.file == at.file:
                        for value in re.findall(rf"\b{of_self[1]}\s*(?::\s*([^,}}\n]+))?[,}}\n]", other.body):
                            waiting.append((other, value or of_self[1]))
                continue
            for name in re.findall(r"(?<![.\w\"])([a-z_]\w*)\b(?!\s*\()", expression):
                if name in at.lets:
                    waiting.append((at, at.lets[name]))
                names = [p[0].removeprefix("mut ") for p in at.params]
                if name in names:
                    index = names.index(name)
                    for caller, call in self.callers.get(at, []):
                        if index < len(call.args):
                            waiting.append((caller, call.args[index]))
                        else:
                            # Inside a macro, whose arguments are not parsed: all that its function names.
                            found |= read(caller.body)
                elif re.search(rf"\|[^|]*\b{name}\b[^|]*\|", at.body):
                    # What a closure is given: all that its function names.
                    found |= read(at.body)
            for helper in self.helpers(at, expression):
                found |= read(helper.body)
        return found

    def helpers(self, at: Fn, expression: str, depth: int = 2) -> list[Fn]:
        """Functions of the same file that an expression calls, and those that these call."""
        named = re.findall(r"(?<![.\w:])(\w+)\(", expression)
        here = [f for name in named for f in self.source.by_name.get(name, []) if (f.crate, f.file) == (at.crate, at.file)]
        if depth > 1:
            here += [further for helper in here if helper is not at for further in self.helpers(helper, helper.body, depth - 1)]
        return here

    known_indexes: set[tuple[str, str]] = set()


# Names of the standard library's methods, which say nothing of who is meant.
COMMON = {
    "new", "get", "insert", "push", "len", "clone", "iter", "next", "read", "write", "put", "size", "finish", "start",
    "send", "build", "find", "create", "delete", "map", "take", "remove", "update", "check", "abort", "partition", "dialer", "write_all",
}


@cache
def derive(function: str, environment: frozenset[str], indexes: frozenset[tuple[str, str]]) -> tuple[set[Right], set[str], Derivation]:
    Derivation.known_indexes = set(indexes)
    derivation = Derivation(function, set(environment))
    found = derivation.rights()
    return found, derivation.unknown, derivation
