"""Banks' bytes to typed messages: the frame, the receiver info (RI), the acknowledgement.

Read leniently where banks differ (prefixes, zones, one-digit months), strictly where a guess
would activate something. Versions 1.0 and 2.x of the notification messages (Finnish banks'
guideline of 5.12.2012). XML is parsed without entities, DTD or network.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from lxml import etree

from rekisteri.catalogue import BY_PATH, Reason
from rekisteri.ground.clock import HELSINKI
from rekisteri.sources.banks.forms import Forms, Texts
from rekisteri.sources.banks.holds import Hold, Unfit
from rekisteri.sources.banks.split import Pair

DEFAULT_ENCODING = "iso-8859-15"
"""Of a message that declares none (Finvoice implementation guideline 2.0)."""
UTF8 = "utf-8"
VERSIONS = re.compile(r"(?:1\.0|2(?:\.\d+)*)")
ACTIONS = MappingProxyType({"ADD": "add", "CHANGE": "change", "DELETE": "delete"})
SERVICES = MappingProxyType({"": "consumer_einvoice", "00": "consumer_einvoice", "01": "direct_payment"})
"""BuyerServiceCode to the kind of order; version 1.0 has none and knows e-invoices only."""
LANGUAGES = MappingProxyType({"FI": "fi", "SV": "sv", "SE": "sv", "EN": "en"})
"""Some banks write Swedish as SE."""
TEXT_MAX = 512
NAMED_MOST = 8
"""Addresses read of an acknowledgement: two sides with an intermediator each, and some to spare."""
EADDRESS = BY_PATH["bank_order.address"][1].kind.parse

_FIELDS = (
    "MessageActionCode", "SenderInfoIdentifier", "SellerPartyIdentifier", "InvoiceSenderAddress",
    "InvoiceSenderIntermediatorAddress", "PaymentInstructionIdentifier", "ReceiverInfoTimeStamp",
    "BuyerPartyIdentifier", "BuyerOrganisationName", "InvoiceRecipientAddress", "InvoiceRecipientIntermediatorAddress",
    "EpiRemittanceIdentifier", "InvoiceRecipientLanguageCode", "ProposedDueDate", "ProposedInvoicePeriod",
    "BuyerServiceCode",
)  # fmt: skip
"""What is read of a receiver info; each name stands for one thing, wherever in the message a bank puts it."""
_READ = tuple("{*}" + name for name in (*_FIELDS, "BuyerPostalAddressDetails", "SellerInvoiceIdentifier"))
_DECLARED = re.compile(rb"\A\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([A-Za-z0-9._\-]{1,40})[\"']")
_TIME = re.compile(
    r"(\d{4})-?(\d{1,2})-?(\d{1,2})(?:[T ]?(\d{1,2}):?(\d{1,2})(?::?(\d{1,2})(?:[.,](\d{1,9}))?)?)?\s*"
    r"(Z|[+-]\d{2}(?::?\d{2})?)?"
)


class Frame(NamedTuple):
    """What a frame says: from whom, to whom, its identifier and time, and what it refers to."""

    sender: str
    sender_operator: str
    receiver: str
    receiver_operator: str
    message_id: str
    time_text: str
    framed_at: datetime
    ref_message_id: str | None

    @property
    def once(self) -> bytes:
        """What banks hold to be unique: sender, message id and time (acknowledgement code 5)."""
        return f"{self.sender}\0{self.message_id}\0{self.time_text}".encode()


class Wish(NamedTuple):
    """What a message says of the payer and of what the payer wants.

    ``identifiers`` are (type, value) as the payer typed them; ``times_a_year`` and ``due_day``
    are wishes. Name, address and identity of the buyer are the bank's and evidence only.
    """

    address: str
    identifiers: tuple[tuple[str, str], ...]
    reference: str
    buyer_id: str
    buyer_name: str
    buyer_address: tuple[str, ...]
    language: str | None
    due_day: int | None
    times_a_year: int | None


class ReceiverInfo(NamedTuple):
    """What a bank tells a biller of one payer's order. Texts as they came, but for blanks around them."""

    version: str
    action: str
    si_identifier: str
    seller_id: str
    sender_address: str
    sender_operator: str
    payment_reason: str
    said_at: datetime
    operator: str
    kind: str
    wish: Wish


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A bank's answer to a message of ours or an invoice: which one, the code, the words, the addresses it names."""

    message_id: str
    code: str
    text: str
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """A message that can't be read, and the field at fault where it is one."""

    hold: Hold
    field: str = ""


class Read(NamedTuple):
    """One pair read: its frame, and the message or why it can't be read."""

    pair: Pair
    frame: Frame
    message: ReceiverInfo | Acknowledgement | Broken
    redeclared: bool
    """The bytes are of another encoding than the message declares."""


class Reader:
    """Reads the pairs of one file, whose messages are mostly written alike."""

    def __init__(self) -> None:
        self._frames = Forms()
        self._messages = Forms()

    def read(self, pair: Pair, *, any_version: bool = False) -> Read:
        """One pair as typed values. Raises ``Unfit`` for a frame that can't be read.

        ``any_version``: somebody has looked at the message and lets it be read as version 2.
        """
        try:
            frame = _frame(_texts(self._frames, pair.frame, _encoding(pair.frame), _frame_texts), pair.position)
        except etree.XMLSyntaxError as error:
            raise Unfit(Hold.NOT_XML, pair.position) from error
        encoding = _encoding(pair.message)
        message: ReceiverInfo | Acknowledgement | Broken
        try:
            if pair.root == "Finvoiceack":
                message = _acknowledgement(etree.fromstring(pair.message, _parser(encoding.mended)))
            else:
                texts = _texts(self._messages, pair.message, encoding, _info_texts)
                message = _receiver_info(texts, frame, any_version=any_version)
        except etree.XMLSyntaxError:
            message = Broken(Hold.NOT_XML)
        return Read(pair, frame, message, encoding.redeclared)


def _texts(forms: Forms, document: bytes, encoding: _Encoding, find: Callable[[etree._Element], Texts]) -> Texts:
    """What is read of a document: by its form where that is known, else by the parser. Raises ``XMLSyntaxError``."""
    texts = forms.texts(document, encoding.actual)
    if texts is not None:
        return texts

    def parse(text: bytes) -> Texts:
        return find(etree.fromstring(text, _parser(encoding.mended)))

    texts = parse(document)
    forms.learn(document, encoding.actual, parse)
    return texts


class _Encoding(NamedTuple):
    """What the bytes of a message are by."""

    actual: str
    mended: str | None
    """What to parse by where the declaration can't be followed, None where it can."""
    redeclared: bool
    """The bytes are of another encoding than the message declares."""


def _encoding(message: bytes) -> _Encoding:
    found = _DECLARED.match(message)
    declared = found.group(1).decode("ascii").lower() if found else DEFAULT_ENCODING
    mended = None if found else DEFAULT_ENCODING
    if message.isascii():
        return _Encoding(declared, mended, redeclared=False)
    utf8 = _is_utf8(message)
    if declared in ("utf-8", "utf8"):
        return (
            _Encoding(UTF8, None, redeclared=False)
            if utf8
            else _Encoding(DEFAULT_ENCODING, DEFAULT_ENCODING, redeclared=True)
        )
    if utf8:
        # Letters of a one-byte encoding that happen to be whole UTF-8 throughout are not seen in nature.
        return _Encoding(UTF8, UTF8, redeclared=found is not None)
    return _Encoding(declared, mended, redeclared=False)


def _is_utf8(message: bytes) -> bool:
    try:
        message.decode(UTF8)
    except UnicodeDecodeError:
        return False
    return True


@lru_cache(maxsize=8)
def _parser(encoding: str | None) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip


def _frame_texts(root: etree._Element) -> Texts:
    parties: dict[tuple[str, str], str] = {}
    data: dict[str, str] = {}
    for element in root.iter("{*}From", "{*}To", "{*}MessageData"):
        name = _local(element.tag)
        leaves = {_local(leaf.tag): _text(leaf) for leaf in element}
        if name == "MessageData":
            data = leaves
        else:
            parties.setdefault((name, leaves.get("Role", "").lower()), leaves.get("PartyId", ""))
    sides = (("From", "sender"), ("From", "intermediator"), ("To", "receiver"), ("To", "intermediator"))
    told = ("MessageId", "Timestamp", "RefToMessageId")
    return Texts((*(parties.get(side, "") for side in sides), *(data.get(name, "") for name in told)))


def _frame(texts: Texts, position: int) -> Frame:
    sender, sender_operator, receiver, receiver_operator, message_id, time_text, ref = texts.fields
    framed_at = instant(time_text)
    if framed_at is None or not message_id or not sender:
        raise Unfit(Hold.FRAME_UNREADABLE, position)
    return Frame(
        sender, sender_operator, receiver, receiver_operator, message_id, time_text, framed_at, ref or None
    )  # fmt: skip


def _info_texts(root: etree._Element) -> Texts:
    fields: dict[str, str] = {}
    identifiers: list[tuple[str, str]] = []
    address: tuple[str, ...] = ()
    for leaf in root.iter(*_READ):
        name = _local(leaf.tag)
        if name == "SellerInvoiceIdentifier":
            identifiers.append(((leaf.get("SellerInvoiceIdentifierType") or "").strip(), _text(leaf)))
        elif name == "BuyerPostalAddressDetails":
            address = tuple(map(_text, leaf))
        elif name not in fields:
            fields[name] = _text(leaf)
    version = (root.get("Version") or "").strip()
    return Texts((version, *(fields.get(name, "") for name in _FIELDS)), tuple(identifiers), address)


def _receiver_info(texts: Texts, frame: Frame, *, any_version: bool) -> ReceiverInfo | Broken:
    (
        version, action_code, si_identifier, seller_id, sender_address, sender_operator, payment_reason, time_text,
        buyer_id, buyer_name, address, operator, reference, language, due_day, times_a_year, service,
    ) = texts.fields  # fmt: skip
    if not any_version and not VERSIONS.fullmatch(version):
        return Broken(Hold.VERSION_UNKNOWN, "Version")
    action = ACTIONS.get(action_code.upper())
    kind = SERVICES.get(service)
    if action is None:
        return Broken(Hold.FIELD_INVALID, "MessageActionCode")
    if kind is None:
        return Broken(Hold.FIELD_INVALID, "BuyerServiceCode")
    wish = Wish(
        address.replace(" ", ""), texts.pairs, reference, buyer_id, buyer_name, tuple(filter(None, texts.lines)),
        LANGUAGES.get(language.upper()), _whole(due_day, 31), _whole(times_a_year, 366),
    )  # fmt: skip
    info = ReceiverInfo(
        version, action, si_identifier, seller_id, sender_address, sender_operator, payment_reason,
        instant(time_text) or frame.framed_at, operator, kind, wish,
    )  # fmt: skip
    return _incomplete(info) or info


def _incomplete(info: ReceiverInfo) -> Broken | None:
    """What no order can be without, in the words of the message."""
    if not info.si_identifier:
        return Broken(Hold.FIELD_MISSING, "SenderInfoIdentifier")
    if not info.payment_reason:
        return Broken(Hold.FIELD_MISSING, "PaymentInstructionIdentifier")
    for name, value in (("Address", info.wish.address), ("IntermediatorAddress", info.operator)):
        if not value:
            return Broken(Hold.FIELD_MISSING, f"InvoiceRecipient{name}")
        # What is kept of an order must be one: no blanks, no signs but those of addresses and codes.
        if isinstance(EADDRESS(value), Reason):
            return Broken(Hold.FIELD_INVALID, f"InvoiceRecipient{name}")
    return None


def _acknowledgement(root: etree._Element) -> Acknowledgement | Broken:
    message_id = code = ""
    texts: list[str] = []
    named: list[str] = []
    for element in root.iter():
        match _local(element.tag):
            case "PartyId" if text := _text(element).replace(" ", ""):
                named.append(text)
            case "MessageData":
                leaves = {_local(leaf.tag): _text(leaf) for leaf in element}
                message_id = message_id or leaves.get("MessageId", "")
            case "Reason" | "Error":
                for leaf in element:
                    name = _local(leaf.tag)
                    if name == "Code":
                        code = code or _text(leaf)
                    elif name == "Text" and _text(leaf):
                        texts.append(_text(leaf))
    if not message_id or not code:
        return Broken(Hold.FIELD_MISSING, "MessageId" if not message_id else "Code")
    return Acknowledgement(
        message_id, code, " ".join(dict.fromkeys(texts))[:TEXT_MAX], tuple(dict.fromkeys(named))[:NAMED_MOST]
    )


def instant(text: str) -> datetime | None:
    """A time as banks write it, one-digit months and missing zones too; without a zone it is Finnish."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=HELSINKI)).astimezone(UTC)
    except (ValueError, OverflowError):
        return _loose_instant(text)


def _loose_instant(text: str) -> datetime | None:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
            int((fraction or "0")[:6].ljust(6, "0")), tzinfo=_zone(zone),
        )  # fmt: skip
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=64)
def _zone(text: str | None) -> tzinfo:
    if text is None:
        return HELSINKI
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-offset if text[0] == "-" else offset)


def _whole(text: str, most: int) -> int | None:
    """A number that is a wish; one that can't be is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= most else None


@lru_cache(maxsize=256)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _text(element: etree._Element) -> str:
    text = element.text
    return "" if text is None else text.strip()
