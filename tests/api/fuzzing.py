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

from rekisteri import access, api, oversight, wiring
from rekisteri.access import Action
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground import postgres
from rekisteri.rights import HOUSE_FILE
from tests.api.bodies import body_of
from tests.api.world import OTHER, World, a_world, row, with_codes
from tests.web.browsing import HOUSE

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
    first, second, third = with_codes(3)
    batch = world.bring([row(1, first), row(2, second, osoite_postinumero="1"), row(3, third)])["id"]
    world.bring([row(9, first, sukunimi="Aivantoinen", etunimet="Nimi Vieras")], organisation=OTHER)
    work = world.client.get("/work", headers=world.headers(Role.MAINTAINER)).json()["items"][0]["id"]
    party = world.customer(first.hetu)
    return {"party_id": party, "batch_id": batch, "work_id": work, **lived_in(world, party, world.customer(third.hetu))}


def lived_in(world: World, party: str, other: str) -> dict[str, str]:
    """What an office has after a while, so that answers are met and not misses alone: one of each thing, by its id.

    The ``other`` customer's processing is restricted, which withholds almost everything of them.
    """
    (world.register.settings.home / HOUSE_FILE).write_text(HOUSE, "utf-8")
    description = world.client.get("/openapi.json").json()

    def does(by: Role, path: str, /, *, case: str | None = None, of: str = "", **more: Any) -> dict[str, Any]:
        least = body_of(description["paths"][of or path]["post"], description).get("json") or {}
        headers = world.headers(by) | ({"Rekisteri-Case": case} if case else {})
        answer = world.client.post(path, json={**least, **more}, headers=headers)
        assert answer.is_success, (path, answer.text)
        return dict(answer.json()) if answer.content else {}

    def sees(role: Role, path: str, of: str) -> str:
        return str(world.client.get(path, headers=world.headers(role)).json()[of][0]["id"])

    does(Role.MAINTAINER, "/payers/reasons")
    receipt = does(Role.MAINTAINER, "/payers/resolve")["receipt"]["id"]
    request = does(Role.MAINTAINER, "/requests", customer=party)["id"]
    does(Role.MAINTAINER, f"/requests/{request}/identity", of="/requests/{request_id}/identity", by="passport")
    wished = does(Role.MAINTAINER, "/requests", customer=other, kind="restriction")["id"]
    does(Role.MAINTAINER, f"/requests/{wished}/identity", of="/requests/{request_id}/identity", by="passport")
    restriction = does(Role.OFFICER, f"/requests/{wished}/restriction", of="/requests/{request_id}/restriction")["id"]
    hold = does(Role.OFFICER, "/holds", customer=party)["id"]
    disclosure = does(Role.MAINTAINER, "/disclosures", items=["surname"], customers=[party])["id"]
    emergency = does(Role.INVOICER, "/emergencies", case="UL-1", role="maintainer")["id"]
    does(Role.OFFICER, "/notice/versions")
    does(Role.OFFICER, "/signals/canaries", party_id=party)
    world.client.get(f"/customers/{party}", headers=world.headers(Role.COLLECTOR))
    world.register.log.seal()
    with world.register.door.write(wiring.overseer(), Action.SIGNAL_SWEEP, Purpose.ADMINISTRATION) as tx:
        oversight.sweep(tx)
    return {
        "receipt_id": receipt, "request_id": request, "restriction_id": restriction, "hold_id": hold,
        "disclosure_id": disclosure, "emergency_id": emergency, "signal_id": sees(Role.OFFICER, "/signals", "signals"),
        "event_id": sees(Role.AUDITOR, "/audit/events", "events"),
        "grant_id": sees(Role.ADMINISTRATOR, "/accounts/auditor/grants", "grants"),
        "handle": f"integration.{OTHER}", "item": "phone", "code": OTHER,
    }  # fmt: skip


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
        """A well-formed id becomes one that is there, and so does every other name."""
        for name, real in ids.items():
            given = (path_parameters or {}).get(name)
            if path_parameters and given is not None and (_is_id(given) if _is_id(real) else len(str(given)) % 2):
                path_parameters[name] = real
        return path_parameters

    @schema.hook
    def map_body(_context: object, body: Any) -> Any:
        """A well-formed id of a customer becomes that of one who is there."""
        for name in ("customer", "party", "party_id") if isinstance(body, dict) else ():
            if _is_id(body.get(name)):
                body[name] = ids["party_id"]
        return body

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
