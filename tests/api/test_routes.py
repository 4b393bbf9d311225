"""Every route names one action, every action has a route; the description is whole and quiet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs

from rekisteri.access import Action
from tests.api.world import a_world

WITHOUT_ACTION = {"/health"}
BY_COMMAND_ALONE = {
    Action.SUBJECT_IDENTIFY.policy.name,
    Action.SELF_READ.policy.name,
    Action.RETENTION_RUN.policy.name,
    Action.SELF_PROTECTED.policy.name,
    Action.SELF_STATE.policy.name,
    Action.SELF_REPRESENT.policy.name,
    Action.CORRECTION_COMPARE.policy.name,
    Action.SELF_ASK.policy.name,
    Action.SELF_PACKAGE.policy.name,
    Action.REGISTER_UPKEEP.policy.name,
    Action.REGISTER_BACKUP.policy.name,
    Action.REGISTER_RESTORE.policy.name,
    Action.CONNECTION_READ.policy.name,
    Action.CONNECTION_OPEN.policy.name,
    Action.AUDIT_VERIFY.policy.name,
    Action.SIGNAL_SWEEP.policy.name,
    Action.KEYS_READ.policy.name,
    Action.KEYS_TURN.policy.name,
    Action.BANK_EXCHANGE.policy.name,
    Action.DIRECTORY_IMPORT.policy.name,
    Action.DIRECTORY_READ.policy.name,
    Action.FEED_GATHER.policy.name,
    Action.FEED_DELIVER.policy.name,
    Action.FEED_SECRET.policy.name,
    Action.BANK_FORGET.policy.name,
}
"""Done by a command on the machine (`rekisteri nightly`, `connection`, `keys`, `bank exchange`, `feeds run`) or by the data subject's own pages."""
EARLIER = {"/customers/{party_id}"}


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_route_names_one_action_and_every_action_has_a_route(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        description = world.client.get("/openapi.json").json()
    named = {(path, method): operation.get("x-action") for path, method, operation in operations(description)}
    assert {path for (path, _), action in named.items() if action is None} == WITHOUT_ACTION
    known = {action.policy.name for action in Action}
    assert {action for action in named.values() if action} == known - BY_COMMAND_ALONE
    names = [operation.get("operationId") for _, _, operation in operations(description)]
    assert len(set(names)) == len(names), "a client's programmer calls operations by their ids: each has its own"
    again = {path for path, _, operation in operations(description) if "x-action-as-of" in operation}
    assert again == EARLIER


def test_every_guarded_route_asks_for_a_token_and_for_a_purpose_where_customers_are_touched(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        description = world.client.get("/openapi.json").json()
    for path, method, operation in operations(description):
        if operation.get("x-action") in (None, "session:open"):
            continue
        assert operation["security"] == [{"bearer": []}], (path, method)
        headers = {one["name"]: one["required"] for one in operation["parameters"] if one["in"] == "header"}
        topic = operation["x-action"].partition(":")[0]
        named = {"customer", "work", "import", "audit", "vtj", "payer", "bank"}
        assert headers["Rekisteri-Purpose"] is (topic in named), path


def test_identity_codes_have_no_place_in_addresses(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        description = world.client.get("/openapi.json").json()
    for path, _, operation in operations(description):
        for parameter in operation.get("parameters", ()):
            if parameter["in"] in ("path", "query"):
                assert parameter["name"] not in {"hetu", "ytunnus", "text"}, path


def test_the_description_is_openapi_3_1_with_every_problem_in_one_shape(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        description = world.client.get("/openapi.json").json()
    assert description["openapi"].startswith("3.1")
    for name in description["components"]["schemas"]:
        whole = {"components": description["components"], "$ref": f"#/components/schemas/{name}"}
        jsonschema_rs.validator_for(whole)
    for path, _, operation in operations(description):
        if path in WITHOUT_ACTION:
            continue
        problem = operation["responses"]["4XX"]["content"]["application/problem+json"]["schema"]
        assert problem == {"$ref": "#/components/schemas/Problem"}
        assert operation["summary"]
