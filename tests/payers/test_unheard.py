"""Where VTJ tells of non-disclosure orders, one that nobody has told of acts as on: no bill goes to an old address."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import orjson
from pydantic import SecretStr

from rekisteri.access import Action
from rekisteri.catalogue import Purpose
from rekisteri.payers import TaskKind, tasks
from tests.builders import AAPO, BEA, World, a_person, a_world
from tests.payers.asking import a_reason, ask

CONNECTED: dict[str, object] = {
    "vtj_permission": "1125/410/14", "vtj_client": "FI-TEST/GOV/9999999-2/asiakasrekisteri",
    "vtj_changes_url": "https://localhost:1/api/v1", "vtj_changes_password": SecretStr("x"), "vtj_orders_told": True,
}  # fmt: skip


def told(world: World, number: str) -> dict[str, object]:
    answer: dict[str, object] = orjson.loads(ask(world, number).body)
    return answer


def waiting(world: World) -> list[tuple[str, UUID]]:
    with world.register.door.read(world.maintainer, Action.WORK_READ, Purpose.UPKEEP) as tx:
        return [(one.kind, one.party_id) for one in tasks(tx)]


def test_an_order_nobody_has_told_of_acts_as_on_until_somebody_tells(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path, **CONNECTED) as world:
        a_reason(world)
        taken = world.take(world.town, a_person("1", AAPO, turvakielto=""), a_person("2", BEA, turvakielto=""))
        unheard = told(world, "1")
        assert "Esimerkkitie" not in str(unheard)
        assert unheard["stops"][0]["code"] == "no_route_protected"  # type: ignore[index]
        assert ("turvakielto_unknown", "check_vtj") in [(one["code"], one["settle"]) for one in unheard["uncertain"]]  # type: ignore[attr-defined]
        assert {one["rule"] for one in unheard["withheld"]} == {"turvakielto_unknown"}  # type: ignore[attr-defined]
        assert waiting(world) == [(TaskKind.NO_ROUTE_PROTECTED, UUID(taken.party_ids["1"]))]
        world.take(world.town, a_person("1", AAPO, turvakielto="", contact_address__street="PL 12",
                                        contact_address__postcode="00999", contact_address__town="HELSINKI"))  # fmt: skip
        assert "PL 12" in str(told(world, "1")["deliveries"])
        world.take(world.town, a_person("2", BEA, turvakielto="e"))
        assert "Esimerkkitie" in str(told(world, "2")["deliveries"])


def test_of_whom_vtj_could_not_be_asked_an_organisation_uses_what_it_was_told(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path, **CONNECTED) as world:
        a_reason(world)
        world.take(world.town, a_person("1", None, turvakielto="", birth_date="1.1.1980"))
        assert "Esimerkkitie" in str(told(world, "1")["deliveries"])


def test_without_vtj_unknown_stays_with_who_said_it(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        a_reason(world)
        world.take(world.town, a_person("1", AAPO, turvakielto=""))
        assert "Esimerkkitie" in str(told(world, "1")["deliveries"])
