"""Whole invoices around the customer's part, and what independent schemas and rules find wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path

import peppol
import xmlschema
from lxml import etree

SCHEMA = Path(__file__).parent.parent / "vendor" / "finvoice" / "Finvoice3.0.xsd"

FINVOICE = """
<Finvoice Version="3.0">
  <MessageTransmissionDetails>
    <MessageSenderDetails><FromIdentifier>003799000122</FromIdentifier><FromIntermediator>BANKFIHH</FromIntermediator></MessageSenderDetails>
    <MessageReceiverDetails><ToIdentifier>0000</ToIdentifier><ToIntermediator>BANKFIHH</ToIntermediator></MessageReceiverDetails>
    <MessageDetails><MessageIdentifier>M1</MessageIdentifier><MessageTimeStamp>2026-03-02T09:00:00</MessageTimeStamp></MessageDetails>
  </MessageTransmissionDetails>
  <SellerPartyDetails><SellerOrganisationName>Kuvitelma Oy</SellerOrganisationName></SellerPartyDetails>
  <BuyerPartyDetails/>
  <InvoiceDetails>
    <InvoiceTypeCode>INV01</InvoiceTypeCode><InvoiceTypeText>LASKU</InvoiceTypeText><OriginCode>Original</OriginCode>
    <InvoiceNumber>1</InvoiceNumber><InvoiceDate Format="CCYYMMDD">20260302</InvoiceDate>
    <InvoiceTotalVatIncludedAmount AmountCurrencyIdentifier="EUR">10,00</InvoiceTotalVatIncludedAmount>
  </InvoiceDetails>
  <InvoiceRow><ArticleName>Maksu</ArticleName></InvoiceRow>
  <EpiDetails>
    <EpiIdentificationDetails><EpiDate Format="CCYYMMDD">20260302</EpiDate><EpiReference/></EpiIdentificationDetails>
    <EpiPartyDetails>
      <EpiBfiPartyDetails/>
      <EpiBeneficiaryPartyDetails>
        <EpiNameAddressDetails>Kuvitelma Oy</EpiNameAddressDetails>
        <EpiAccountID IdentificationSchemeName="IBAN">FI2112345600000785</EpiAccountID>
      </EpiBeneficiaryPartyDetails>
    </EpiPartyDetails>
    <EpiPaymentInstructionDetails>
      <EpiInstructedAmount AmountCurrencyIdentifier="EUR">10,00</EpiInstructedAmount>
      <EpiCharge ChargeOption="SHA"/>
      <EpiDateOptionDate Format="CCYYMMDD">20260316</EpiDateOptionDate>
    </EpiPaymentInstructionDetails>
  </EpiDetails>
</Finvoice>
"""
AFTER_LANGUAGE = (
    "InvoiceRecipientLanguageCode",
    "BuyerPartyDetails",
    "BuyerContactPersonName",
    "BuyerCommunicationDetails",
)
UBL = """
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>
  <cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
  <cbc:ID>1</cbc:ID><cbc:IssueDate>2026-03-02</cbc:IssueDate><cbc:DueDate>2026-03-16</cbc:DueDate>
  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cbc:BuyerReference>1</cbc:BuyerReference>
  <cac:AccountingSupplierParty><cac:Party>
    <cbc:EndpointID schemeID="0216">003799000122</cbc:EndpointID>
    <cac:PostalAddress><cac:Country><cbc:IdentificationCode>FI</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
    <cac:PartyTaxScheme><cbc:CompanyID>FI99000122</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
    <cac:PartyLegalEntity><cbc:RegistrationName>Kuvitelma Oy</cbc:RegistrationName></cac:PartyLegalEntity>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty/>
  <cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>
    <cac:PayeeFinancialAccount><cbc:ID>FI2112345600000785</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
  <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">2.55</cbc:TaxAmount><cac:TaxSubtotal>
    <cbc:TaxableAmount currencyID="EUR">10.00</cbc:TaxableAmount><cbc:TaxAmount currencyID="EUR">2.55</cbc:TaxAmount>
    <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>25.5</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory>
  </cac:TaxSubtotal></cac:TaxTotal>
  <cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">10.00</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="EUR">10.00</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount currencyID="EUR">12.55</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="EUR">12.55</cbc:PayableAmount></cac:LegalMonetaryTotal>
  <cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="C62">1</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="EUR">10.00</cbc:LineExtensionAmount>
    <cac:Item><cbc:Name>Maksu</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>25.5</cbc:Percent>
      <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="EUR">10.00</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
</Invoice>
"""


@cache
def schema() -> xmlschema.XMLSchema:
    """The official schema of Finvoice 3.0, as it is published."""
    return xmlschema.XMLSchema(str(SCHEMA))


def finvoice_faults(elements: Iterable[etree._Element]) -> list[str]:
    """What the published schema finds wrong with an invoice that has these elements in their places."""
    whole = etree.fromstring(FINVOICE)
    by_name = {one.tag: deepcopy(one) for one in elements}
    if (receiver := by_name.get("MessageReceiverDetails")) is not None:
        place = next(whole.iter("MessageReceiverDetails"))
        place.getparent().replace(place, receiver)
    buyer = whole.find("BuyerPartyDetails")
    for tag in AFTER_LANGUAGE:
        if tag in by_name:
            buyer.addprevious(by_name[tag])
    whole.remove(buyer)
    next(whole.iter("InvoiceDate")).addnext(by_name["SellersBuyerIdentifier"])
    return [f"{error.path}: {error.reason}" for error in schema().iter_errors(etree.tostring(whole).decode())]


def ubl_faults(elements: Sequence[etree._Element]) -> list[str]:
    """What the published schema and rules find wrong with an invoice to this customer."""
    whole = etree.fromstring(UBL)
    place = next(whole.iter("{*}AccountingCustomerParty"))
    (customer,) = elements
    place.getparent().replace(place, deepcopy(customer))
    document = etree.ElementTree(etree.fromstring(etree.tostring(whole)))
    _, faults = peppol.validate_xsd(document)
    return [str(one) for one in [*faults, *peppol.check_rules(document)]]
