"""A bank of the notification service: billers announce themselves, payers order, move and end, all by message.

Written from the public descriptions of the service and sharing nothing with the register's own reading.
The bank checks what it is sent, answers failures alone, and puts what its customers do into files for the
biller. Its encodings, prefixes and small liberties are those seen in the wild.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

HELSINKI: Final = ZoneInfo("Europe/Helsinki")
LATIN9: Final = "iso-8859-15"
_MESSAGE: Final = re.compile(rb"<\?xml[^>]*\?>\s*(<(FinvoiceSenderInfo|ReceiverProposal)\b.*?</\2>)", re.DOTALL)
_FRAME_END: Final = re.compile(rb"</[\w-]+:Envelope>")
SI_NOT_ADDRESSED, SCHEMA, REUSED, OTHER = "2", "7", "5", "6"
SI_EXISTS, SI_UNKNOWN, REFUSED, NO_SI = "803", "804", "806", "807"


@dataclass(frozen=True, slots=True)
class Announced:
    """A biller's notice as this bank holds it."""

    identifier: str
    seller: str
    names: tuple[str, ...]
    address: str
    operator: str
    reason: str
    service: str
    asked: tuple[str, ...]
    """Types of the identifiers a payer is asked for."""

    @property
    def key(self) -> tuple[str, str, str]:
        """By what a change or an ending finds it."""
        return self.address, self.operator, self.reason


@dataclass(frozen=True, slots=True)
class Payer:
    """A customer of the bank at its own web pages: what it would type in, and its account."""

    name: str
    account: str
    identifiers: tuple[tuple[str, str], ...]
    street: str = "Pankinkatu 1"
    postcode: str = "00100"
    town: str = "HELSINKI"


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order in force at the bank."""

    payer: Payer
    notice: Announced
    direct: bool
    message_id: str


@dataclass(slots=True)
class Parcel:
    """A file the bank has for a biller."""

    reference: str
    name: str
    type: str
    content: bytes
    fetched: bool = False


@dataclass(slots=True)
class Bank:
    """One bank: what billers have told it, what its customers have ordered, the files that wait."""

    bic: str
    now: Callable[[], datetime]
    notices: dict[tuple[str, str, str], Announced] = field(default_factory=dict)
    orders: dict[tuple[str, tuple[str, str, str]], Ordered] = field(default_factory=dict)
    parcels: list[Parcel] = field(default_factory=list)
    refuses: frozenset[str] = frozenset()
    """Accounts whose owners refuse whatever a biller proposes."""
    _seen: set[tuple[str, str]] = field(default_factory=set)
    _pending: list[bytes] = field(default_factory=list)
    _count: int = 0

    # what billers send

    def hear(self, content: bytes) -> None:
        """A file from a biller: every message in it is checked and acted on; failures are answered in a file."""
        acks = [ack for frame, message in _cut(content) if (ack := self._hear(frame, message)) is not None]
        if acks:
            self._put("ACK", b"".join(acks))

    def _hear(self, frame: bytes, message: bytes) -> bytes | None:
        try:
            head, said = fromstring(frame), fromstring(message)
        except (ParseError, DefusedXmlException):
            return self._ack("?", SCHEMA, "Not XML")
        parties = [(_text(one, "PartyId"), _text(one, "Role")) for one in _all(head, "From") + _all(head, "To")]
        data = _all(head, "MessageData")[0]
        message_id, time = _text(data, "MessageId"), _text(data, "Timestamp")
        if (message_id, time) in self._seen:
            return self._ack(message_id, REUSED, "MessageId used already")
        self._seen.add((message_id, time))
        sender, receiver = parties[0][0], parties[2][0]
        code, text = (
            self._notice(said, sender, receiver)
            if said.tag == "FinvoiceSenderInfo"
            else self._proposal(said, receiver, message_id)
        )
        return self._ack(message_id, code, text) if code else None

    def _notice(self, said: Element, sender: str, receiver: str) -> tuple[str, str]:
        if receiver != "SENDERINFO":
            return SI_NOT_ADDRESSED, "Not addressed to SENDERINFO"
        notice = _announced(said)
        if notice is None:
            return SCHEMA, "Schema error"
        if sender != notice.address:
            return OTHER, "Sender is not InvoiceSenderAddress"
        action = _text(said, "MessageActionCode")
        known = notice.key in self.notices
        if action == "ADD":
            if known:
                return SI_EXISTS, "SenderInfo exists"
            self.notices[notice.key] = notice
            return "", ""
        if not known:
            return SI_UNKNOWN, "SenderInfo not found"
        if action == "DELETE":
            del self.notices[notice.key]
            self.orders = {place: one for place, one in self.orders.items() if one.notice.key != notice.key}
            return "", ""
        del self.notices[notice.key]
        moved = _text(said, "NewInvoiceSenderAddress"), _text(said, "NewInvoiceSenderIntermediatorAddress")
        if all(moved):
            notice = Announced(
                notice.identifier, notice.seller, notice.names, *moved, notice.reason, notice.service, notice.asked
            )
        self.notices[notice.key] = notice
        return "", ""

    def _proposal(self, said: Element, receiver: str, message_id: str) -> tuple[str, str]:
        if receiver != "PROPOSAL":
            return SI_NOT_ADDRESSED, "Not addressed to PROPOSAL"
        identifier, account = _text(said, "SenderInfoIdentifier"), _text(said, "InvoiceRecipientAddress")
        notice = next((one for one in self.notices.values() if one.identifier == identifier), None)
        if notice is None or not account:
            return NO_SI, "Proposal does not match"
        if account in self.refuses:
            return REFUSED, "Recipient refused"
        typed = tuple(
            (one.get("SellerInvoiceIdentifierType", ""), one.text or "")
            for one in _all(said, "SellerInvoiceIdentifier")
        )
        self._tell(
            "ADD", Payer(_text(said, "BuyerOrganisationName"), account, typed), notice, direct=False, ref=message_id
        )
        return "", ""

    # what payers do

    def order(self, payer: Payer, notice: Announced, *, direct: bool = False, due_day: int | None = None) -> str:
        """A payer orders e-invoices, or direct payment; the message's identifier."""
        return self._tell("ADD", payer, notice, direct=direct, due_day=due_day)

    def change(self, payer: Payer, notice: Announced, *, direct: bool, due_day: int | None = None) -> str:
        """A payer changes what it had ordered."""
        old = self.orders.get((payer.account, notice.key))
        ref = None if old is None else old.message_id
        return self._tell("CHANGE", payer, notice, direct=direct, due_day=due_day, ref=ref)

    def end(self, payer: Payer, notice: Announced) -> str:
        """A payer ends an order."""
        old = self.orders.pop((payer.account, notice.key), None)
        return self._tell("DELETE", payer, notice, direct=bool(old and old.direct), ref=old.message_id if old else None)

    def move(self, payer: Payer, account: str, notice: Announced, *, new_first: bool = False) -> Payer:
        """A payer's account changes: the old order ends and a new one begins, told in either order."""
        old = self.orders.get((payer.account, notice.key))
        moved = Payer(payer.name, account, payer.identifiers, payer.street, payer.postcode, payer.town)
        direct = bool(old and old.direct)
        if new_first:
            self._tell("ADD", moved, notice, direct=direct)
            self.end(payer, notice)
        else:
            self.end(payer, notice)
            self._tell("ADD", moved, notice, direct=direct)
        return moved

    def close(self) -> Parcel | None:
        """The end of the day: what payers did is put into one file; None where they did nothing."""
        if not self._pending:
            return None
        parcel = self._put("RI", b"".join(self._pending))
        self._pending.clear()
        return parcel

    # what the bank writes

    def _tell(
        self,
        action: str,
        payer: Payer,
        notice: Announced,
        *,
        direct: bool,
        due_day: int | None = None,
        ref: str | None = None,
    ) -> str:
        message_id = self._identifier()
        at = self.now().astimezone(HELSINKI)
        frame = _frame(payer.account, self.bic, notice, message_id, at, ref)
        self._pending.append(_in_latin9(frame + _receiver_info(action, payer, self.bic, notice, at, direct, due_day)))
        if action != "DELETE":
            self.orders[payer.account, notice.key] = Ordered(payer, notice, direct, message_id)
        return message_id

    def _ack(self, original: str, code: str, text: str) -> bytes:
        message_id, at = self._identifier(), self.now().astimezone(HELSINKI)
        stamp = at.isoformat(timespec="seconds")
        frame = _envelope(self.bic, self.bic, "BILLER", self.bic, message_id, stamp, None, "Finvoiceack")
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<tns:Finvoiceack xmlns:tns="http://www.pankkiyhdistys.fi/verkkolasku/finvoice/finvoiceack.xsd" '
            'xmlns:eb="http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd" Version="2.0">\n'
            f"<tns:Acknowledgement>\n<tns:MessageData>\n<eb:MessageId>{escape(original)}</eb:MessageId>\n"
            f"<eb:Timestamp>{stamp}</eb:Timestamp>\n</tns:MessageData>\n"
            f"<tns:Reason>\n<tns:Code>{code}</tns:Code>\n<tns:Text>{escape(text)}</tns:Text>\n</tns:Reason>\n"
            "</tns:Acknowledgement>\n</tns:Finvoiceack>\n"
        )
        return (frame + body).encode()

    def _identifier(self) -> str:
        self._count += 1
        return f"{self.bic}{self.now().astimezone(HELSINKI):%y%m%d%H%M%S}{self._count:06d}"

    def _put(self, type_: str, content: bytes) -> Parcel:
        self._count += 1
        reference = f"{self.now().astimezone(HELSINKI):%Y%m%d%H%M%S}{self._count:06d}"
        parcel = Parcel(reference, f"{type_}{reference}.dat", type_, content)
        self.parcels.append(parcel)
        return parcel


def _in_latin9(text: str) -> bytes:
    """As a bank's old systems write it: of a letter they lack the bare one stays, else a question mark."""
    try:
        return text.encode(LATIN9)
    except UnicodeEncodeError:
        return "".join(map(_letter, text)).encode(LATIN9, "replace")


def _letter(letter: str) -> str:
    try:
        letter.encode(LATIN9)
    except UnicodeEncodeError:
        return unicodedata.normalize("NFKD", letter)[0]
    return letter


def _cut(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Frames and messages of a biller's file."""
    at = 0
    while (end := _FRAME_END.search(content, at)) is not None:
        found = _MESSAGE.match(content, _skip(content, end.end()))
        if found is None:
            return
        yield content[at : end.end()], content[found.start() : found.end()]
        at = _skip(content, found.end())


def _skip(content: bytes, at: int) -> int:
    while at < len(content) and content[at : at + 1].isspace():
        at += 1
    return at


def _announced(said: Element) -> Announced | None:
    names = tuple(one.text or "" for one in _all(said, "SellerOrganisationName"))
    languages = {one.get("LanguageCode") for one in _all(said, "SellerOrganisationNames")}
    notice = Announced(
        identifier=_text(said, "SenderInfoIdentifier"),
        seller=_text(said, "SellerPartyIdentifier"),
        names=names,
        address=_text(said, "InvoiceSenderAddress"),
        operator=_text(said, "InvoiceSenderIntermediatorAddress"),
        reason=_text(said, "PaymentInstructionIdentifier"),
        service=_text(said, "SellerServiceCode"),
        asked=tuple(
            dict.fromkeys(
                one.get("SellerInvoiceIdentifierType", "") for one in _all(said, "SellerInvoiceIdentifierText")
            )
        ),
    )
    whole = all((notice.identifier, notice.seller, notice.address, notice.operator, notice.reason, notice.asked))
    return notice if whole and "FI" in languages and notice.service in ("00", "01", "02") else None


def _frame(account: str, bic: str, notice: Announced, message_id: str, at: datetime, ref: str | None) -> str:
    stamp = at.isoformat(timespec="seconds")
    return _envelope(account, bic, notice.address, notice.operator, message_id, stamp, ref, "ReceiverInfo")


def _envelope(
    sender: str, via: str, receiver: str, to: str, message_id: str, stamp: str, ref: str | None, kind: str
) -> str:
    refers = f"<eb:RefToMessageId>{ref}</eb:RefToMessageId>\n" if ref else ""
    sides = "".join(
        f"<eb:{side}>\n<eb:PartyId>{party}</eb:PartyId>\n<eb:Role>{role}</eb:Role>\n</eb:{side}>\n"
        for side, party, role in (
            ("From", sender, "Sender"), ("From", via, "Intermediator"), ("To", receiver, "Receiver"),
            ("To", to, "Intermediator"),
        )
    )  # fmt: skip
    return (
        '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:eb="http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd" '
        'xmlns:xlink="http://www.w3.org/1999/xlink">\n<S:Header>\n'
        f'<eb:MessageHeader S:mustUnderstand="1" eb:version="2.0">\n{sides}<eb:CPAId>yoursandmycpa</eb:CPAId>\n'
        "<eb:ConversationId/>\n<eb:Service>Routing</eb:Service>\n<eb:Action>ProcessInvoice</eb:Action>\n"
        f"<eb:MessageData>\n<eb:MessageId>{message_id}</eb:MessageId>\n<eb:Timestamp>{stamp}</eb:Timestamp>\n"
        f"{refers}</eb:MessageData>\n</eb:MessageHeader>\n</S:Header>\n<S:Body>\n"
        f'<eb:Manifest eb:id="Manifest" eb:version="2.0">\n<eb:Reference eb:id="{kind}" xlink:href="{message_id}">\n'
        f'<eb:schema eb:location="{kind}.xsd" eb:version="2.0"/>\n</eb:Reference>\n</eb:Manifest>\n</S:Body>\n'
        "</S:Envelope>\n"
    )


def _receiver_info(
    action: str, payer: Payer, bic: str, notice: Announced, at: datetime, direct: bool, due_day: int | None
) -> str:
    typed = "".join(
        f'<SellerInvoiceIdentifier SellerInvoiceIdentifierType="{kind}">{escape(value)}</SellerInvoiceIdentifier>\n'
        for kind, value in payer.identifiers
    )
    wished = "" if due_day is None else f"<ProposedDueDate>{due_day}</ProposedDueDate>\n"
    return (
        '<?xml version="1.0" encoding="ISO-8859-15"?>\n<FinvoiceReceiverInfo Version="2.0">\n<MessageDetails>\n'
        "<MessageTypeCode>RECEIVERINFO</MessageTypeCode>\n<MessageTypeText>RECEPTION NOTIFICATION</MessageTypeText>\n"
        f"<MessageActionCode>{action}</MessageActionCode>\n<MessageActionCodeIdentifier>00</MessageActionCodeIdentifier>\n"
        f'<MessageDate Format="CCYYMMDD">{at:%Y%m%d}</MessageDate>\n'
        f"<SenderInfoIdentifier>{escape(notice.identifier)}</SenderInfoIdentifier>\n</MessageDetails>\n"
        f"<SellerPartyDetails>\n<SellerPartyIdentifier>{notice.seller}</SellerPartyIdentifier>\n"
        '<SellerOrganisationNames LanguageCode="FI">\n'
        f"<SellerOrganisationName>{escape(notice.names[0])}</SellerOrganisationName>\n</SellerOrganisationNames>\n"
        "</SellerPartyDetails>\n<InvoiceSenderInformationDetails>\n"
        f"<InvoiceSenderAddress>{notice.address}</InvoiceSenderAddress>\n"
        f"<InvoiceSenderIntermediatorAddress>{notice.operator}</InvoiceSenderIntermediatorAddress>\n"
        "</InvoiceSenderInformationDetails>\n<SellerInvoiceDetails>\n"
        f"<PaymentInstructionIdentifier>{escape(notice.reason)}</PaymentInstructionIdentifier>\n</SellerInvoiceDetails>\n"
        f"<ReceiverInfoTimeStamp>{at.replace(tzinfo=None).isoformat(timespec='milliseconds')}</ReceiverInfoTimeStamp>\n"
        f"<BuyerPartyDetails>\n<BuyerOrganisationName>{escape(payer.name.upper()[:70])}</BuyerOrganisationName>\n"
        f"<BuyerPostalAddressDetails>\n<BuyerStreetName>{escape(payer.street.upper()[:35])}</BuyerStreetName>\n"
        f"<BuyerTownName>{escape(payer.town.upper())}</BuyerTownName>\n"
        f"<BuyerPostCodeIdentifier>{payer.postcode}</BuyerPostCodeIdentifier>\n<CountryCode>FI</CountryCode>\n"
        "</BuyerPostalAddressDetails>\n</BuyerPartyDetails>\n<InvoiceRecipientDetails>\n"
        f"<InvoiceRecipientAddress>{payer.account}</InvoiceRecipientAddress>\n"
        f"<InvoiceRecipientIntermediatorAddress>{bic}</InvoiceRecipientIntermediatorAddress>\n{typed}"
        "<InvoiceRecipientLanguageCode>FI</InvoiceRecipientLanguageCode>\n</InvoiceRecipientDetails>\n"
        f"{wished}<BuyerServiceCode>{'01' if direct else '00'}</BuyerServiceCode>\n</FinvoiceReceiverInfo>\n"
    )


def _all(parent: Element, name: str) -> list[Element]:
    return [one for one in parent.iter() if str(one.tag).rpartition("}")[2] == name]


def _text(parent: Element, name: str) -> str:
    found = _all(parent, name)
    return (found[0].text or "").strip() if found else ""
