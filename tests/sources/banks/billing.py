"""A world in which a client organisation has told the banks of its invoices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from uuid import UUID

from rekisteri import parties, payers
from rekisteri.access import Action
from rekisteri.access.accounts import Organisation
from rekisteri.catalogue import Purpose, Text
from rekisteri.parties import Order
from rekisteri.payers import Channel, LastResort, Policy
from rekisteri.sources import banks
from rekisteri.sources.banks import Account, Asked, InvoiceType, Means, Notice
from tests.builders import World, a_world
from tests.sources.banks.writing import Told

LABEL = Text("Henkilötunnus", "Personbeteckning", "Identity code")
NUMBER = Text("Asiakasnumero", "Kundnummer", "Customer number")
NOTICE = Notice(
    payment_reason="PH",
    si_identifier="SI-PH",
    seller_id="1234567-1",
    names=Text("Kuusilahden kaupunki", "Granviks stad", "Town of Kuusilahti"),
    unit_number="003712345671",
    street="Kaupungintalo 1",
    postcode="00999",
    town="KUUSILAHTI",
    industry="84110",
    web_name="",
    web_address="",
    sender_address="003712345671",
    sender_operator="DABAFIHH",
    new_sender_address="",
    new_sender_operator="",
    accounts=(Account("FI4950009420028730", "OKOYFIHH", "FI4950009420028730", "OKOYFIHH"),),
    free_text=None,
    invoice_types=(
        InvoiceType(
            Text("Päivähoitolasku", "Dagvårdsfaktura", "Day-care invoice"),
            (Asked("03", Means.HETU, LABEL), Asked("09", Means.CUSTOMER_NUMBER, NUMBER)),
        ),
    ),
    service="01",
    due_day_accepted=True,
    times_accepted=False,
    reference_prefix=None,
    banks=("NDEAFIHH", "OKOYFIHH"),
)


@dataclass(slots=True)
class Billing:
    """The world, the files its banks send, and what came of them."""

    world: World
    home: Path
    notice_id: UUID
    files: int = 0

    def file(self, *messages: Told | str | bytes, encoding: str = "iso-8859-15") -> Path:
        """A file of the messages, one after another."""
        self.files += 1
        path = self.home / f"bank-{self.files}.dat"
        path.write_bytes(
            b"".join(
                one if isinstance(one, bytes) else (one if isinstance(one, str) else one.text()).encode(encoding)
                for one in messages
            )
        )
        return path

    def take(self, *messages: Told | str | bytes, encoding: str = "iso-8859-15") -> banks.FileReport:
        """A file comes from a bank and is taken."""
        return self.take_file(self.file(*messages, encoding=encoding))

    def take_file(self, path: Path, channel: str = "upload", reference: str | None = None) -> banks.FileReport:
        """The same of a file that is there."""
        world = self.world
        with world.register.door.write(world.maintainer, Action.BANK_IMPORT, Purpose.UPKEEP) as tx:
            delivery = banks.Delivery(path, path.name, channel, reference)
            report = banks.take(tx, world.register.vault, delivery, lambda _: None)
        return report

    def orders(self, party_id: UUID, organisation: Organisation | None = None, on: date | None = None) -> list[Order]:
        """The orders in force of a payer."""
        world = self.world
        with world.register.door.read(world.maintainer, Action.CUSTOMER_READ, Purpose.UPKEEP) as tx:
            found = parties.orders(
                tx, world.register.vault, party_id, (organisation or world.town).id, on or world.clock.at.date()
            )
        return found

    def state(self) -> list[tuple[object, ...]]:
        """What became of every message, in the order of their names."""
        return self.world.sql(
            "select message_id, outcome, hold, rule, evidence from sources.bank_message order by message_id, said_at"
        )


def put_notice(world: World, organisation: Organisation, notice: Notice, *, send: bool = True) -> UUID:
    """The organisation bills for the notice's payment reason, and has told the banks so."""
    register = world.register
    with register.door.write(world.maintainer, Action.REASON_MANAGE, Purpose.UPKEEP) as tx:
        policy = Policy((Channel.CONSUMER_EINVOICE, Channel.DIRECT_PAYMENT, Channel.LETTER), LastResort.LETTER)
        payers.set_reason(tx, organisation.id, notice.payment_reason, Text("Lasku", "Faktura", "Invoice"), policy)
    with register.door.write(world.maintainer, Action.BANK_ANNOUNCE, Purpose.UPKEEP) as tx:
        notice_id = banks.draft(tx, organisation.id, notice)
        banks.issue(tx, notice_id)
    if send:
        send_all(world)
    return notice_id


def send_all(world: World) -> list[banks.Outgoing]:
    """Everything that is ready goes to the banks."""
    with world.register.door.write(world.maintainer, Action.BANK_EXCHANGE, Purpose.UPKEEP) as tx:
        out = banks.outgoing(tx, world.register.vault)
        banks.sent(tx, world.register.vault, [one.id for one in out])
    return out


@contextmanager
def a_billing(database_url: str, home: Path, **changes: object) -> Iterator[Billing]:
    """A register whose town bills for day-care and has told two banks so."""
    with a_world(database_url, home) as world:
        notice = replace(NOTICE, **changes)  # type: ignore[arg-type]
        yield Billing(world, home, put_notice(world, world.town, notice))
