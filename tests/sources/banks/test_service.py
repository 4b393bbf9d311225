"""The banks' file service: a whole month with an invented bank, by signed messages over the wire; and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from rekisteri import simulators
from rekisteri.access import Action, Write
from rekisteri.catalogue import Purpose
from rekisteri.ground.errors import Rejected, Unavailable
from rekisteri.simulators import Bank, Certified, FileService, Payer
from rekisteri.simulators.serving import Answered, Misdeed, serving
from rekisteri.sources import banks
from rekisteri.sources.banks.exchange import ways
from rekisteri.sources.banks.folder import Folder
from rekisteri.sources.banks.service import Service
from tests.builders import AAPO, BEA, MORNING, World, a_person, a_world, only
from tests.sources.banks.billing import NOTICE, Billing, put_notice
from tests.sources.banks.writing import HOME, OTHER, Told

WAYS = """
[nordea]
kind = "service"
banks = ["NDEAFIHH"]
url = "{url}/NDEAFIHH"
country = "FI"
customer = "1000000000"
receiver = "NDEAFIHH"
in_types = ["RI", "ACK"]
out_type = "SI"
certificate = "customer.pem"
key = "customer.key"
bank_ca = "ca.pem"
"""


@dataclass(slots=True)
class Town:
    """A billing world, its bank, and the wire between them."""

    billing: Billing
    bank: Bank
    service: FileService

    def opened(self) -> AbstractContextManager[Write]:
        world = self.billing.world
        return world.register.door.write(world.maintainer, Action.BANK_EXCHANGE, Purpose.UPKEEP)

    def way(self) -> Service:
        (way,) = ways(self.billing.home)
        assert isinstance(way, Service)
        return replace(way, now=self.billing.world.clock)

    def exchange(self) -> banks.Exchanged:
        (found,) = banks.exchange([self.way()], self.billing.world.register.vault, self.opened)
        if found.fault is not None:
            raise found.fault
        return found


@pytest.fixture(scope="module")
def trust() -> dict[str, Certified]:
    """Keys take long to make: one set for all."""
    ca = simulators.authority("Keksitty varmentaja", MORNING)
    return {
        "ca": ca,
        "other": simulators.authority("Muu varmentaja", MORNING),
        "bank": simulators.certified("Keksitty pankki", ca, MORNING),
        "customer": simulators.certified("1000000000", ca, MORNING),
    }


@contextmanager
def a_town(database_url: str, home: Path, trust: dict[str, Certified]) -> Iterator[Town]:
    with a_world(database_url, home) as world:
        bank = Bank("NDEAFIHH", world.clock)
        service = FileService({"NDEAFIHH": bank}, trust["bank"], trust["customer"].certificate, world.clock)
        with serving(service.outsider):
            trust["ca"].write(home / "ca.pem")
            trust["customer"].write(home / "customer.pem", home / "customer.key")
            (home / "banks.toml").write_text(WAYS.format(url=service.outsider.url))
            notice_id = put_notice(world, world.town, replace(NOTICE, banks=("NDEAFIHH",)), send=False)
            yield Town(Billing(world, home, notice_id), bank, service)


def pass_minutes(world: World, minutes: int) -> None:
    world.clock.at += timedelta(minutes=minutes)


def test_a_month_at_the_bank(database_url: str, tmp_path: Path, trust: dict[str, Certified]) -> None:
    with a_town(database_url, tmp_path, trust) as town:
        billing, bank, world = town.billing, town.bank, town.billing.world
        aapo = only(world.take(world.town, a_person("1")))
        bea = only(world.take(world.town, a_person("2", BEA, surname="Mallikas", first_names="Bea")))
        first = town.exchange()
        assert (first.sent, first.files) == (1, [])
        (notice,) = bank.notices.values()
        assert (notice.identifier, notice.asked, notice.service) == ("SI-PH", ("03", "09"), "01")

        payer = Payer("Kuvitteellinen Aapo", HOME, (("03", AAPO),))
        other = Payer("Mallikas Bea", "FI5810171000000122", (("03", BEA),))
        bank.order(payer, notice, due_day=15)
        bank.order(other, notice, direct=True)
        bank.close()
        found = town.exchange()
        assert [(one.state, one.matched, one.orders) for one in found.files] == [("taken", 2, 2)]
        assert [(one.kind, one.due_day) for one in billing.orders(aapo)] == [("consumer_einvoice", 15)]
        assert [one.kind for one in billing.orders(bea)] == ["direct_payment"]
        assert town.exchange().files == [], "what came once is not fetched again"

        pass_minutes(world, 1)
        moved = bank.move(payer, OTHER, notice, new_first=True)
        pass_minutes(world, 1)
        bank.change(other, notice, direct=False)
        bank.close()
        town.exchange()
        assert [one.address for one in billing.orders(aapo)] == [OTHER]
        assert [one.kind for one in billing.orders(bea)] == ["consumer_einvoice"]
        pass_minutes(world, 1)
        bank.end(moved, notice)
        bank.close()
        town.exchange()
        assert billing.orders(aapo) == []

        # A proposal, refused by one and accepted by another.
        vault = world.register.vault
        bank.refuses = frozenset({HOME})
        with world.register.door.write(world.maintainer, Action.BANK_ANNOUNCE, Purpose.UPKEEP) as tx:
            banks.propose(tx, vault, billing.notice_id, aapo, bank="NDEAFIHH", address=HOME)
            banks.propose(tx, vault, billing.notice_id, aapo, bank="NDEAFIHH", address=OTHER)
        assert town.exchange().sent == 2
        pass_minutes(world, 1)
        bank.close()
        files = town.exchange().files
        assert sorted((one.answers, one.matched) for one in files) == [(0, 1), (1, 0)]
        assert [one.address for one in billing.orders(aapo)] == [OTHER]
        assert world.sql("select state, code from sources.proposal order by state") == [
            ("accepted", None),
            ("refused", "806"),
        ]

        # The biller ends its notice: all fall, here and there.
        with world.register.door.write(world.maintainer, Action.BANK_ANNOUNCE, Purpose.UPKEEP) as tx:
            banks.end(tx, billing.notice_id, ["NDEAFIHH"], confirmed=2)
        pass_minutes(world, 1)
        assert town.exchange().orders == 2
        assert (billing.orders(aapo), billing.orders(bea), bank.notices, bank.orders) == ([], [], {}, {})


def test_what_is_not_signed_as_it_must_be_is_not_taken(
    database_url: str, tmp_path: Path, trust: dict[str, Certified]
) -> None:
    with a_town(database_url, tmp_path, trust) as town:
        outsider, world = town.service.outsider, town.billing.world

        def spoilt(body: bytes) -> bytes:
            at = body.index(b"ApplicationResponse>") + 40
            return body[:at] + (b"A" if body[at : at + 1] != b"A" else b"B") + body[at + 1 :]

        page = Answered(200, "text/html", b"<html>Huolto</html>")
        for misdeed in (
            Misdeed(mend=lambda one: replace(one, body=spoilt(one.body))),
            Misdeed(mend=lambda one: replace(one, body=b'<!DOCTYPE x [<!ENTITY a "b">]>' + one.body)),
            Misdeed(instead=page),
            Misdeed(instead=Answered(502, "text/plain", b"")),
            Misdeed(cut=True),
        ):
            outsider.misbehave(misdeed)
            with pytest.raises(Unavailable):
                town.exchange()
        assert world.sql("select state from sources.notice_delivery") == [("ready",)], "nothing was sent by halves"

        # A bank that is away keeps no other waiting.
        other = Folder("op", ("OKOYFIHH",), tmp_path / "op" / "in", tmp_path / "op" / "out", 0)
        other.incoming.mkdir(parents=True)
        (other.incoming / "RI.dat").write_bytes(Told().text().encode("iso-8859-15"))
        outsider.misbehave(Misdeed(instead=Answered(502, "text/plain", b"")))
        away, there = banks.exchange([town.way(), other], world.register.vault, town.opened)
        assert away.fault is not None and [one.state for one in there.files] == ["taken"]

        # An answer of another day, played again; an authority that is another's; a key that is not ours.
        old = replace(town.way(), now=lambda: world.clock.at + timedelta(hours=1))
        with pytest.raises(Unavailable):
            old.listed("RI")
        trust["other"].write(tmp_path / "ca.pem")
        with pytest.raises(Unavailable):
            town.exchange()
        trust["ca"].write(tmp_path / "ca.pem")
        trust["other"].write(tmp_path / "customer.pem")
        with pytest.raises(Rejected):
            town.exchange()
        trust["other"].write(tmp_path / "customer.pem", tmp_path / "customer.key")
        with pytest.raises(Unavailable, match="signature not valid"):
            town.exchange()
        trust["customer"].write(tmp_path / "customer.pem", tmp_path / "customer.key")
        (tmp_path / "customer.key").chmod(0o644)
        with pytest.raises(Rejected, match="readable by others"):
            town.exchange()
        (tmp_path / "customer.key").chmod(0o600)
        assert town.exchange().sent == 1


def test_a_fetch_that_was_cut_off_is_made_again(database_url: str, tmp_path: Path, trust: dict[str, Certified]) -> None:
    with a_town(database_url, tmp_path, trust) as town:
        aapo = only(town.billing.world.take(town.billing.world.town, a_person("1")))
        town.exchange()
        (notice,) = town.bank.notices.values()
        town.bank.order(Payer("Kuvitteellinen Aapo", HOME, (("03", AAPO),)), notice)
        parcel = town.bank.close()
        assert parcel is not None
        # The list comes, the file is given and the wire breaks: the bank believes it was fetched.
        town.service.outsider.misbehave(Misdeed(), Misdeed(cut=True))
        with pytest.raises(Unavailable):
            town.exchange()
        assert parcel.fetched
        assert town.billing.orders(aapo) == []
        (again,) = town.exchange().files
        assert (again.state, again.matched) == ("taken", 1)
        assert len(town.billing.orders(aapo)) == 1


def test_a_way_that_is_not_wholly_set_up_says_what_it_lacks(tmp_path: Path) -> None:
    for text in ("[a]\nkind='pigeon'", "[a]\nkind='folder'", "[a]\nkind='service'", "[a", "a = 1"):
        (tmp_path / "banks.toml").write_text(text)
        with pytest.raises(Rejected):
            ways(tmp_path)
    (tmp_path / "banks.toml").unlink()
    assert ways(tmp_path) == []
