"""Orders at banks: stated under the organisation's bank source, and no customership."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Action
from rekisteri.access.accounts import Organisation
from rekisteri.catalogue import STATED_BY_CLIENTS, Purpose, Role, SourceKind
from rekisteri.ground import ids
from rekisteri.parties import Order, OrderStated, OrderTerms, Origin
from tests.builders import World, a_person, a_viewer, a_world, only

ADDRESS = "FI2112345600000785"
TERMS = OrderTerms("consumer_einvoice", "99", ADDRESS, "NDEAFIHH", "fi", 15, None, date(2026, 3, 1))


def state(world: World, organisation: Organisation, party_id: UUID, terms: OrderTerms, *, stands: bool = True) -> int:
    """The bank says so, through the room's own front door."""
    with world.register.door.write(world.maintainer, Action.IMPORT_RUN, Purpose.UPKEEP) as tx:
        source = parties.bank_source(tx, organisation.id)
        known = [
            one
            for one in parties.order_records(tx, source.id, [party_id])
            if one.payment_reason == terms.payment_reason
        ]
        record_id = known[0].id if known else ids.fresh()
        stated = [OrderStated(party_id, record_id, terms, stands)]
        changed = parties.state_orders(tx, world.register.vault, Origin(source), known, stated)
    return changed


def orders(world: World, organisation: Organisation, party_id: UUID, on: date | None = None) -> list[Order]:
    with world.register.door.read(world.maintainer, Action.CUSTOMER_READ, Purpose.UPKEEP) as tx:
        found = parties.orders(tx, world.register.vault, party_id, organisation.id, on or world.clock.at.date())
    return found


def test_an_order_is_in_force_from_the_day_it_came_to_the_day_it_ends(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        aapo = only(world.take(world.town, a_person("1")))
        first_day = world.clock.at.date()
        assert state(world, world.town, aapo, TERMS) == 1
        assert state(world, world.town, aapo, TERMS) == 0, "said again it changes nothing"

        world.clock.pass_days(3)
        moved = TERMS._replace(kind="direct_payment", address="FI4950009420028730", operator="OKOYFIHH", due_day=None)
        assert state(world, world.town, aapo, moved) == 1
        world.clock.pass_days(3)
        last_day = world.clock.at.date()
        assert state(world, world.town, aapo, moved, stands=False) == 1
        assert state(world, world.town, aapo, moved, stands=False) == 0

        (early,) = orders(world, world.town, aapo, first_day)
        assert (early.kind, early.address, early.operator, early.due_day) == (
            "consumer_einvoice",
            ADDRESS,
            "NDEAFIHH",
            15,
        )
        (later,) = orders(world, world.town, aapo, date(2026, 3, 6))
        assert (later.kind, later.address, later.due_day) == ("direct_payment", "FI4950009420028730", None)
        assert (later.valid_from, later.valid_to, later.ordered_on) == (date(2026, 3, 5), last_day, date(2026, 3, 1))
        assert orders(world, world.town, aapo) == []
        assert orders(world, world.town, aapo, date(2026, 3, 1)) == []
        assert orders(world, world.water, aapo, first_day) == []

        assert state(world, world.town, aapo, TERMS) == 1, "an order may begin again"
        assert [one.address for one in orders(world, world.town, aapo)] == [ADDRESS]


def test_an_order_at_a_bank_is_no_customership(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        aapo = only(world.take(world.town, a_person("1")))
        state(world, world.water, aapo, TERMS)

        card = world.card(aapo)
        assert [one.organisation_id for one in card.customerships] == [world.town.id]
        assert [one.organisation_id for one in card.at_banks] == [world.water.id]
        assert world.sql("select organisations from parties.party") == [([world.town.id],)]
        waterworks = a_viewer(Role.INVOICER, world.water)
        assert world.find("Kuvitteellinen", waterworks) == []
        assert world.find(f"99:{aapo}") == []
        townhall = a_viewer(Role.INVOICER, world.town)
        assert world.card(aapo, townhall).at_banks == [], "another organisation's order is its own"

        # The customership ends: the customer's last words stand, the order or not.
        world.end(world.town, "1")
        assert world.sql("select name, organisations from parties.party") == [("Kuvitteellinen Aapo Testi", [])]
        assert world.card(aapo).value("surname") == "Kuvitteellinen"


def test_people_see_of_the_address_its_end_and_history_tells_the_order(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        aapo = only(world.take(world.town, a_person("1")))
        before = world.card(aapo).version
        state(world, world.town, aapo, TERMS)
        world.clock.pass_days(1)
        state(world, world.town, aapo, TERMS, stands=False)

        card = world.card(aapo)
        assert card.version == before + 2, "what was read before is not the newest"
        (one,) = card.at_banks
        assert (one.since_on, one.ended_on) == (date(2026, 3, 2), date(2026, 3, 3))
        assert isinstance(one.order.value, dict)
        assert one.order.value["address"] == "FI21123****"
        assert one.order.saying.source is SourceKind.BANK
        collector = a_viewer(Role.COLLECTOR, world.town)
        assert world.card(aapo, collector).at_banks == [], "the item serves invoicing"

        with world.register.door.read(world.maintainer, Action.CUSTOMER_HISTORY, Purpose.UPKEEP) as tx:
            told = parties.history(tx, world.register.vault, aapo)
        assert [entry.kind.value for entry in told] == ["order_ended", "ordered", "first"]
        assert ADDRESS not in repr(told)
        assert ADDRESS not in str(world.sql("select content from parties.statement"))
        assert world.sql("select items, organisations from parties.change order by id desc limit 2") == [
            (["bank_order"], [world.town.id])
        ] * 2  # fmt: skip


def test_a_client_organisation_cannot_state_an_order() -> None:
    assert not {path for path in STATED_BY_CLIENTS if path.startswith("bank_order")}
