"""What the demo's client organisations bill for, and by which channels: so that ``who pays`` answers at once."""

from __future__ import annotations

from collections.abc import Mapping

from rekisteri import access, payers
from rekisteri.access import Action
from rekisteri.catalogue import Purpose, Text
from rekisteri.payers import Channel, Households, LastResort, Policy
from rekisteri.wiring import Register, operator

_CONSUMER = (Channel.CONSUMER_EINVOICE, Channel.DIRECT_PAYMENT)

REASONS: Mapping[str, tuple[tuple[str, Text, Policy], ...]] = {
    "kuusilahti": (
        (
            "PAIVAHOITO",
            Text("Varhaiskasvatus", "Småbarnspedagogik", "Early childhood education"),
            Policy((*_CONSUMER, Channel.MAILBOX, Channel.EMAIL, Channel.LETTER), LastResort.BY_HAND, Households.EVERY),
        ),
    ),
    "lansirannikko": (
        (
            "HOITO",
            Text("Terveydenhuollon asiakasmaksut", "Klientavgifter inom hälsovården", "Health care charges"),
            Policy((*_CONSUMER, Channel.MAILBOX, Channel.LETTER), LastResort.LETTER, Households.CHILDS),
        ),
    ),
    "granvikin-vesi": (
        (
            "VESI",
            Text("Vesi ja jätevesi", "Vatten och avlopp", "Water and sewage"),
            Policy((Channel.EINVOICE, *_CONSUMER, Channel.EMAIL, Channel.LETTER), LastResort.LETTER),
        ),
    ),
}
"""By client organisation: code, name and channel policy of each payment reason."""


def declare_reasons(register: Register) -> None:
    """Each payment reason that its organisation has not got; what somebody has changed since stays as it is."""
    with register.door.write(operator("demo"), Action.REASON_MANAGE, Purpose.ADMINISTRATION) as tx:
        numbers = {one.code: one.id for one in access.organisations(tx)}
        there = {(one.organisation_id, one.code) for one in payers.payment_reasons(tx)}
        for organisation, told in REASONS.items():
            for code, name, policy in told:
                if (numbers[organisation], code) not in there:
                    payers.set_reason(tx, numbers[organisation], code, name, policy)
