"""Our messages to the banks: the frame, the sender notice (SI) and the receiver proposal (RP), as bytes.

In the order of elements of the service's schemas, ISO-8859-15, a line an element, empty
optional elements left out (Finvoice implementation guideline 2.0; notification guideline
of 5.12.2012).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from lxml import etree

from rekisteri.catalogue import Text
from rekisteri.ground.clock import HELSINKI
from rekisteri.sources.banks.notice import LETTERS, Asked, Notice

SI_VERSION = "2.0"
RP_VERSION = "1.0"
SI_RECEIVER = "SENDERINFO"
RP_RECEIVER = "PROPOSAL"
LANGUAGES = ("FI", "SV", "EN")
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_EB = "http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd"
_XLINK = "http://www.w3.org/1999/xlink"
_NAMESPACES = MappingProxyType({"SOAP-ENV": _SOAP, "xlink": _XLINK, "eb": _EB})
_ACTIONS = MappingProxyType({"add": "ADD", "change": "CHANGE", "delete": "DELETE"})


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends to whom, under which identifier, when, and what it refers to."""

    sender: str
    sender_operator: str
    receiver: str
    receiver_operator: str
    message_id: str
    framed_at: datetime
    ref_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """That a payer be sent e-invoices: whose, where, and the identifiers the notice asks for."""

    buyer_name: str
    address: str
    operator: str
    identifiers: tuple[tuple[str, str], ...]
    free_text: str


def sender_notice(envelope: Envelope, notice: Notice, action: str) -> bytes:
    """A notice in its frame, ready for one bank."""
    root = etree.Element("FinvoiceSenderInfo", Version=SI_VERSION)
    _details(root, "SENDERINFO", "INVOICER NOTIFICATION", action, envelope.framed_at, notice.si_identifier)
    _seller(root, notice, industry=True)
    _put(root, "SellerOrganisationUnitNumber", notice.unit_number)
    _sending(root, notice, moving=action == "change")
    for account in notice.accounts:
        group = etree.SubElement(root, "SellerAccountDetails")
        _put(group, "SellerAccountID", account.iban, IdentificationSchemeName="IBAN")
        _put(group, "SellerBic", account.bic, IdentificationSchemeName="BIC")
        if action == "change":
            # Filled in with every change, whether the account changes or not.
            _put(group, "NewSellerAccountID", account.new_iban, IdentificationSchemeName="IBAN")
            _put(group, "NewSellerBic", account.new_bic, IdentificationSchemeName="BIC")
    group = _invoices(root, notice)
    _put(group, "SellerServiceCode", notice.service)
    _put(root, "ProposedDueDateAccepted", "YES" if notice.due_day_accepted else "NO")
    _put(root, "ProposedInvoicePeriodAccepted", "YES" if notice.times_accepted else "NO")
    return _frame(envelope, "SenderInfo", "FinvoiceSenderInfo.xsd", SI_VERSION) + _bytes(root, declared=True)


def receiver_proposal(envelope: Envelope, notice: Notice, proposal: Proposal) -> bytes:
    """A proposal in its frame, for the payer's bank."""
    root = etree.Element("ReceiverProposal", Version=RP_VERSION)
    _details(root, "RECEIVERPROPOSAL", "RECEIVER PROPOSAL", "add", envelope.framed_at, notice.si_identifier)
    _seller(root, notice, industry=False)
    _put(root, "SellerOrganisationUnitNumber", notice.unit_number)
    _sending(root, notice, moving=False)
    _invoices(root, notice)
    buyer = etree.SubElement(root, "BuyerPartyDetails")
    _put(buyer, "BuyerOrganisationName", proposal.buyer_name)
    recipient = etree.SubElement(root, "InvoiceRecipientDetails")
    _put(recipient, "InvoiceRecipientAddress", proposal.address)
    _put(recipient, "InvoiceRecipientIntermediatorAddress", proposal.operator)
    for kind, value in proposal.identifiers:
        _put(recipient, "SellerInvoiceIdentifier", value, SellerInvoiceIdentifierType=kind)
    _put(root, "RPFreeText", proposal.free_text)
    return _frame(envelope, "ReceiverProposal", "ReceiverProposal.xsd", RP_VERSION) + _bytes(root, declared=True)


def _details(root: etree._Element, code: str, text: str, action: str, framed_at: datetime, si_identifier: str) -> None:
    group = etree.SubElement(root, "MessageDetails")
    _put(group, "MessageTypeCode", code)
    _put(group, "MessageTypeText", text)
    _put(group, "MessageActionCode", _ACTIONS[action])
    _put(group, "MessageActionCodeIdentifier", "00")
    _put(group, "MessageDate", framed_at.astimezone(HELSINKI).strftime("%Y%m%d"), Format="CCYYMMDD")
    _put(group, "SenderInfoIdentifier", si_identifier)


def _seller(root: etree._Element, notice: Notice, *, industry: bool) -> None:
    group = etree.SubElement(root, "SellerPartyDetails")
    _put(group, "SellerPartyIdentifier", notice.seller_id)
    for language, name in _said(notice.names):
        names = etree.SubElement(group, "SellerOrganisationNames", LanguageCode=language)
        _put(names, "SellerOrganisationName", name)
    address = etree.SubElement(group, "SellerPostalAddressDetails")
    _put(address, "SellerStreetName", notice.street)
    _put(address, "SellerTownName", notice.town)
    _put(address, "SellerPostCodeIdentifier", notice.postcode)
    _put(address, "CountryCode", "FI")
    if industry:
        _put(group, "IndustryCode", notice.industry)


def _sending(root: etree._Element, notice: Notice, *, moving: bool) -> None:
    group = etree.SubElement(root, "InvoiceSenderInformationDetails")
    _put(group, "SellerWebaddressNameText", notice.web_name)
    _put(group, "SellerWebaddressText", notice.web_address)
    _put(group, "InvoiceSenderAddress", notice.sender_address)
    _put(group, "InvoiceSenderIntermediatorAddress", notice.sender_operator)
    if moving:
        _put(group, "NewInvoiceSenderAddress", notice.new_sender_address)
        _put(group, "NewInvoiceSenderIntermediatorAddress", notice.new_sender_operator)


def _invoices(root: etree._Element, notice: Notice) -> etree._Element:
    group = etree.SubElement(root, "SellerInvoiceDetails")
    _put(group, "PaymentInstructionIdentifier", notice.payment_reason)
    if notice.free_text is not None:
        for language, text in _said(notice.free_text):
            _put(group, "SellerInstructionFreeText", text, LanguageCode=language)
    for kind in notice.invoice_types:
        details = etree.SubElement(group, "SellerInvoiceTypeDetails")
        for language, text in _said(kind.label):
            _put(details, "SellerInvoiceTypeText", text, LanguageCode=language)
        for asked in kind.asked:
            _ask(details, asked)
    return group


def _ask(details: etree._Element, asked: Asked) -> None:
    for language, text in _said(asked.label):
        _put(
            details, "SellerInvoiceIdentifierText", text,
            LanguageCode=language,
            SellerInvoiceIdentifierType=asked.type,
            SellerInvoiceIdentifierMinLength=str(asked.least),
            SellerInvoiceIdentifierHyphens=str(asked.hyphens).lower(),
            SellerInvoiceIdentifierSpaces=str(asked.spaces).lower(),
            SellerInvoiceIdentifierMaxLength=str(asked.most),
        )  # fmt: skip


def _said(text: Text) -> Iterable[tuple[str, str]]:
    return zip(LANGUAGES, (text.fi, text.sv, text.en), strict=True)


def _frame(envelope: Envelope, kind: str, schema: str, version: str) -> bytes:
    root = etree.Element(f"{{{_SOAP}}}Envelope", nsmap=dict(_NAMESPACES))
    header = etree.SubElement(etree.SubElement(root, f"{{{_SOAP}}}Header"), f"{{{_EB}}}MessageHeader")
    header.set(f"{{{_SOAP}}}mustUnderstand", "1")
    header.set(f"{{{_EB}}}version", "2.0")
    # In this dialect each role of a side is a From or To of its own.
    sides: Sequence[tuple[str, str, str]] = (
        ("From", envelope.sender, "Sender"),
        ("From", envelope.sender_operator, "Intermediator"),
        ("To", envelope.receiver, "Receiver"),
        ("To", envelope.receiver_operator, "Intermediator"),
    )
    for side, party, role in sides:
        element = etree.SubElement(header, f"{{{_EB}}}{side}")
        _put(element, f"{{{_EB}}}PartyId", party)
        _put(element, f"{{{_EB}}}Role", role)
    for name, text in (
        ("CPAId", "yoursandmycpa"),
        ("ConversationId", envelope.message_id),
        ("Service", "Routing"),
        ("Action", "ProcessInvoice"),
    ):
        _put(header, f"{{{_EB}}}{name}", text)
    data = etree.SubElement(header, f"{{{_EB}}}MessageData")
    _put(data, f"{{{_EB}}}MessageId", envelope.message_id)
    _put(data, f"{{{_EB}}}Timestamp", envelope.framed_at.astimezone(HELSINKI).isoformat(timespec="seconds"))
    _put(data, f"{{{_EB}}}RefToMessageId", envelope.ref_message_id or "")
    body = etree.SubElement(root, f"{{{_SOAP}}}Body")
    manifest = etree.SubElement(body, f"{{{_EB}}}Manifest")
    manifest.set(f"{{{_EB}}}id", "Manifest")
    manifest.set(f"{{{_EB}}}version", "2.0")
    reference = etree.SubElement(manifest, f"{{{_EB}}}Reference")
    reference.set(f"{{{_EB}}}id", kind)
    reference.set(f"{{{_XLINK}}}href", envelope.message_id)
    pointed = etree.SubElement(reference, f"{{{_EB}}}schema")
    pointed.set(f"{{{_EB}}}location", schema)
    pointed.set(f"{{{_EB}}}version", version)
    return _bytes(root, declared=False)


def _put(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    """An element with its text; an empty one is left out."""
    if text:
        etree.SubElement(parent, name, attributes).text = text


def _bytes(root: etree._Element, *, declared: bool) -> bytes:
    """One element a line. A frame has no declaration of its own, and no letter but plain ones."""
    etree.indent(root, space="")
    body: str = etree.tostring(root, encoding="unicode")
    if not declared:
        return body.encode("ascii", "xmlcharrefreplace") + b"\n"
    return b'<?xml version="1.0" encoding="ISO-8859-15"?>\n' + body.encode(LETTERS) + b"\n"
