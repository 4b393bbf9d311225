"""Each rule raises its signal and no other; signals are closed by a person, once, with a reason."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from rekisteri import access, audit, oversight, parties, wiring
from rekisteri.access import Action, Viewer
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground import ids
from rekisteri.ground.errors import Conflict, Missing, Rejected
from rekisteri.oversight import Kind, Verdict
from tests.builders import AAPO, BEA, CALLE, EEVA, WEAK_HASHER, World, a_person, a_viewer, a_world, only

OFFICER = a_viewer(Role.OFFICER)
OWN_HOME = {"permanent_address.street": "Keksintökuja 3 B 9", "permanent_address.postcode": "00999"}


def an_account(world: World, handle: str, name: str, role: Role = Role.COLLECTOR) -> Viewer:
    """A clerk of the service centre with an account."""
    with world.register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        made = access.add_account(
            tx, WEAK_HASHER, handle=handle, name=name, password="a-long-enough-password", roles=[role],
            organisation_codes=[], every_organisation=True,
        )  # fmt: skip
    return Viewer(
        account_id=made.id, handle=handle, name=name, roles=frozenset({role}), organisations=frozenset(),
        every_organisation=True, channel="web",
    )  # fmt: skip


def look(world: World, viewer: Viewer, party_id: UUID, case: str | None = None) -> None:
    """Open a customer's card."""
    with world.register.door.read(viewer, Action.CUSTOMER_READ, viewer.purposes()[0], case=case) as tx:
        parties.card(tx, world.register.vault, party_id)


def sweep(world: World) -> list[tuple[str, Kind, UUID | None]]:
    """Seal and sweep; the open signals by account, in the order of their kinds."""
    world.register.log.seal()
    with world.register.door.write(wiring.overseer(), Action.SIGNAL_SWEEP, Purpose.ADMINISTRATION) as tx:
        oversight.sweep(tx)
    return [(one.account, one.kind, one.party_id) for one in open_signals(world)]


def open_signals(world: World) -> list[oversight.Signal]:
    with world.register.door.read(OFFICER, Action.SIGNAL_READ, Purpose.DATA_PROTECTION) as tx:
        found = oversight.signals(tx, limit=200)
    kinds = list(Kind)
    return sorted(found, key=lambda one: (one.account, kinds.index(one.kind), one.day))


def test_each_rule_raises_its_own_signal_and_a_days_work_raises_none(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        take = world.take
        maija = only(take(world.town, a_person("1", AAPO, surname="Harvinen", first_names="Maija Testi", **OWN_HOME)))
        spouse = only(take(world.town, a_person("2", BEA, surname="Muunimi", first_names="Bea", **OWN_HOME)))
        kin = only(take(world.town, a_person("3", CALLE, surname="Harvinen", first_names="Calle")))
        colleague = only(take(world.town, a_person("4", EEVA, surname="Kollega", first_names="Eeva")))
        stranger = only(take(world.town, a_person("5", None, surname="Tavallinen", first_names="Timo")))
        gone = only(take(world.town, a_person("6", None, surname="Entinen", first_names="Elli")))
        canary = only(take(world.town, a_person("7", None, surname="Kanarialintu", first_names="Kaisa")))
        world.end(world.town, "6")
        clerk = an_account(world, "mharvinen", "Maija Harvinen")
        an_account(world, "ekollega", "Eeva Kollega")
        with world.register.door.write(OFFICER, Action.SIGNAL_TUNE, Purpose.DATA_PROTECTION) as tx:
            oversight.mark_canary(tx, canary, "invented for the watch")
            assert [one.party_id for one in oversight.canaries(tx)] == [canary]
            with pytest.raises(Missing):
                oversight.mark_canary(tx, UUID(int=1), "nobody")
        look(world, clerk, stranger)
        for one in (kin, colleague, gone):
            look(world, clerk, one, case="LASKU-1")
        assert sweep(world) == [], "work, and looks under a case, raise nothing"
        look(world, clerk, maija, case="LASKU-2")
        look(world, clerk, spouse, case="LASKU-2")
        for one in (kin, colleague, gone, canary):
            look(world, clerk, one)
        look(world, clerk, maija)
        world.find("Harvinen Maija", clerk)
        assert sweep(world) == [
            ("mharvinen", Kind.OWN, maija),
            ("mharvinen", Kind.HOUSEHOLD, spouse),
            ("mharvinen", Kind.KIN, kin),
            ("mharvinen", Kind.COLLEAGUE, colleague),
            ("mharvinen", Kind.IDLE, gone),
            ("mharvinen", Kind.CANARY, canary),
        ]
        (own, *_) = open_signals(world)
        assert (own.count, len(own.event_ids)) == (3, 3), "two cards and a search, gathered in one signal of the day"
        assert len(sweep(world)) == 6, "again it changes nothing"
        with world.register.door.read(OFFICER, Action.AUDIT_SEARCH, Purpose.DATA_PROTECTION) as tx:
            actions = [event.action for event in audit.about(tx, canary)]
        assert {"signal:sweep", "signal:read"} <= set(actions), "raising and showing a signal are looks themselves"


def test_a_case_one_had_in_hand_explains_looks_for_some_weeks_and_those_of_its_holder_alone(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        kin = only(world.take(world.town, a_person("3", CALLE, surname="Harvinen", first_names="Calle")))
        colleague = only(world.take(world.town, a_person("4", EEVA, surname="Kollega", first_names="Eeva")))
        clerk = an_account(world, "mharvinen", "Maija Harvinen")
        other = an_account(world, "ekollega", "Eeva Kollega")
        for one in (kin, colleague):
            look(world, clerk, one, case="LASKU-1")
        world.clock.pass_days(5)
        for one in (kin, colleague):
            look(world, clerk, one)
        look(world, other, colleague, case="LASKU-2")
        assert sweep(world) == [("ekollega", Kind.OWN, colleague)], "no case explains a look at oneself"
        world.clock.pass_days(30)
        look(world, clerk, kin)
        assert ("mharvinen", Kind.KIN, kin) in sweep(world)


def test_spikes_and_nights_are_measured_by_the_accounts_own_days(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        clerk = an_account(world, "maija", "Maija Mallikas")
        machine = an_account(world, "kone", "Kone", Role.MAINTAINER)
        with world.register.door.write(OFFICER, Action.SIGNAL_TUNE, Purpose.DATA_PROTECTION) as tx:
            oversight.set_parameter(tx, "spike_least", 20)
            for name, value in (("nonesuch", 1), ("spike_least", 1), ("night_from", 25)):
                with pytest.raises(Rejected):
                    oversight.set_parameter(tx, name, value)
            assert oversight.parameters(tx).spike_least == 20

        def opened(viewer: Viewer, count: int, hours: float) -> None:
            with world.register.database.connection() as connection:
                for number in range(count):
                    audit.append(connection, audit.Event(
                        id=ids.fresh(), at=world.clock.at + timedelta(hours=hours, seconds=number),
                        account_id=viewer.account_id, account=viewer.handle, roles=("collector",), organisations=(),
                        action="customer:read", purpose="collection", case_reference="LASKU-1", channel="web",
                        outcome="done", subjects=(UUID(int=number + 1),),
                    ))  # fmt: skip

        for _ in range(4):
            opened(clerk, 10, 1)
            world.clock.pass_days(1)
        assert sweep(world) == []
        opened(clerk, 29, 1)
        assert sweep(world) == [], "three times the usual day is thirty"
        opened(clerk, 35, 2)
        assert sweep(world) == [("maija", Kind.SPIKE, None)]
        world.clock.pass_days(3)
        opened(clerk, 5, 14)
        assert len(sweep(world)) == 1, "five in an evening are overtime"
        world.clock.pass_days(1)
        opened(clerk, 6, 14.5)
        opened(machine, 2, 14.5)
        assert sweep(world) == [("maija", Kind.SPIKE, None), ("maija", Kind.NIGHT, None)]


def test_a_batch_at_night_is_bulk_at_night_and_by_day_it_is_work(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        clerk = an_account(world, "maija", "Maija Mallikas")
        marked = only(world.take(world.town, a_person("1", AAPO)))

        def batch(hours: float, customers: int) -> None:
            with world.register.database.connection() as connection:
                audit.append(connection, audit.Event(
                    id=ids.fresh(), at=world.clock.at + timedelta(hours=hours), account_id=clerk.account_id,
                    account=clerk.handle, roles=("invoicer",), organisations=(), action="payer:batch", purpose="invoicing",
                    case_reference=None, channel="api", outcome="done",
                    subjects=(marked, *(UUID(int=number + 1) for number in range(customers))),
                ))  # fmt: skip

        with world.register.door.write(OFFICER, Action.SIGNAL_TUNE, Purpose.DATA_PROTECTION) as tx:
            oversight.mark_canary(tx, marked, "nobody's task")
        batch(1, 700)
        batch(2, 20)
        assert sweep(world) == [], "everybody's bills by day are work, a canary among them too"
        world.clock.pass_days(1)
        batch(14.5, 2)
        assert sweep(world) == [], "three customers at night are not many"
        batch(14.6, 700)
        assert sweep(world) == [("maija", Kind.NIGHT, None)]


def test_a_signal_is_closed_once_with_a_reason_by_somebody_else(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        canary = only(world.take(world.town, a_person("7", None, surname="Kanarialintu", first_names="Kaisa")))
        officer = an_account(world, "tietosuoja", "Olga Officer", Role.OFFICER)
        with world.register.door.write(OFFICER, Action.SIGNAL_TUNE, Purpose.DATA_PROTECTION) as tx:
            oversight.mark_canary(tx, canary, "watch")
        look(world, officer, canary)
        clerk = an_account(world, "maija", "Maija Mallikas")
        look(world, clerk, canary)
        assert [one[0] for one in sweep(world)] == ["maija", "tietosuoja"]
        other, own = open_signals(world)

        def close(viewer: Viewer, signal_id: UUID, reason: str = "asked, a mistake") -> None:
            with world.register.door.write(viewer, Action.SIGNAL_CLOSE, Purpose.DATA_PROTECTION) as tx:
                oversight.close(tx, signal_id, Verdict.UNJUSTIFIED, reason)

        for viewer, signal_id, reason, refusal in (
            (officer, own.id, "mine", Rejected),
            (officer, other.id, " ", Rejected),
            (officer, other.id, f"looked at {AAPO}", Rejected),
            (officer, UUID(int=1), "x", Missing),
        ):
            with pytest.raises(refusal):
                close(viewer, signal_id, reason)
        close(officer, other.id)
        with pytest.raises(Conflict):
            close(OFFICER, other.id)
        look(world, clerk, canary)
        assert [one[0] for one in sweep(world)] == ["tietosuoja"], "the same day's is closed; the next day's is new"
        world.clock.pass_days(1)
        look(world, clerk, canary)
        assert [one[0] for one in sweep(world)] == ["maija", "tietosuoja"]
        with world.register.door.write(OFFICER, Action.SIGNAL_TUNE, Purpose.DATA_PROTECTION) as tx:
            oversight.end_canary(tx, canary)
            with pytest.raises(Missing):
                oversight.end_canary(tx, canary)
        world.clock.pass_days(1)
        look(world, clerk, canary)
        assert len(sweep(world)) == 2
        bound = a_viewer(Role.AUDITOR, world.water)
        with world.register.door.read(bound, Action.SIGNAL_READ, Purpose.DATA_PROTECTION) as tx:
            assert oversight.signals(tx) == [], "an organisation's auditor sees the signals of acts for it"
