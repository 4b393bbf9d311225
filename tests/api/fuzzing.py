"""The whole API against its description, every phase of schemathesis, each role in turn: ``make fuzz``.

``python -m tests.api.fuzzing --examples 30`` makes a register of its own with customers, works through examples,
coverage, fuzzing and stateful sequences as each role and as nobody, and ends with 1 where the register failed, broke
its description, or let somebody in who had not signed in.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import schemathesis
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount

from rekisteri import access, api
from rekisteri.catalogue import Role
from rekisteri.ground import postgres
from tests.api.world import OTHER, World, a_world, row, with_codes

PHASES = ("examples", "coverage", "fuzzing", "stateful")
ENDING = ("session", "password", "token", "disable")
"""What may end the sign-in that the others need is worked through last."""
WITHOUT = {
    "positive_data_acceptance": "a well-formed question may still name nobody, and is then refused by the trade's own rules",
    "negative_data_rejection": "takes a text where a text of another form was meant for a breach; forms are judged in 422",
    "unsupported_method": "the framework tells 405 with Allow of one route where two share an address",
    "allow_header_conformance": "the same",
}
"""Checks left out, and why."""
CASES_GOAL = 10_000


@dataclass(slots=True)
class Met:
    """What a run met: cases by phase, answers by status, failures with how to send them again."""

    cases: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    answered: dict[str, set[int]] = field(default_factory=dict)
    checks: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, other: Met) -> None:
        """Take in another run."""
        self.cases += other.cases
        self.statuses += other.statuses
        self.checks += other.checks
        self.failures |= other.failures
        for label, statuses in other.answered.items():
            self.answered.setdefault(label, set()).update(statuses)

    @property
    def never(self) -> list[str]:
        """Operations that were asked and never answered with success."""
        return sorted(label for label, statuses in self.answered.items() if not any(one < 300 for one in statuses))


@schemathesis.serializer("application/x-ndjson")
def as_lines(_context: object, value: object) -> bytes:
    """A generated text as the body it is."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def real_ids(world: World) -> dict[str, str]:
    """Ids that are there, so that more than misses is met."""
    first, second = with_codes(2)
    batch = world.bring([row(1, first), row(2, second, osoite_postinumero="1")])["id"]
    world.bring([row(9, first, sukunimi="Aivantoinen", etunimet="Nimi Vieras")], organisation=OTHER)
    work = world.client.get("/work", headers=world.headers(Role.MAINTAINER)).json()["items"][0]["id"]
    return {"party_id": world.customer(first.hetu), "batch_id": batch, "work_id": work}


def run(
    world: World,
    headers: Mapping[str, str],
    ids: Mapping[str, str],
    *,
    examples: int,
    phases: tuple[str, ...] = PHASES,
    seed: int = 1,
    only: str | None = None,
) -> Met:
    """Work through the whole API with these headers; what may end the sign-in last."""
    met = Met()
    paths = world.client.app.openapi()["paths"]  # type: ignore[attr-defined]
    wanted = [path for path in paths if only is None or re.search(only, path)]
    ending = [path for path in wanted if any(word in path for word in ENDING)]
    for some in ([path for path in wanted if path not in ending], ending):
        if some:
            schema = _schema(world, headers, ids, examples, phases, seed)
            met.add(_gathered(schema.include(path=some)))
    return met


def _schema(
    world: World, headers: Mapping[str, str], ids: Mapping[str, str], examples: int, phases: tuple[str, ...], seed: int
) -> Any:
    config = SchemathesisConfig.from_dict(
        {
            "headers": dict(headers),
            "seed": seed,
            "continue-on-failure": True,
            "suppress-health-check": ["all"],
            "generation": {"max-examples": examples, "database": "none", "no-shrink": True, "allow-x00": True},
            "phases": {name: {"enabled": name in phases} for name in PHASES},
            "checks": {name: {"enabled": False} for name in WITHOUT},
        }
    )
    faces = Starlette(routes=[Mount(api.PREFIX, world.client.app)], exception_handlers={HTTPException: api.of_http})
    schema = schemathesis.openapi.from_asgi(f"{api.PREFIX}/openapi.json", faces, config=config)

    @schema.hook
    def map_path_parameters(_context: object, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
        """A well-formed id becomes one that is there."""
        for name, real in ids.items():
            if path_parameters and name in path_parameters and _is_id(path_parameters[name]):
                path_parameters[name] = real
        return path_parameters

    return schema


def _is_id(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True


def _gathered(schema: Any) -> Met:
    met = Met()
    for event in engine.from_schema(schema).execute():
        match event:
            case events.ScenarioFinished(phase=phase, recorder=recorder):
                _take(met, phase.value, recorder)
            case events.NonFatalError(label=label, value=error):
                met.failures[f"{label} error"] = f"{type(error).__name__}: {error}"
            case events.FatalError(exception=error):
                raise error
    return met


def _take(met: Met, phase: str, recorder: Any) -> None:
    for case_id, node in recorder.cases.items():
        interaction = recorder.interactions.get(case_id)
        if interaction is None or interaction.response is None:
            continue
        status = interaction.response.status_code
        met.cases[phase] += 1
        met.statuses[status] += 1
        met.answered.setdefault(node.value.operation.label, set()).add(status)
        for check in recorder.checks.get(case_id, ()):
            met.checks[check.name] += 1
            if check.failure_info is not None:
                failure = check.failure_info.failure
                name = f"{node.value.operation.label} {check.name} {status}"
                met.failures.setdefault(name, f"{failure.title}: {failure.message}\n{check.failure_info.code_sample}")


def main() -> int:
    """The run, told on the screen; 1 where anything failed or too few cases were met."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=15, help="Generated examples an operation, role and phase.")
    parser.add_argument("--role", action="append", help="A role, or nobody; all by default.")
    parser.add_argument("--phase", action="append", choices=PHASES, help="A phase; all by default.")
    parser.add_argument("--only", help="Addresses that hold this regular expression.")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    wanted = asked.role or [*(role.value for role in access.ACCOUNT_ROLES), "nobody"]
    whole = Met()
    for name in wanted:
        with _a_world() as world:
            headers = {} if name == "nobody" else world.headers(Role(name))
            met = run(
                world, headers, real_ids(world), examples=asked.examples, phases=tuple(asked.phase or PHASES),
                seed=asked.seed, only=asked.only,
            )  # fmt: skip
        _tell(name, met)
        whole.add(met)
    _tell("all", whole)
    _say("never answered with success: " + (", ".join(whole.never) or "none"))
    enough = bool(asked.role or asked.phase or asked.only) or sum(whole.cases.values()) >= CASES_GOAL
    return 0 if enough and not whole.failures else 1


def _tell(name: str, met: Met) -> None:
    phases = ", ".join(f"{phase} {count}" for phase, count in sorted(met.cases.items()))
    statuses = ", ".join(f"{status}: {count}" for status, count in sorted(met.statuses.items()))
    _say(f"{name}: {sum(met.cases.values())} cases ({phases}); answers {statuses}; failures {len(met.failures)}")
    for failed, how in sorted(met.failures.items()) if name != "all" else ():
        _say(f"FAILED {failed}\n{how}\n")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@contextmanager
def _a_world() -> Iterator[World]:
    with tempfile.TemporaryDirectory(prefix="rekisteri-fuzz-", dir=_fast_folder()) as folder:
        server = postgres.start(Path(folder) / "postgresql", durable=False)
        try:
            with a_world(server.url, Path(folder)) as world:
                yield world
        finally:
            server.stop()


def _fast_folder() -> str | None:
    return "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112


if __name__ == "__main__":
    raise SystemExit(main())
