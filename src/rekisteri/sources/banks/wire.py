"""Banks' bytes to typed messages: the frame, the receiver info (RI), the acknowledgement.

Read leniently where banks differ (prefixes, zones, one-digit months), strictly where a guess
would activate something. Versions 1.0 and 2.x of the notification messages (Finnish banks'
guideline of 5.12.2012). XML is parsed without entities, DTD or network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from types import MappingProxyType

from lxml import etree

from rekisteri.catalogue import BY_PATH, Reason
from rekisteri.ground.clock import HELSINKI
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

_READ = tuple(
    "{*}" + name
    for name in (
        "MessageActionCode", "SenderInfoIdentifier", "SellerPartyIdentifier", "InvoiceSenderAddress",
        "InvoiceSenderIntermediatorAddress", "PaymentInstructionIdentifier", "ReceiverInfoTimeStamp",
        "BuyerPartyIdentifier", "BuyerOrganisationName", "BuyerPostalAddressDetails", "InvoiceRecipientAddress",
        "InvoiceRecipientIntermediatorAddress", "SellerInvoiceIdentifier", "EpiRemittanceIdentifier",
        "InvoiceRecipientLanguageCode", "ProposedDueDate", "ProposedInvoicePeriod", "BuyerServiceCode",
    )
)  # fmt: skip
"""What is read of a receiver info; each name stands for one thing, wherever in the message a bank puts it."""
_DECLARED = re.compile(rb"\A\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([A-Za-z0-9._\-]{1,40})[\"']")
_TIME = re.compile(
    r"(\d{4})-?(\d{1,2})-?(\d{1,2})(?:[T ]?(\d{1,2}):?(\d{1,2})(?::?(\d{1,2})(?:[.,](\d{1,9}))?)?)?\s*"
    r"(Z|[+-]\d{2}(?::?\d{2})?)?"
)


@dataclass(frozen=True, slots=True)
class Frame:
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


@dataclass(frozen=True, slots=True)
class Wish:
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


@dataclass(frozen=True, slots=True)
class ReceiverInfo:
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


@dataclass(frozen=True, slots=True)
class Read:
    """One pair read: its frame, and the message or why it can't be read."""

    pair: Pair
    frame: Frame
    message: ReceiverInfo | Acknowledgement | Broken
    redeclared: bool
    """The bytes are of another encoding than the message declares."""


def read(pair: Pair, *, any_version: bool = False) -> Read:
    """One pair as typed values. Raises ``Unfit`` for a frame that can't be read.

    ``any_version``: somebody has looked at the message and lets it be read as version 2.
    """
    frame = _frame(pair)
    encoding, redeclared = _encoding(pair.message)
    try:
        root = etree.fromstring(pair.message, _parser(encoding))
    except etree.XMLSyntaxError:
        return Read(pair, frame, Broken(Hold.NOT_XML), redeclared)
    message: ReceiverInfo | Acknowledgement | Broken
    if pair.root == "Finvoiceack":
        message = _acknowledgement(root)
    else:
        message = _receiver_info(root, frame, any_version=any_version)
    return Read(pair, frame, message, redeclared)


def _encoding(message: bytes) -> tuple[str | None, bool]:
    """What to parse by where the declaration can't be followed, None where it can; whether it lies."""
    found = _DECLARED.match(message)
    if message.isascii():
        return (None if found else DEFAULT_ENCODING), False
    declared = found.group(1).decode("ascii").lower() if found else DEFAULT_ENCODING
    utf8 = _is_utf8(message)
    if declared in ("utf-8", "utf8"):
        return (None, False) if utf8 else (DEFAULT_ENCODING, True)
    if utf8:
        # Letters of a one-byte encoding that happen to be whole UTF-8 throughout are not seen in nature.
        return UTF8, found is not None
    return (None if found else DEFAULT_ENCODING), False


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


def _frame(pair: Pair) -> Frame:
    try:
        root = etree.fromstring(pair.frame, _parser(_encoding(pair.frame)[0]))
    except etree.XMLSyntaxError as error:
        raise Unfit(Hold.NOT_XML, pair.position) from error
    parties: dict[tuple[str, str], str] = {}
    data: dict[str, str] = {}
    for element in root.iter("{*}From", "{*}To", "{*}MessageData"):
        name = _local(element.tag)
        leaves = {_local(leaf.tag): _text(leaf) for leaf in element}
        if name == "MessageData":
            data = leaves
        else:
            parties.setdefault((name, leaves.get("Role", "").lower()), leaves.get("PartyId", ""))
    time_text = data.get("Timestamp", "")
    framed_at = instant(time_text)
    if framed_at is None or not data.get("MessageId") or not parties.get(("From", "sender")):
        raise Unfit(Hold.FRAME_UNREADABLE, pair.position)
    return Frame(
        sender=parties["From", "sender"],
        sender_operator=parties.get(("From", "intermediator"), ""),
        receiver=parties.get(("To", "receiver"), ""),
        receiver_operator=parties.get(("To", "intermediator"), ""),
        message_id=data["MessageId"],
        time_text=time_text,
        framed_at=framed_at,
        ref_message_id=data.get("RefToMessageId") or None,
    )


def _receiver_info(root: etree._Element, frame: Frame, *, any_version: bool) -> ReceiverInfo | Broken:
    version = (root.get("Version") or "").strip()
    if not any_version and not VERSIONS.fullmatch(version):
        return Broken(Hold.VERSION_UNKNOWN, "Version")
    fields: dict[str, str] = {}
    identifiers: list[tuple[str, str]] = []
    address: tuple[str, ...] = ()
    for leaf in root.iter(*_READ):
        name = _local(leaf.tag)
        if name == "SellerInvoiceIdentifier":
            identifiers.append(((leaf.get("SellerInvoiceIdentifierType") or "").strip(), _text(leaf)))
        elif name == "BuyerPostalAddressDetails":
            address = tuple(text for part in leaf if (text := _text(part)))
        elif name not in fields:
            fields[name] = _text(leaf)
    field = fields.get
    action = ACTIONS.get(field("MessageActionCode", "").upper())
    kind = SERVICES.get(field("BuyerServiceCode", ""))
    if action is None:
        return Broken(Hold.FIELD_INVALID, "MessageActionCode")
    if kind is None:
        return Broken(Hold.FIELD_INVALID, "BuyerServiceCode")
    info = ReceiverInfo(
        version=version,
        action=action,
        si_identifier=field("SenderInfoIdentifier", ""),
        seller_id=field("SellerPartyIdentifier", ""),
        sender_address=field("InvoiceSenderAddress", ""),
        sender_operator=field("InvoiceSenderIntermediatorAddress", ""),
        payment_reason=field("PaymentInstructionIdentifier", ""),
        said_at=instant(field("ReceiverInfoTimeStamp", "")) or frame.framed_at,
        operator=field("InvoiceRecipientIntermediatorAddress", ""),
        kind=kind,
        wish=Wish(
            address=field("InvoiceRecipientAddress", "").replace(" ", ""),
            identifiers=tuple(identifiers),
            reference=field("EpiRemittanceIdentifier", ""),
            buyer_id=field("BuyerPartyIdentifier", ""),
            buyer_name=field("BuyerOrganisationName", ""),
            buyer_address=address,
            language=LANGUAGES.get(field("InvoiceRecipientLanguageCode", "").upper()),
            due_day=_whole(field("ProposedDueDate", ""), 31),
            times_a_year=_whole(field("ProposedInvoicePeriod", ""), 366),
        ),
    )
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
