"""A sender notice (laskuttajailmoitus, SI) as the biller has it: what it says of itself, what it asks of payers.

Lengths, codes and rules are those of the notification service's guideline of 5.12.2012 and of
its schemas as far as they are public.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from rekisteri.catalogue import Text
from rekisteri.ground import numbers
from rekisteri.ground.errors import Rejected

LETTERS = "iso-8859-15"
"""What the banks' messages are written in: a letter outside it can't be sent."""
NAME_MIN, NAME_MAX = 2, 70
LINE_MIN, LINE_MAX = 2, 35
FREE_TEXT_MAX = 512
IDENTIFIER_MAX = 48
ADDRESS_MAX = 35
REASON_MAX = 35
ASKED_MOST = 10
TYPES_MOST = 10
_OPERATOR = re.compile(r"[0-9A-Z]{8,11}")
_UNIT = re.compile(r"[0-9A-Za-z]{5,35}")
_INDUSTRY = re.compile(r"[0-9]{0,6}")


class Means(StrEnum):
    """What an identifier that the payer types in is to the register."""

    HETU = "hetu"
    YTUNNUS = "ytunnus"
    CUSTOMER_NUMBER = "customer_number"
    REFERENCE = "reference"
    PHONE = "phone"
    OTHER = "other"


TYPES: Mapping[str, tuple[Means, ...]] = {
    "01": (Means.REFERENCE,),
    "02": (Means.REFERENCE,),
    "03": (Means.HETU,),
    "04": (Means.YTUNNUS,),
    "05": (Means.PHONE,),
    "06": (Means.PHONE,),
    "07": (Means.CUSTOMER_NUMBER, Means.OTHER),
    "08": (Means.CUSTOMER_NUMBER, Means.OTHER),
    "09": (Means.CUSTOMER_NUMBER, Means.OTHER),
    "99": (Means.CUSTOMER_NUMBER, Means.OTHER),
}
"""SellerInvoiceIdentifierType to what it may mean here."""
SERVICES: Mapping[str, Text] = {
    "00": Text("Vain e-lasku", "Endast e-faktura", "E-invoice only"),
    "01": Text("E-lasku ja suoramaksu", "E-faktura och direktbetalning", "E-invoice and direct payment"),
    "02": Text("Ei uusia suoramaksuja; vanhat jatkuvat", "Inga nya direktbetalningar; de gamla fortsätter",
               "No new direct payments; old ones go on"),
}  # fmt: skip
"""SellerServiceCode."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An identifier that the payer is asked for, and what it is to the register."""

    type: str
    means: Means
    label: Text
    least: int = 1
    most: int = 35
    hyphens: bool = False
    spaces: bool = False


@dataclass(frozen=True, slots=True)
class InvoiceType:
    """A kind of invoice the payer chooses from, and what is asked of who chooses it."""

    label: Text
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the biller, and the one that takes its place."""

    iban: str
    bic: str
    new_iban: str
    new_bic: str


@dataclass(frozen=True, slots=True)
class Notice:
    """All that a notice says, whichever bank it goes to.

    ``reference_prefix`` are the digits before the customer number in the biller's reference
    numbers; None where a reference tells nothing of the customer.
    """

    payment_reason: str
    si_identifier: str
    seller_id: str
    names: Text
    unit_number: str
    street: str
    postcode: str
    town: str
    industry: str
    web_name: str
    web_address: str
    sender_address: str
    sender_operator: str
    new_sender_address: str
    new_sender_operator: str
    accounts: tuple[Account, ...]
    free_text: Text | None
    invoice_types: tuple[InvoiceType, ...]
    service: str
    due_day_accepted: bool
    times_accepted: bool
    reference_prefix: str | None
    banks: tuple[str, ...]

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every identifier asked for by one invoice type or another."""
        found = {(one.type, one.means): one for kind in self.invoice_types for one in kind.asked}
        return tuple(found.values())


def check(notice: Notice) -> None:
    """Hold a notice against the banks' rules. Raises ``Rejected`` naming the field, for the first fault."""
    _texts(notice)
    _codes(notice)
    if not notice.accounts:
        raise Rejected("Give at least one account of the biller.", field="accounts")
    for account in notice.accounts:
        for iban in (account.iban, account.new_iban):
            if numbers.iban(iban) != iban:
                raise Rejected("An account is an IBAN, written without spaces.", field="accounts")
        for bic in (account.bic, account.new_bic):
            if not _OPERATOR.fullmatch(bic):
                raise Rejected("A bank is named by its BIC of 8 or 11 characters.", field="accounts")
    if not notice.invoice_types or len(notice.invoice_types) > TYPES_MOST:
        raise Rejected("Name one to ten kinds of invoices.", field="invoice_types")
    for kind in notice.invoice_types:
        _invoice_type(kind)
    if not notice.banks or len(set(notice.banks)) < len(notice.banks):
        raise Rejected("Name the banks it goes to, each once.", field="banks")
    for text in _every_text(asdict(notice)):
        _letters(text)


def _texts(notice: Notice) -> None:
    _length("payment_reason", notice.payment_reason, 1, REASON_MAX)
    _length("si_identifier", notice.si_identifier, 1, IDENTIFIER_MAX)
    _trilingual("names", notice.names, NAME_MIN, NAME_MAX)
    _length("street", notice.street, LINE_MIN, LINE_MAX)
    _length("town", notice.town, LINE_MIN, LINE_MAX)
    _length("postcode", notice.postcode, 1, IDENTIFIER_MAX)
    _length("web_name", notice.web_name, 0, NAME_MAX)
    _length("web_address", notice.web_address, 0, FREE_TEXT_MAX)
    _length("sender_address", notice.sender_address, 1, ADDRESS_MAX)
    _length("new_sender_address", notice.new_sender_address, 0, ADDRESS_MAX)
    if notice.free_text is not None:
        _trilingual("free_text", notice.free_text, 1, FREE_TEXT_MAX)


def _codes(notice: Notice) -> None:
    if numbers.ytunnus(notice.seller_id) != notice.seller_id:
        raise Rejected("The biller is named by its business ID.", field="seller_id")
    if not _UNIT.fullmatch(notice.unit_number):
        raise Rejected("The unit number (OVT) has 5 to 35 letters and digits.", field="unit_number")
    if not _INDUSTRY.fullmatch(notice.industry):
        raise Rejected("The industry code has at most 6 digits.", field="industry")
    if not _OPERATOR.fullmatch(notice.sender_operator):
        raise Rejected("The sending intermediator has 8 to 11 capital letters and digits.", field="sender_operator")
    if notice.new_sender_operator and not _OPERATOR.fullmatch(notice.new_sender_operator):
        raise Rejected("The new intermediator has 8 to 11 capital letters and digits.", field="new_sender_operator")
    if bool(notice.new_sender_address) != bool(notice.new_sender_operator):
        raise Rejected("A move needs both the new address and the new intermediator.", field="new_sender_address")
    if notice.service not in SERVICES:
        raise Rejected("The service code is 00, 01 or 02.", field="service")
    prefix = notice.reference_prefix
    if prefix is not None and prefix and not (prefix.isascii() and prefix.isdigit() and len(prefix) <= LINE_MAX):
        raise Rejected("The beginning of a reference is digits, or nothing.", field="reference_prefix")


def _invoice_type(kind: InvoiceType) -> None:
    _trilingual("invoice_types", kind.label, 1, LINE_MAX)
    if not kind.asked or len(kind.asked) > ASKED_MOST:
        raise Rejected("Ask the payer for one to ten identifiers; without any nobody can be matched.", field="asked")
    for one in kind.asked:
        if one.type not in TYPES or one.means not in TYPES[one.type]:
            raise Rejected("An identifier of that type can't mean that; see the list of types.", field="asked")
        _trilingual("asked", one.label, 1, LINE_MAX)
        if not 1 <= one.least <= one.most <= LINE_MAX:
            raise Rejected("An identifier has from 1 to 35 characters.", field="asked")


def _length(field: str, text: str, least: int, most: int) -> None:
    if not least <= len(text) <= most or text != text.strip() or not text.isprintable():
        raise Rejected(f"From {least} to {most} printable characters; nothing is cut for you.", field=field)


def _trilingual(field: str, text: Text, least: int, most: int) -> None:
    """Banks may refuse a notice without Finnish, and expect all three languages."""
    for one in (text.fi, text.sv, text.en):
        _length(field, one, least, most)


def _letters(text: str) -> None:
    try:
        text.encode(LETTERS)
    except UnicodeEncodeError as error:
        wrong = text[error.start]
        raise Rejected(
            f"The banks' messages can't hold the letter {wrong}; write it otherwise.", field="notice"
        ) from None


def _every_text(value: object) -> Iterable[str]:
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from _every_text(one)
        case list() | tuple():
            for one in value:
                yield from _every_text(one)


def to_json(notice: Notice) -> dict[str, Any]:
    """A notice as it is kept and sent by the API."""
    return asdict(notice)


def from_json(content: Mapping[str, Any]) -> Notice:
    """A notice from what ``to_json`` made. Raises ``Rejected`` for anything else."""
    if not all(isinstance(content.get(name), str | bool | None) for name in _PLAIN):
        raise Rejected("That is no sender notice; begin from the example.", field="notice")
    try:
        return Notice(
            **{name: content[name] for name in _PLAIN},
            names=_text(content["names"]),
            accounts=tuple(Account(**account) for account in content["accounts"]),
            free_text=None if content["free_text"] is None else _text(content["free_text"]),
            invoice_types=tuple(
                InvoiceType(
                    _text(kind["label"]),
                    tuple(
                        Asked(**(one | {"label": _text(one["label"]), "means": Means(one["means"])}))
                        for one in kind["asked"]
                    ),
                )
                for kind in content["invoice_types"]
            ),
            banks=tuple(content["banks"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Rejected("That is no sender notice; begin from the example.", field="notice") from None


def _text(value: Mapping[str, str]) -> Text:
    return Text(value["fi"], value["sv"], value["en"])


_PLAIN = (
    "payment_reason", "si_identifier", "seller_id", "unit_number", "street", "postcode", "town", "industry", "web_name",
    "web_address", "sender_address", "sender_operator", "new_sender_address", "new_sender_operator", "service",
    "due_day_accepted", "times_accepted", "reference_prefix",
)  # fmt: skip
