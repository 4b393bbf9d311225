"""SEPA mandate messages, bytes to typed: initiation, amendment, cancellation, acceptance report (ISO 20022 pain.009–012).

A document is read whole, held against its schema first (version 5 of each, from the package
``sepa``), and never with entities, DTD or network. One document holds many mandates' words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import as_file, files
from types import MappingProxyType

from lxml import etree

from rekisteri.ground import numbers
from rekisteri.sources.banks.holds import Hold, Unfit
from rekisteri.sources.banks.wire import instant

SIGN = b"urn:iso:std:iso:20022:tech:xsd:pain."
"""What stands in the beginning of every such document, and of no other that banks send here."""
SIGN_WITHIN = 4096
DOCUMENT_BYTES_MAX = 32 << 20
PARTIAL_TEXT_MAX = 140
_LINE = re.compile(r", line ([0-9]+)\Z")


class MandateKind(StrEnum):
    """What a message does to a mandate."""

    INITIATION = "initiation"
    AMENDMENT = "amendment"
    CANCELLATION = "cancellation"
    ACCEPTANCE = "acceptance"


_MESSAGES = MappingProxyType(
    {
        "pain.009.001.05": (MandateKind.INITIATION, "Mndt"),
        "pain.010.001.05": (MandateKind.AMENDMENT, "UndrlygAmdmntDtls"),
        "pain.011.001.05": (MandateKind.CANCELLATION, "UndrlygCxlDtls"),
        "pain.012.001.05": (MandateKind.ACCEPTANCE, "UndrlygAccptncDtls"),
    }
)
_SEQUENCES = MappingProxyType({"RCUR": "recurring", "OOFF": "one_off"})
_SCHEMES = MappingProxyType({"NIDN": "hetu", "CUST": "customer_number"})
"""ISO 20022 external codes of a person's identifiers: national identity number, customer number."""
_BUSINESS = MappingProxyType({"COID": "ytunnus", "TXID": "ytunnus", "CUST": "customer_number"})
"""The same of an organisation's: country identification code, tax identification number, customer number."""


@dataclass(frozen=True, slots=True)
class Debtor:
    """Who pays: the name, and identifiers as (what it is, value)."""

    name: str
    identifiers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a message says of a mandate; an amendment says only what changes. None: not said."""

    debtor: Debtor | None = None
    account: str | None = None
    bank: str | None = None
    sequence: str | None = None
    given_on: date | None = None
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class MandateWord:
    """One message's word of one mandate.

    ``creditor`` is empty where the message does not name it; ``reference`` is empty of an answer
    to a whole message. ``renamed`` is the new reference of an amendment that gives one.
    """

    position: int
    reference: str
    creditor: str
    original_message_id: str
    accepted: bool | None
    reason: str
    terms: Terms
    digest: bytes
    renamed: str = ""


@dataclass(frozen=True, slots=True)
class MandateDocument:
    """A document: its identifier, its sender's time and own identifier, and what it says."""

    kind: MandateKind
    message_id: str
    created_at: datetime
    initiator: str
    words: tuple[MandateWord, ...]


def is_mandates(beginning: bytes) -> bool:
    """Whether a file that begins so is of the mandate messages."""
    return SIGN in beginning[:SIGN_WITHIN]


def read_mandates(content: bytes) -> MandateDocument:
    """A document as typed values. Raises ``Unfit`` with the cause for one that may not be taken."""
    if b"<!DOCTYPE" in content:
        raise Unfit(Hold.DOCTYPE, content.index(b"<!DOCTYPE"))
    try:
        root = etree.fromstring(content, _parser())
    except etree.XMLSyntaxError:
        raise Unfit(Hold.NOT_XML, 0) from None
    named = etree.QName(root).namespace or ""
    known = named.removeprefix(SIGN.decode()[: -len("pain.")])
    if known not in _MESSAGES:
        raise Unfit(Hold.VERSION_UNKNOWN, 0)
    try:
        _schema(known).assertValid(root)
    except etree.DocumentInvalid as fault:
        raise Unfit(Hold.SCHEMA, _position(content, str(fault))) from None
    kind, element = _MESSAGES[known]
    message = root[0]
    created_at = instant(_at(message, "GrpHdr/CreDtTm"))
    if created_at is None:
        raise Unfit(Hold.SCHEMA, 0)
    return MandateDocument(
        kind=kind,
        message_id=_at(message, "GrpHdr/MsgId"),
        created_at=created_at,
        initiator=next((code for _, code in _codes(_find(message, "GrpHdr/InitgPty"))), ""),
        words=tuple(
            _word(kind, place, one) for place, one in enumerate(message.iterchildren("{*}" + element), start=1)
        ),
    )


@cache
def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )


@cache
def _schema(name: str) -> etree.XMLSchema:
    with as_file(files("sepa") / "schemas" / f"{name}.xsd") as path:
        return etree.XMLSchema(etree.parse(path, _parser()))


def _position(content: bytes, fault: str) -> int:
    """The byte at which the line of a fault begins; the first where it is not told."""
    found = _LINE.search(fault)
    position = 0
    for _ in range(int(found.group(1)) - 1 if found else 0):
        position = content.find(b"\n", position) + 1
    return position


def _word(kind: MandateKind, place: int, element: etree._Element) -> MandateWord:
    original = element if kind is MandateKind.INITIATION else _original(element)
    said = _found(element, "Mndt") if kind is MandateKind.AMENDMENT else original
    named = _at(element, "OrgnlMndt/OrgnlMndtId") or _at(original, "MndtId")
    renamed = _at(said, "MndtId")
    accepted = _at(element, "AccptncRslt/Accptd")
    return MandateWord(
        position=place,
        reference=named,
        creditor=_creditor(said) or _creditor(original),
        original_message_id=_at(element, "OrgnlMsgInf/MsgId"),
        accepted={"": None, "true": True, "1": True}.get(accepted, False),
        reason=_reason(element),
        terms=_terms(said) if kind in (MandateKind.INITIATION, MandateKind.AMENDMENT) else Terms(),
        digest=hashlib.blake2b(etree.tostring(element, method="c14n"), digest_size=32).digest(),
        renamed=renamed if kind is MandateKind.AMENDMENT and renamed != named else "",
    )


def _original(element: etree._Element) -> etree._Element:
    """The whole original mandate, where it is sent; the element itself, which has none of its children, where not."""
    found = _find(element, "OrgnlMndt/OrgnlMndt")
    return element if found is None else found


def _creditor(mandate: etree._Element) -> str:
    """The creditor identifier (AT-02), in whichever of the two places of the scheme it stands."""
    for place in ("CdtrSchmeId", "Cdtr"):
        for _, value in _codes(_find(mandate, place)):
            found = numbers.creditor_id(value)
            if found is not None:
                return found
    return ""


def _terms(mandate: etree._Element) -> Terms:
    debtor = _find(mandate, "Dbtr")
    account = _at(mandate, "DbtrAcct/Id/IBAN")
    return Terms(
        debtor=None if debtor is None else Debtor(_at(debtor, "Nm"), tuple(_identifiers(debtor))),
        account=numbers.iban(account) or account or None,
        bank=_at(mandate, "DbtrAgt/FinInstnId/BICFI") or _at(mandate, "DbtrAgt/FinInstnId/ClrSysMmbId/MmbId") or None,
        sequence=_SEQUENCES.get(_at(mandate, "Ocrncs/SeqTp")),
        given_on=_day(_at(mandate, "Authntcn/Dt")),
        first_on=_day(_at(mandate, "Ocrncs/FrstColltnDt") or _at(mandate, "Ocrncs/Drtn/FrDt")),
        last_on=_day(_at(mandate, "Ocrncs/FnlColltnDt") or _at(mandate, "Ocrncs/Drtn/ToDt")),
    )


def _identifiers(party: etree._Element) -> Iterator[tuple[str, str]]:
    for kind, schemes in (("PrvtId", _SCHEMES), ("OrgId", _BUSINESS)):
        for other in party.iterfind(f"{{*}}Id/{{*}}{kind}/{{*}}Othr"):
            scheme = schemes.get(_at(other, "SchmeNm/Cd"))
            if scheme is not None:
                yield scheme, _at(other, "Id")


def _codes(party: etree._Element | None) -> Iterator[tuple[str, str]]:
    """Every identifier of a party with its kind of bearer."""
    if party is not None:
        for kind in ("PrvtId", "OrgId"):
            for other in party.iterfind(f"{{*}}Id/{{*}}{kind}/{{*}}Othr"):
                yield kind, _at(other, "Id")


def _reason(element: etree._Element) -> str:
    """The code of a reason, or its words; never more than a line."""
    for place in ("AccptncRslt/RjctRsn", "CxlRsn/Rsn", "AmdmntRsn/Rsn"):
        said = _at(element, f"{place}/Cd") or _at(element, f"{place}/Prtry")
        if said:
            return numbers.without_hetu(said)[:PARTIAL_TEXT_MAX]
    return ""


def _find(element: etree._Element, path: str) -> etree._Element | None:
    return element.find("/".join("{*}" + step for step in path.split("/")))


def _found(element: etree._Element, path: str) -> etree._Element:
    found = _find(element, path)
    assert found is not None, "the schema asks for it"
    return found


def _at(element: etree._Element, path: str) -> str:
    found = _find(element, path)
    return "" if found is None or found.text is None else found.text.strip()


def _day(text: str) -> date | None:
    """A date of the schema's kind; it may bear a zone."""
    return date.fromisoformat(text[:10]) if text else None
