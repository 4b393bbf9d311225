"""VTJ's change interface for tests: a nation that lives on, its server, and a register that follows it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from rekisteri.access import Action, Viewer
from rekisteri.catalogue import Purpose, Role, SourceKind
from rekisteri.simulators.serving import Outsider, Tls, serving
from rekisteri.simulators.vtj_changes import PREFIX, ChangeService
from rekisteri.simulators.vtj_life import Nation
from rekisteri.simulators.vtj_people import Citizen, citizens
from rekisteri.simulators.vtj_query import CLIENT
from rekisteri.sources.vtj import follow_store
from rekisteri.sources.vtj.client_changes import ChangesSetup
from rekisteri.sources.vtj.follow import Following, Kind, Report
from rekisteri.sources.vtj.follow import follow as run_follow
from rekisteri.sources.vtj.follow import release as run_release
from tests.builders import World, a_person, a_viewer

START = date(2026, 3, 2)


@dataclass(slots=True)
class Bureau:
    """The change interface and its people."""

    service: ChangeService
    server: Outsider
    nation: Nation

    def setup(self, **changed: Any) -> ChangesSetup:
        """How the register reaches it."""
        said: dict[str, Any] = {
            "url": self.server.url + PREFIX, "client": CLIENT, "user": self.service.user,
            "password": SecretStr(self.service.password), "permission": "1125/410/14", "absent_is_off": True,
            "timeout_s": 5.0, "wait_s": 0.01,
        }  # fmt: skip
        return ChangesSetup(**(said | changed))

    def settings(self) -> dict[str, object]:
        """The register's settings that reach it."""
        return {
            "vtj_permission": "1125/410/14", "vtj_client": CLIENT, "vtj_changes_url": self.server.url + PREFIX,
            "vtj_changes_user": self.service.user, "vtj_changes_password": SecretStr(self.service.password),
            "vtj_orders_told": True,
        }  # fmt: skip


@contextmanager
def a_bureau(*people: Citizen, count: int = 0, tls: Tls | None = None, **changed: Any) -> Iterator[Bureau]:
    """The change interface with these people, or the first of the invented population, answering on this machine."""
    nation = Nation([*people, *citizens(1, count)] if count else people, START)
    service = ChangeService(nation, **changed)
    with serving(service.outsider(), tls=tls) as server:
        yield Bureau(service, server, nation)


def a_row(number: str, citizen: Citizen, **parts: str) -> dict[str, str]:
    """A customer's row as a client organisation has it: the name, the code, an address of its own."""
    return (
        a_person(number, citizen.hetu, surname=citizen.surname, first_names=citizen.first_names, turvakielto="") | parts
    )


def follow(
    world: World,
    bureau: Bureau,
    kind: Kind = Kind.FOLLOW,
    *,
    viewer: Viewer | None = None,
    anyway: bool = False,
    **changed: Any,
) -> Report:
    """One run."""
    return run_follow(_following(world, bureau, viewer, anyway=anyway, **changed), kind)


def run_following(world: World) -> Report:
    """One run, by the register's own settings."""
    viewer = replace(a_viewer(Role.MAINTAINER), handle="vtj", channel="job")
    following = world.register.vtj_following(viewer, lambda _step, _done: None, despite_anomaly=True)
    return run_follow(following)


def release(world: World, bureau: Bureau, *party_ids: UUID) -> int:
    """Let go on what was kept apart."""
    return run_release(_following(world, bureau, None), party_ids)


def _following(
    world: World, bureau: Bureau, viewer: Viewer | None, *, anyway: bool = False, **changed: Any
) -> Following:
    register = world.register
    return Following(
        register.database, register.door, register.vault, register.rules, bureau.setup(**changed),
        viewer or replace(a_viewer(Role.MAINTAINER), handle="vtj", channel="job"), lambda _step, _done: None, anyway,
    )  # fmt: skip


def customers(world: World, people: Iterable[Citizen]) -> dict[str, UUID]:
    """Everybody as a customer of the town; the party by the code."""
    rows = [a_row(f"K{number}", one) for number, one in enumerate(people)]
    taken = world.take(world.town, *rows)
    return {row["hetu"]: UUID(taken.party_ids[row["customer_number"]]) for row in rows}


def words_hash(world: World) -> str:
    """A hash of everything VTJ has said of everybody followed: equal registers have equal ones."""
    with world.register.door.write(world.maintainer, Action.VTJ_FOLLOW, Purpose.UPKEEP) as tx:
        source_id = tx.value("select id from parties.source where kind = %(kind)s", kind=SourceKind.VTJ)
        rows = follow_store.words(tx, source_id)
    return hashlib.sha256(b"".join(rows)).hexdigest()


def days_pass(world: World, bureau: Bureau, days: int, acts: int = 20) -> None:
    """Time goes by, for the nation and for the register."""
    bureau.nation.pass_days(days, acts)
    world.clock.pass_days(days)
