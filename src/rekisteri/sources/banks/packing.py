"""Raw messages packed: a bank's message is mostly the same words, so it is packed against a model of them.

The model is part of what is kept: a new one gets the next number, and none ever changes.
"""

from __future__ import annotations

import zlib
from types import MappingProxyType

LEVEL, WINDOW_BITS, MEMORY = 3, 13, 5
"""The least that finds what stands in the model: a message packed anew begins with a copy of all this memory."""
UNPACKED_MAX = 4 << 20

_MODEL_1 = (
    b'<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" '
    b'xmlns:xlink="http://www.w3.org/1999/xlink" '
    b'xmlns:eb="http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd">\n'
    b'<SOAP-ENV:Header>\n<eb:MessageHeader xmlns:eb="" SOAP-ENV:mustUnderstand="1" eb:version="2.0">\n'
    b"<eb:From>\n<eb:PartyId>FI</eb:PartyId>\n<eb:Role>Sender</eb:Role>\n</eb:From>\n"
    b"<eb:From>\n<eb:PartyId>NDEAFIHH</eb:PartyId>\n<eb:Role>Intermediator</eb:Role>\n</eb:From>\n"
    b"<eb:To>\n<eb:PartyId>0037</eb:PartyId>\n<eb:Role>Receiver</eb:Role>\n</eb:To>\n"
    b"<eb:To>\n<eb:PartyId>DABAFIHH</eb:PartyId>\n<eb:Role>Intermediator</eb:Role>\n</eb:To>\n"
    b"<eb:CPAId>yoursandmycpa</eb:CPAId>\n<eb:ConversationId/>\n<eb:Service>Routing</eb:Service>\n"
    b"<eb:Action>ProcessInvoice</eb:Action>\n<eb:MessageData>\n<eb:MessageId></eb:MessageId>\n"
    b"<eb:Timestamp>2026-03-02T06:11:12+02:00</eb:Timestamp>\n<eb:RefToMessageId></eb:RefToMessageId>\n"
    b"</eb:MessageData>\n</eb:MessageHeader>\n</SOAP-ENV:Header>\n<SOAP-ENV:Body>\n"
    b'<eb:Manifest eb:id="Manifest" eb:version="2.0">\n<eb:Reference eb:id="ReceiverInfo" xlink:href="">\n'
    b'<eb:Schema eb:location="FinvoiceReceiverInfo.xsd" eb:version="2.0"/>\n</eb:Reference>\n</eb:Manifest>\n'
    b"</SOAP-ENV:Body>\n</SOAP-ENV:Envelope>\n"
    b'<?xml version="1.0" encoding="ISO-8859-15"?>\n<FinvoiceReceiverInfo Version="2.0">\n<MessageDetails>\n'
    b"<MessageTypeCode>RECEIVERINFO</MessageTypeCode>\n<MessageTypeText>RECEPTION NOTIFICATION</MessageTypeText>\n"
    b"<MessageActionCode>CHANGE</MessageActionCode>\n<MessageActionCode>DELETE</MessageActionCode>\n"
    b"<MessageActionCode>ADD</MessageActionCode>\n<MessageActionCodeIdentifier>00</MessageActionCodeIdentifier>\n"
    b'<MessageDate Format="CCYYMMDD">202603</MessageDate>\n<SenderInfoIdentifier></SenderInfoIdentifier>\n'
    b"</MessageDetails>\n<SellerPartyDetails>\n<SellerPartyIdentifier></SellerPartyIdentifier>\n"
    b'<SellerOrganisationNames LanguageCode="FI">\n<SellerOrganisationName></SellerOrganisationName>\n'
    b"</SellerOrganisationNames>\n<SellerOrganisationBankName></SellerOrganisationBankName>\n"
    b"<SellerPostalAddressDetails>\n<SellerStreetName></SellerStreetName>\n<SellerTownName></SellerTownName>\n"
    b"<SellerPostCodeIdentifier></SellerPostCodeIdentifier>\n<CountryCode>FI</CountryCode>\n"
    b"</SellerPostalAddressDetails>\n</SellerPartyDetails>\n"
    b"<SellerOrganisationUnitNumber>0037</SellerOrganisationUnitNumber>\n<InvoiceSenderInformationDetails>\n"
    b"<SellerWebaddressNameText></SellerWebaddressNameText>\n<SellerWebaddressText></SellerWebaddressText>\n"
    b"<InvoiceSenderAddress>0037</InvoiceSenderAddress>\n"
    b"<InvoiceSenderIntermediatorAddress>DABAFIHH</InvoiceSenderIntermediatorAddress>\n"
    b"</InvoiceSenderInformationDetails>\n<SellerAccountDetails>\n"
    b'<SellerAccountID IdentificationSchemeName="IBAN">FI</SellerAccountID>\n'
    b'<SellerBic IdentificationSchemeName="BIC">OKOYFIHH</SellerBic>\n</SellerAccountDetails>\n'
    b"<SellerInvoiceDetails>\n<PaymentInstructionIdentifier></PaymentInstructionIdentifier>\n"
    b'<SellerInstructionFreeText LanguageCode="FI"></SellerInstructionFreeText>\n<SellerInvoiceTypeDetails>\n'
    b'<SellerInvoiceTypeText LanguageCode="FI"></SellerInvoiceTypeText>\n'
    b'<SellerInvoiceIdentifierText LanguageCode="FI" SellerInvoiceIdentifierType="03">Henkil\xf6tunnus'
    b"</SellerInvoiceIdentifierText>\n</SellerInvoiceTypeDetails>\n</SellerInvoiceDetails>\n"
    b"<ReceiverInfoTimeStamp>2026-03-02T06:11:12</ReceiverInfoTimeStamp>\n<BuyerPartyDetails>\n"
    b"<BuyerPartyIdentifier></BuyerPartyIdentifier>\n<BuyerOrganisationName></BuyerOrganisationName>\n"
    b"<BuyerPostalAddressDetails>\n<BuyerStreetName></BuyerStreetName>\n<BuyerTownName>HELSINKI</BuyerTownName>\n"
    b"<BuyerPostCodeIdentifier>00</BuyerPostCodeIdentifier>\n<CountryCode>FI</CountryCode>\n"
    b"</BuyerPostalAddressDetails>\n</BuyerPartyDetails>\n<InvoiceRecipientDetails>\n"
    b"<InvoiceRecipientAddress>FI</InvoiceRecipientAddress>\n"
    b"<InvoiceRecipientIntermediatorAddress>NDEAFIHH</InvoiceRecipientIntermediatorAddress>\n"
    b'<SellerInvoiceIdentifier SellerInvoiceIdentifierType="03"></SellerInvoiceIdentifier>\n'
    b"<EpiRemittanceIdentifier></EpiRemittanceIdentifier>\n"
    b"<InvoiceRecipientLanguageCode>FI</InvoiceRecipientLanguageCode>\n</InvoiceRecipientDetails>\n"
    b"<ProposedDueDate>15</ProposedDueDate>\n<ProposedInvoicePeriod>12</ProposedInvoicePeriod>\n"
    b"<BuyerServiceCode>00</BuyerServiceCode>\n<BuyerServiceCode>01</BuyerServiceCode>\n</FinvoiceReceiverInfo>\n"
)
MODELS = MappingProxyType({1: _MODEL_1})
NEWEST = 1
_BEGUN = zlib.compressobj(LEVEL, zlib.DEFLATED, WINDOW_BITS, MEMORY, zdict=MODELS[NEWEST])
"""Never used itself: each message goes on from a copy."""


def packed(raw: bytes) -> bytes:
    """The bytes packed; the number of the model stands first."""
    begun = _BEGUN.copy()
    return bytes((NEWEST,)) + begun.compress(raw) + begun.flush()


def unpacked(kept: bytes) -> bytes:
    """The bytes as they came."""
    begun = zlib.decompressobj(zdict=MODELS[kept[0]])
    return begun.decompress(kept[1:], UNPACKED_MAX)
