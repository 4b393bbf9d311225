"""The least body each operation of the API takes, made from its description; written out where that is not enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.api.world import HOME

WRITTEN: Mapping[str, Mapping[str, Any]] = {
    "take_file": {
        "files": {"file": ("asiakkaat.csv", b"asiakasnumero;sukunimi\n")}, "data": {"organisation": HOME, "mode": "delta"},
    },
    "take_rows": {
        "content": b"{}", "params": {"organisation": HOME}, "headers": {"content-type": "application/x-ndjson"},
    },
    "take_bank_file": {"files": {"file": ("tiedosto.xml", b"<nothing/>")}},
    "affected_payers": {"params": {"bank": "NDEAFIHH"}},
    "resolve_payers": {
        "content": b"{}", "params": {"organisation": HOME, "payment_reason": "PAIVAHOITO"},
        "headers": {"content-type": "application/x-ndjson"},
    },
    "report_back": {
        "json": {"organisation": HOME, "customer_number": "1", "kind": "dispute_closed", "on": "2026-03-02"},
    },
    "resolve_payer": {"json": {"organisation": HOME, "customer_number": "1", "payment_reason": "PAIVAHOITO"}},
}  # fmt: skip
"""By operation id: what ``httpx`` is to send."""


def body_of(operation: Mapping[str, Any], description: Mapping[str, Any]) -> dict[str, Any]:
    """What to send with a request of an operation."""
    if operation["operationId"] in WRITTEN:
        return dict(WRITTEN[operation["operationId"]])
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        return {"json": least(content["application/json"]["schema"], description)}
    return {}


def least(schema: Mapping[str, Any], description: Mapping[str, Any]) -> Any:
    """The least value a schema takes: its example if it gives one, else what is required and no more."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return least(description["components"]["schemas"][name], description)
    told = [schema[key] for key in ("const", "default") if key in schema]
    told += [schema[key][0] for key in ("examples", "enum") if schema.get(key)]
    if told:
        return told[0]
    for key in ("anyOf", "oneOf", "allOf"):
        if schema.get(key):
            return least(schema[key][0], description)
    return _of_type(schema, description)


def _of_type(schema: Mapping[str, Any], description: Mapping[str, Any]) -> Any:
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            return {name: least(properties[name], description) for name in schema.get("required", ())}
        case "array":
            return [least(schema["items"], description)] * schema.get("minItems", 0)
        case "string":
            return _text(schema)
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return False
    return None


def _text(schema: Mapping[str, Any]) -> str:
    match schema.get("format"):
        case "uuid":
            return "00000000-0000-0000-0000-000000000007"
        case "date":
            return "2026-03-02"
        case "date-time":
            return "2026-03-02T07:00:00Z"
    return HOME if schema.get("title") == "Organisation" else "x" * max(1, schema.get("minLength", 1))
