"""Writes the collection of requests from the API's document: `make collection`. Postman, Bruno and Insomnia import it."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs/openapi.json"
COLLECTION = Path(__file__).resolve().parent / "switchboard.postman_collection.json"
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
METHODS = ("get", "post", "put", "patch", "delete")
# Objects in objects: deeper ones are left empty.
DEEPEST = 4


def collection(document: dict) -> dict:
    folders: dict[str, list] = {}
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                folders.setdefault(operation["tags"][0], []).append(request(document, path, method, operation))
    return {
        "info": {"name": "Switchboard", "description": document["info"]["description"], "schema": SCHEMA},
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
        "variable": [{"key": "base_url", "value": "http://127.0.0.1:8080"}, {"key": "token", "value": ""}],
        "item": [{"name": name, "item": items} for name, items in sorted(folders.items())],
    }


def request(document: dict, path: str, method: str, operation: dict) -> dict:
    parameters = operation.get("parameters", [])
    segments = [re.sub(r"^\{(.+)\}$", r":\1", part) for part in path.strip("/").split("/")]
    queries = [query(document, p) for p in parameters if p["in"] == "query"]
    raw = "{{base_url}}/" + "/".join(segments)
    if wanted := [q for q in queries if not q["disabled"]]:
        raw += "?" + "&".join(f"{q['key']}={q['value']}" for q in wanted)
    url = {"raw": raw, "host": ["{{base_url}}"], "path": segments}
    if queries:
        url["query"] = queries
    if variables := [p for p in parameters if p["in"] == "path"]:
        url["variable"] = [{"key": p["name"], "value": "", "description": said(p)} for p in variables]
    headers = []
    if method == "post":
        headers.append({"key": "Idempotency-Key", "value": "{{$guid}}", "description": "Sent again with the same key, it happens once."})
    made = {"method": method.upper(), "header": headers, "url": url, "description": said(operation, "summary")}
    if body := operation.get("requestBody", {}).get("content", {}).get("application/json"):
        headers.insert(0, {"key": "Content-Type", "value": "application/json"})
        text = json.dumps(sample(document, body["schema"]), indent=2, ensure_ascii=False)
        made["body"] = {"mode": "raw", "raw": text, "options": {"raw": {"language": "json"}}}
    return {"name": operation["operationId"].replace("_", " "), "request": made}


def said(of: dict, *more: str) -> str:
    return "\n\n".join(of[key].strip() for key in (*more, "description") if of.get(key))


def query(document: dict, parameter: dict) -> dict:
    value = sample(document, parameter.get("schema", {}))
    text = "" if value is None or isinstance(value, (list, dict)) else str(value).lower() if isinstance(value, bool) else str(value)
    return {"key": parameter["name"], "value": text, "description": said(parameter), "disabled": not parameter.get("required", False)}


def sample(document: dict, schema: dict, depth: int = 0):
    """What a value looks like: its example, its default, or what its type says; of objects what is needed."""
    if "$ref" in schema:
        return sample(document, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], depth)
    for known in ("example", "default", "const"):
        if known in schema:
            return schema[known]
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("enum"):
        return schema["enum"][0]
    if parts := schema.get("allOf"):
        found = [sample(document, part, depth) for part in parts]
        merged = {}
        for part in found:
            if isinstance(part, dict):
                merged |= part
        return merged or found[0]
    for either in ("oneOf", "anyOf"):
        if schema.get(either):
            return sample(document, next((s for s in schema[either] if s.get("type") != "null"), {}), depth)
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((k for k in kind if k != "null"), None)
    if kind == "object":
        needed = schema.get("required", []) if depth < DEEPEST else []
        return {name: sample(document, schema["properties"][name], depth + 1) for name in needed}
    if kind == "array":
        return [sample(document, schema["items"], depth + 1)] if schema.get("minItems", 0) > 0 and depth < DEEPEST else []
    if kind in ("integer", "number"):
        return schema.get("minimum", 0)
    if kind == "boolean":
        return False
    if kind == "string":
        return {"date-time": "2026-12-01T09:00:00Z", "date": "2026-12-01"}.get(schema.get("format"), "")
    return None


def written(document: dict) -> str:
    return json.dumps(collection(document), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    COLLECTION.write_text(written(json.loads(DOCUMENT.read_text())))
    print(f"Wrote {COLLECTION.relative_to(ROOT)}.")
