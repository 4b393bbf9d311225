"""Orders come from the banks: one by one, in files, in any order, and twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.builders import AAPO, BEA, a_person, only
from tests.sources.banks.billing import a_billing
from tests.sources.banks.writing import HOME, OTHER, Told


def test_an_order_comes_changes_and_ends(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        aapo = only(billing.world.take(billing.world.town, a_person("1")))
        report = billing.take(Told(due_day="15", language="SE"))
        assert (report.state, report.messages, report.matched, report.orders) == ("taken", 1, 1, 1)
        (order,) = billing.orders(aapo)
        assert (order.kind, order.address, order.operator) == ("consumer_einvoice", HOME, "NDEAFIHH")
        assert (order.language, order.due_day, order.ordered_on) == ("sv", 15, date(2026, 3, 2))
        assert billing.state() == [("A1", "matched", None, 3, ["03", "name"])]

        direct = Told(message_id="A2", action="change", service="01", said="2026-3-2T11:34:36", ref="A1")
        assert billing.take(direct).orders == 1
        (order,) = billing.orders(aapo)
        assert (order.kind, order.due_day, order.ordered_on) == ("direct_payment", None, date(2026, 3, 2))

        ending = Told(message_id="A3", action="DELETE", said="2026-03-02T12:00:00", ref="A1", hetu=None)
        assert billing.take(ending).orders == 1
        assert billing.orders(aapo) == []
        assert [row[1:4] for row in billing.state()] == [
            ("matched", None, 3),
            ("matched", None, 1),
            ("matched", None, 1),
        ]


def test_the_same_file_again_and_the_same_message_again_change_nothing(database_url: str, tmp_path: Path) -> None:
    with a_billing(database_url, tmp_path) as billing:
        aapo = only(billing.world.take(billing.world.town, a_person("1")))
        path = billing.file(Told())
        assert billing.take_file(path, "nordea", "F1").state == "taken"
        before = billing.world.sql("select count(*) from parties.statement")
        assert billing.take_file(path, "nordea", "F1").state == "repeated"
        assert billing.take_file(path, "nordea", "F2").state == "repeated"
        other = billing.take(Told(), Told(message_id="A2", said="2026-03-01T00:00:00", address=OTHER))
        assert (other.state, other.messages, other.repeated, other.orders) == ("taken", 2, 1, 0)
        assert billing.world.sql("select count(*) from parties.statement") == before
        assert len(billing.orders(aapo)) == 1


def test_an_address_moves_in_either_order_and_a_late_ending_leaves_the_new_one(
    database_url: str, tmp_path: Path
) -> None:
    with a_billing(database_url, tmp_path) as billing:
        town = billing.world.town
        aapo = only(billing.world.take(town, a_person("1")))
        bea = only(billing.world.take(town, a_person("2", BEA, surname="Mallikas", first_names="Bea")))
        for who, name, number in ((AAPO, "KUVITTEELLINEN AAPO", "A"), (BEA, "MALLIKAS BEA", "B")):
            home, other = (HOME, OTHER) if number == "A" else ("FI5810171000000122", "FI3131313131313131")
            told = Told(message_id=f"{number}1", hetu=who, name=name, address=home)
            old = told.but(message_id=f"{number}2", action="DELETE", said="2026-03-05T10:00:00", ref=f"{number}1")
            new = told.but(message_id=f"{number}3", address=other, bank="OKOYFIHH", said="2026-03-05T10:00:00")
            billing.take(told)
            billing.take(*((old, new) if number == "A" else (new, old)))
        assert [(one.address, one.operator) for one in billing.orders(aapo)] == [(OTHER, "OKOYFIHH")]
        assert [one.address for one in billing.orders(bea)] == ["FI3131313131313131"]
        late = Told(message_id="A4", action="DELETE", said="2026-03-09T10:00:00", ref="A1")
        assert billing.take(late).orders == 0
        assert [one.address for one in billing.orders(aapo)] == [OTHER]


def test_a_change_without_an_order_is_one_and_of_several_banks_the_latest_word_counts(
    database_url: str, tmp_path: Path
) -> None:
    with a_billing(database_url, tmp_path) as billing:
        aapo = only(billing.world.take(billing.world.town, a_person("1")))
        op = Told(message_id="O1", action="CHANGE", address=OTHER, bank="OKOYFIHH", said="2026-03-02T09:00:00")
        nordea = Told(message_id="N1", said="2026-03-02T08:00:00")
        assert billing.take(op, nordea).matched == 2
        assert [one.operator for one in billing.orders(aapo)] == ["OKOYFIHH"]
        old = Told(message_id="N0", action="DELETE", said="2026-03-02T07:00:00")
        assert billing.take(old).orders == 0
        # An ending that refers to nothing ends by address, payment reason and identifiers.
        unnamed = Told(message_id="O2", action="DELETE", address=OTHER, bank="OKOYFIHH", said="2026-03-02T10:00:00")
        assert billing.take(unnamed).orders == 1
        assert billing.orders(aapo) == []
