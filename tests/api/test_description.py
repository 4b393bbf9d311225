"""The whole description against the whole API, for each role: no failure, no broken shape, no ignored sign-in."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import content_type_conformance, not_a_server_error
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.applications import Starlette
from starlette.routing import Mount

from rekisteri import api
from rekisteri.catalogue import Role
from tests.api.world import OTHER, World, a_world, row, with_codes

EXAMPLES = 8
ENDING = ("session", "password", "token")
"""What may end the session that the others need comes last."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@schemathesis.serializer("application/x-ndjson")
def as_lines(_context: object, value: object) -> bytes:
    """A generated text as the body it is."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def operations(world: World) -> Iterator[Any]:
    faces = Starlette(routes=[Mount(api.PREFIX, world.client.app)])
    schema = schemathesis.openapi.from_asgi(f"{api.PREFIX}/openapi.json", faces)
    found = [result.ok() for result in schema.get_all_operations()]
    return iter(sorted(found, key=lambda one: any(word in one.path for word in ENDING)))


def real_ids(world: World) -> dict[str, str]:
    """Ids that are there, so that more than misses is met."""
    first, second = with_codes(2)
    batch = world.bring([row(1, first), row(2, second, osoite_postinumero="1")])["id"]
    world.bring([row(9, first, sukunimi="Aivantoinen", etunimet="Nimi Vieras")], organisation=OTHER)
    work = world.client.get("/work", headers=world.headers(Role.MAINTAINER)).json()["items"][0]["id"]
    return {"party_id": world.customer(first.hetu), "batch_id": batch, "work_id": work}


ACCOUNTS = sorted(set(Role) - {Role.SUBJECT})
"""A data subject has no account; what they may ask is tested where they sign in."""


@pytest.mark.parametrize("role", ACCOUNTS)
def test_the_api_keeps_its_description_whatever_a_role_sends(role: Role, database_url: str, tmp_path: Path) -> None:
    warnings.simplefilter("ignore")
    with a_world(database_url, tmp_path) as world:
        ids = real_ids(world)
        headers = world.headers(role)
        met: set[int] = set()
        for operation in operations(world):
            strategy = operation.as_strategy()

            @settings(
                max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(case=strategy)
            def keeps(case: Any) -> None:
                for name, real in ids.items():
                    if name in (case.path_parameters or {}):
                        case.path_parameters[name] = real
                answer = case.call(headers=headers)
                met.add(answer.status_code)
                case.validate_response(answer, checks=CHECKS)

            keeps()
        assert met >= {200, 422}


def test_no_route_answers_without_sign_in(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        for operation in operations(world):
            if "security" not in operation.definition.raw:
                continue

            @settings(
                max_examples=2, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(case=operation.as_strategy())
            def guarded(case: Any) -> None:
                for headers in ({}, {"Authorization": "Bearer invented"}):
                    answer = case.call(headers=headers)
                    assert answer.status_code == 401, (case.path, answer.status_code)
                case.validate_response(answer, checks=[ignored_auth])

            guarded()
