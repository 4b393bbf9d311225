"""A stolen account is told exactly: every customer, item and controller, and none besides."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from rekisteri import audit, oversight, parties
from rekisteri.access import Action
from rekisteri.catalogue import BY_NAME, ITEMS, Purpose, Role
from rekisteri.ground import ids
from rekisteri.ground.errors import Rejected
from rekisteri.oversight import Scope
from tests.builders import AAPO, BEA, MORNING, World, a_person, a_viewer, a_world, only

OFFICER = a_viewer(Role.OFFICER)
STOLEN, OTHER = UUID(int=501), UUID(int=502)


def assess(world: World, scope: Scope) -> oversight.Incident:
    with world.register.door.read(OFFICER, Action.INCIDENT_ASSESS, Purpose.DATA_PROTECTION) as tx:
        return oversight.assess(tx, scope)


def test_a_theft_of_ten_thousand_records_is_reconstructed_to_the_last_one(database_url: str, tmp_path: Path) -> None:
    draw = random.Random(5)
    with a_world(database_url, tmp_path) as world:
        stolen = [UUID(int=draw.getrandbits(120)) for _ in range(10_000)]
        noise = [UUID(int=draw.getrandbits(120)) for _ in range(2_000)]

        def append(account: str, session: UUID | None, at_s: float, action: str, *subjects: UUID) -> None:
            audit.append(connection, audit.Event(
                id=ids.fresh(), at=MORNING + timedelta(seconds=at_s), account_id=UUID(int=9), account=account,
                roles=("invoicer",), organisations=(1,), action=action, purpose="invoicing", case_reference=None,
                channel="api", outcome="done", subjects=subjects, session_id=session,
            ))  # fmt: skip

        with world.register.database.connection() as connection:
            for number, party_id in enumerate(stolen[:2_000]):
                append("maija", STOLEN, number / 10, draw.choice(("customer:read", "customer:unmask")), party_id)
            for at in range(2_000, 8_000, 50):
                append("maija", STOLEN, at / 10, "customer:search", *stolen[at : at + 50])
            for at in range(8_000, 10_000, 500):
                append("maija", STOLEN, at / 10, "customer:read", *stolen[at : at + 500])
            for number, party_id in enumerate(noise):
                append(draw.choice(("matti", "liisa")), OTHER, number / 2, "customer:read", party_id)
            append("maija", OTHER, -5, "customer:read", noise[0])
            append("maija", STOLEN, 90_000, "customer:read", noise[1])
        window = Scope(MORNING, MORNING + timedelta(hours=12), account="maija")
        by_account, by_session = assess(world, window), assess(world, replace(window, account=None, session_id=STOLEN))
        assert set(by_account.customers) == set(by_session.customers) == set(stolen)
        assert by_account.events == 2_000 + 120 + 4
        assert sum(by_account.actions.values()) == by_account.events
        (nobodys,) = by_account.controllers
        assert (nobodys.code, len(nobodys.customers)) == ("", 10_000)
        assert assess(world, replace(window, session_id=OTHER)).customers == {}
        with world.register.door.read(OFFICER, Action.AUDIT_SEARCH, Purpose.DATA_PROTECTION) as tx:
            told = [event.action for event in audit.about(tx, stolen[77])]
        assert told.count("incident:assess") == 2, "whom the assessment named, it showed"


def test_each_controller_gets_its_own_customers_items_and_draft(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        shared = only(world.take(world.town, a_person("K1", AAPO)))
        world.take(world.water, a_person("V1", AAPO))
        towns = only(world.take(world.town, a_person("K2", BEA, first_names="Bea")))
        thief = replace(a_viewer(Role.COLLECTOR), handle="varas", session_id=STOLEN)
        world.clock.pass_days(1)
        began = world.clock.at
        world.card(shared, thief)
        with world.register.door.read(thief, Action.CUSTOMER_HISTORY, Purpose.COLLECTION) as tx:
            parties.history(tx, world.register.vault, towns)
        found = assess(world, Scope(began, began + timedelta(hours=1), account="varas"))
        assert {one.code: set(one.customers) for one in found.controllers} == {
            "kuusilahti": {shared, towns}, "vesi": {shared},
        }  # fmt: skip
        readable = {
            item.name for item in ITEMS if Role.COLLECTOR in item.readers and Purpose.COLLECTION in item.purposes
        }
        assert set(found.customers[shared]) == readable
        noticed = began + timedelta(days=1)
        for touched in found.controllers:
            for language, heading, due in (
                ("fi", "Ilmoitus tietoturvaloukkauksesta", "07.03.2026"),
                ("sv", "Meddelande om personuppgiftsincident", "07.03.2026"),
                ("en", "Notice of a personal data breach", "07.03.2026"),
            ):
                text = oversight.draft(found, touched, noticed, language)
                assert text.startswith(f"# {heading}")
                assert touched.name in text
                assert f": {len(touched.customers)}\n" in text
                assert due in text, "seventy-two hours from noticing"
                assert f"- {BY_NAME['surname'].label.in_(language)}\n" in text
        with pytest.raises(Rejected):
            assess(world, Scope(began, began + timedelta(hours=1)))
        with pytest.raises(Rejected):
            assess(world, Scope(began, began, account="varas"))
