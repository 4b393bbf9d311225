"""demo, its banks: the organisations tell the banks of their invoices once, and the first orders come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rekisteri import access
from rekisteri.access import Action
from rekisteri.catalogue import Text
from rekisteri.cli.demo_reasons import REASONS
from rekisteri.cli.frame import Acting, aside
from rekisteri.sources import banks
from rekisteri.sources.banks import Account, Asked, InvoiceType, Means, Notice

BANKS = ("NDEAFIHH", "OKOYFIHH")
OPERATOR = "DABAFIHH"
BY_HETU = (Asked("03", Means.HETU, Text("Henkilötunnus", "Personbeteckning", "Identity code")),)
BY_NUMBER = (Asked("09", Means.CUSTOMER_NUMBER, Text("Asiakasnumero", "Kundnummer", "Customer number")),)
ASKED = {"granvikin-vesi": BY_NUMBER}
"""What payers type in, where it is another thing than their identity code."""
ACCOUNT = Account("FI4950009420028730", "OKOYFIHH", "FI4950009420028730", "OKOYFIHH")


@dataclass(frozen=True, slots=True)
class Biller:
    """A client organisation that tells the banks of itself."""

    code: str
    name: Text
    ytunnus: str


def announce(acting: Acting, billers: Sequence[Biller]) -> None:
    """Notices at both banks of the first payment reason of each, and the orders payers give; of those who have not told the banks yet."""
    with acting.read(Action.BANK_NOTICES) as tx:
        done = {one.organisation_id for one in banks.notices(tx) if one.issued_at is not None}
        numbers = {one.code: one.id for one in access.organisations(tx)}
    missing = [one for one in billers if numbers[one.code] not in done]
    if not missing:
        return
    with aside().status("The organisations tell the banks of their invoices…"):
        for biller in missing:
            number = numbers[biller.code]
            with acting.write(Action.BANK_ANNOUNCE) as tx:
                banks.issue(tx, banks.draft(tx, number, _notice(biller)))
        register = acting.register
        for _ in ("notices go out", "orders come in"):
            for way in banks.exchange(
                banks.ways(register.settings.home), register.vault, lambda: acting.write(Action.BANK_EXCHANGE)
            ):
                if way.fault is not None:
                    raise way.fault


def _notice(biller: Biller) -> Notice:
    reason, words, _ = REASONS[biller.code][0]
    address = f"0037{biller.ytunnus.replace('-', '')}"
    return Notice(
        payment_reason=reason,
        si_identifier=f"SI-{biller.code}",
        seller_id=biller.ytunnus,
        names=biller.name,
        unit_number=address,
        street="Esimerkkikatu 1",
        postcode="00999",
        town="HELSINKI",
        industry="",
        web_name="",
        web_address="",
        sender_address=address,
        sender_operator=OPERATOR,
        new_sender_address="",
        new_sender_operator="",
        accounts=(ACCOUNT,),
        free_text=None,
        invoice_types=(InvoiceType(words, ASKED.get(biller.code, BY_HETU)),),
        service="01",
        due_day_accepted=True,
        times_accepted=False,
        reference_prefix=None,
        banks=BANKS,
    )
