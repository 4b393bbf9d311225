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
from tests.api.fuzzing import real_ids
from tests.api.world import World, a_world

EXAMPLES = 2
ENDING = ("session", "password", "token")
"""What may end the session that the others need comes last."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def operations(world: World) -> Iterator[Any]:
    faces = Starlette(routes=[Mount(api.PREFIX, world.client.app)])
    schema = schemathesis.openapi.from_asgi(f"{api.PREFIX}/openapi.json", faces)
    found = [result.ok() for result in schema.get_all_operations()]
    return iter(sorted(found, key=lambda one: any(word in one.path for word in ENDING)))


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
