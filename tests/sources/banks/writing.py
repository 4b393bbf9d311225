"""What the tests' banks write: frames and messages made of text, by nobody's parser."""

from __future__ import annotations

from dataclasses import dataclass, replace

FRAME = """<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:eb="http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd">
<SOAP-ENV:Header><eb:MessageHeader SOAP-ENV:mustUnderstand="1" eb:version="2.0">
<eb:From><eb:PartyId>{sender}</eb:PartyId><eb:Role>Sender</eb:Role></eb:From>
<eb:From><eb:PartyId>{bank}</eb:PartyId><eb:Role>Intermediator</eb:Role></eb:From>
<eb:To><eb:PartyId>003712345671</eb:PartyId><eb:Role>Receiver</eb:Role></eb:To>
<eb:To><eb:PartyId>DABAFIHH</eb:PartyId><eb:Role>Intermediator</eb:Role></eb:To>
<eb:CPAId>yoursandmycpa</eb:CPAId><eb:ConversationId/><eb:Service>Routing</eb:Service><eb:Action>ProcessInvoice</eb:Action>
<eb:MessageData><eb:MessageId>{message_id}</eb:MessageId><eb:Timestamp>{framed}</eb:Timestamp>{ref}</eb:MessageData>
</eb:MessageHeader></SOAP-ENV:Header>
<SOAP-ENV:Body><eb:Manifest eb:id="Manifest" eb:version="2.0"><eb:Reference eb:id="ReceiverInfo" xlink:href="{message_id}"><eb:Schema eb:location="FinvoiceReceiverInfo.xsd" eb:version="2.0"/></eb:Reference></eb:Manifest></SOAP-ENV:Body>
</SOAP-ENV:Envelope>
"""
MESSAGE = """{declaration}<FinvoiceReceiverInfo{version}>
<MessageDetails><MessageTypeCode>RECEIVERINFO</MessageTypeCode><MessageTypeText>RECEPTION NOTIFICATION</MessageTypeText>
<MessageActionCode>{action}</MessageActionCode><MessageActionCodeIdentifier>00</MessageActionCodeIdentifier>
<MessageDate Format="CCYYMMDD">20260302</MessageDate><SenderInfoIdentifier>{notice}</SenderInfoIdentifier></MessageDetails>
<SellerPartyDetails><SellerPartyIdentifier>{seller}</SellerPartyIdentifier>
<SellerOrganisationNames LanguageCode="FI"><SellerOrganisationName>Kuusilahti</SellerOrganisationName></SellerOrganisationNames></SellerPartyDetails>
<SellerOrganisationUnitNumber>003712345671</SellerOrganisationUnitNumber>
<InvoiceSenderInformationDetails><InvoiceSenderAddress>003712345671</InvoiceSenderAddress><InvoiceSenderIntermediatorAddress>DABAFIHH</InvoiceSenderIntermediatorAddress></InvoiceSenderInformationDetails>
<SellerAccountDetails><SellerAccountID IdentificationSchemeName="IBAN">FI4950009420028730</SellerAccountID><SellerBic IdentificationSchemeName="BIC">OKOYFIHH</SellerBic></SellerAccountDetails>
<SellerInvoiceDetails><PaymentInstructionIdentifier>{reason}</PaymentInstructionIdentifier></SellerInvoiceDetails>
<ReceiverInfoTimeStamp>{said}</ReceiverInfoTimeStamp>
<BuyerPartyDetails>{buyer_id}<BuyerOrganisationName>{name}</BuyerOrganisationName>
<BuyerPostalAddressDetails><BuyerStreetName>PANKINTIE 99</BuyerStreetName><BuyerTownName>HELSINKI</BuyerTownName><BuyerPostCodeIdentifier>00100</BuyerPostCodeIdentifier><CountryCode>FI</CountryCode></BuyerPostalAddressDetails></BuyerPartyDetails>
<InvoiceRecipientDetails><InvoiceRecipientAddress>{address}</InvoiceRecipientAddress><InvoiceRecipientIntermediatorAddress>{bank}</InvoiceRecipientIntermediatorAddress>
{identifiers}{reference}<InvoiceRecipientLanguageCode>{language}</InvoiceRecipientLanguageCode></InvoiceRecipientDetails>
{due_day}{service}</FinvoiceReceiverInfo>
"""
DECLARATION = '<?xml version="1.0" encoding="ISO-8859-15"?>\n'
HOME = "FI2112345600000785"
OTHER = "FI4950009420028730"


@dataclass(frozen=True, slots=True)
class Told:
    """One receiver info as a bank would send it; times are texts as banks write them."""

    message_id: str = "A1"
    action: str = "ADD"
    said: str = "2026-03-02T06:11:12"
    framed: str = "2026-03-02T06:20:00+02:00"
    address: str = HOME
    bank: str = "NDEAFIHH"
    hetu: str | None = "240360-909P"
    number: str | None = None
    name: str = "KUVITTEELLINEN AAPO"
    ref: str | None = None
    reference: str | None = None
    service: str | None = "00"
    due_day: str | None = None
    language: str = "FI"
    buyer_id: str | None = None
    version: str | None = "2.0"
    notice: str = "SI-PH"
    reason: str = "PH"
    seller: str = "1234567-1"
    declaration: str = DECLARATION
    sender: str | None = None

    def but(self, **changes: str | None) -> Told:
        """The same, but for this."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def frame(self) -> str:
        """The frame as text."""
        ref = "" if self.ref is None else f"<eb:RefToMessageId>{self.ref}</eb:RefToMessageId>"
        return FRAME.format(
            sender=self.sender or self.address, bank=self.bank, message_id=self.message_id, framed=self.framed, ref=ref
        )

    def message(self) -> str:
        """The message as text."""
        given = {"03": self.hetu, "09": self.number}
        return MESSAGE.format(
            declaration=self.declaration,
            version="" if self.version is None else f' Version="{self.version}"',
            action=self.action,
            notice=self.notice,
            seller=self.seller,
            reason=self.reason,
            said=self.said,
            buyer_id=_element("BuyerPartyIdentifier", self.buyer_id),
            name=self.name,
            address=self.address,
            bank=self.bank,
            identifiers="".join(
                f'<SellerInvoiceIdentifier SellerInvoiceIdentifierType="{kind}">{value}</SellerInvoiceIdentifier>'
                for kind, value in given.items()
                if value is not None
            ),
            reference=_element("EpiRemittanceIdentifier", self.reference),
            language=self.language,
            due_day=_element("ProposedDueDate", self.due_day),
            service=_element("BuyerServiceCode", self.service),
        )

    def text(self) -> str:
        """Frame and message."""
        return self.frame() + self.message()


def _element(name: str, text: str | None) -> str:
    return "" if text is None else f"<{name}>{text}</{name}>"


ACK = """<tns:Finvoiceack xmlns:tns="http://www.pankkiyhdistys.fi/verkkolasku/finvoice/finvoiceack.xsd" xmlns:eb="http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd" Version="2.0">
<tns:Acknowledgement><eb:From><eb:PartyId>003712345671</eb:PartyId><eb:Role>Sender</eb:Role></eb:From>
<tns:MessageData><eb:MessageId>{original}</eb:MessageId><eb:Timestamp>2026-03-02T06:11:12+02:00</eb:Timestamp></tns:MessageData>
<tns:Reason><tns:Code>{code}</tns:Code><tns:Text>{words}</tns:Text></tns:Reason></tns:Acknowledgement>
</tns:Finvoiceack>
"""


def an_ack(
    original: str, code: str, words: str = "", message_id: str = "K1", bank: str = "NDEAFIHH",
    framed: str = "2026-03-03T08:00:00+02:00",
) -> str:  # fmt: skip
    """A bank's acknowledgement of a message of ours."""
    frame = FRAME.format(sender=bank, bank=bank, message_id=message_id, framed=framed, ref="")
    return frame + '<?xml version="1.0" encoding="UTF-8"?>\n' + ACK.format(original=original, code=code, words=words)


def an_invoice_came_back(
    code: str, address: str, message_id: str = "K1", framed: str = "2026-03-03T08:00:00+02:00"
) -> str:
    """A bank's answer to an invoice that was sent to an address: it is no message of the register's own."""
    ack = an_ack("INVOICE-1", code, "Vastaanottajaa ei ole", message_id, framed=framed)
    receiver = f"<eb:To><eb:PartyId>{address}</eb:PartyId><eb:Role>Receiver</eb:Role></eb:To>"
    return ack.replace("<tns:MessageData>", f"{receiver}<tns:MessageData>", 1)
