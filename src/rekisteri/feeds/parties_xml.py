"""The customer's part of an invoice, ready to be put into one: Finvoice 3.0 buyer, UBL 2.1 / Peppol BIS 3 customer.

Each customer is judged by the form's own limits. What does not fit is left out of the file and told with its number
and the reason (``Unfit``); nothing is cut. The file is one document: a ``customer`` element for each, with its number,
and in it the elements in the order and the namespaces in which they stand in an invoice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from lxml import etree

from rekisteri import payers
from rekisteri.catalogue import PartyKind, Value
from rekisteri.feeds.portrait import Portrait

CUSTOMERS = "urn:rekisteri:customers:1"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
NAMESPACES = {"rek": CUSTOMERS, "cac": CAC, "cbc": CBC}

OVT_STEM = "0037"
OVT_SCHEME, NET_SERVICE_SCHEME, ORGANISATION_SCHEME = "0216", "0215", "0212"
"""Peppol's code list of electronic addresses (EAS): OVT code, net service, Finnish organisation identifier."""
PHONE_MAX, EMAIL_MAX, CONTACT_MAX = 35, 70, 70
"""Finvoice 3.0: BuyerPhoneNumberIdentifier, BuyerEmailaddressIdentifier, BuyerContactPersonName."""
ENDPOINT_MIN, ENDPOINT_MAX = 2, 35
"""Finvoice 3.0: ToIdentifier and ToIntermediator."""
IDENTIFIER_MAX = 70
"""Finvoice 3.0: BuyerCode."""
LANGUAGES = MappingProxyType({"fi": "FI", "sv": "SV", "en": "EN"})


@dataclass(frozen=True, slots=True)
class Unfit:
    """A customer that is not in the file, and why: a code for machines, in words for people."""

    number: str
    reason: str


Elements = Callable[[Portrait, date], "list[etree._Element] | str"]


def write(path: Path, pages: Iterable[list[Portrait]], elements: Elements, on: date) -> tuple[int, list[Unfit]]:
    """Write the document; how many customers are in it, and those that are not."""
    count, unfit = 0, []
    with etree.xmlfile(str(path), encoding="UTF-8") as sink:
        sink.write_declaration()
        with sink.element(f"{{{CUSTOMERS}}}customers", nsmap=NAMESPACES):
            for page in pages:
                for one in page:
                    made = elements(one, on)
                    if isinstance(made, str):
                        unfit.append(Unfit(one.key, made))
                        continue
                    count += 1
                    with sink.element(f"{{{CUSTOMERS}}}customer", number=one.key):
                        for element in made:
                            sink.write(element)
    return count, unfit


def finvoice(one: Portrait, on: date) -> list[etree._Element] | str:
    """The elements of a Finvoice 3.0 invoice that tell of the buyer, or why there are none.

    ``MessageReceiverDetails`` where the buyer has an e-invoice address; language; ``BuyerPartyDetails`` and what follows
    it; ``SellersBuyerIdentifier``, which stands in ``InvoiceDetails``.
    """
    if one.restricted:
        return "restricted"
    address = _address(one, on)
    party, unfit = payers.finvoice_party([_name(one)], None if address is None else payers.address_of(address))
    if unfit or party is None:
        return f"{unfit[0].field}_length"
    found = [_receiver(one)] if "einvoice_address" in one.values else []
    if (
        language := LANGUAGES.get(str(one.values.get("invoice_language", one.values.get("contact_language", ""))))
    ) is not None:
        found.append(_of("InvoiceRecipientLanguageCode", language))
    found.append(_buyer(one, party))
    if "contact_person" in one.values:
        found.append(_of("BuyerContactPersonName", str(one.values["contact_person"])))
    reached = [
        _of(name, str(one.values[item]))
        for item, name in (("phone", "BuyerPhoneNumberIdentifier"), ("email", "BuyerEmailaddressIdentifier"))
        if item in one.values
    ]
    if reached:
        found.append(_of("BuyerCommunicationDetails", *reached))
    found.append(_of("SellersBuyerIdentifier", one.key))
    return _first_long(one) or found


def ubl(one: Portrait, on: date) -> list[etree._Element] | str:
    """``cac:AccountingCustomerParty`` of UBL 2.1 as Peppol BIS Billing 3 has it, or why there is none.

    Peppol wants an electronic address (BT-49): consumers have none, so of them there is none.
    """
    if one.restricted:
        return "restricted"
    endpoint = one.values.get("einvoice_address")
    if one.kind is PartyKind.PERSON or not isinstance(endpoint, dict):
        return "no_endpoint"
    if not (name := _name(one)):
        return "name_length"
    address = _address(one, on)
    if address is None:
        return "no_address"
    where = str(endpoint["address"])
    scheme = OVT_SCHEME if where.startswith(OVT_STEM) else NET_SERVICE_SCHEME
    party = etree.Element(f"{{{CAC}}}Party", nsmap={"cac": CAC, "cbc": CBC})
    _basic(party, "EndpointID", where, schemeID=scheme)
    _basic(_group(party, "PartyIdentification"), "ID", one.key)
    _postal(party, payers.address_of(address))
    legal = _group(party, "PartyLegalEntity")
    _basic(legal, "RegistrationName", name)
    if "ytunnus" in one.values:
        _basic(legal, "CompanyID", str(one.values["ytunnus"]), schemeID=ORGANISATION_SCHEME)
    reached = [(tag, str(one.values[item])) for item, tag in
               (("contact_person", "Name"), ("phone", "Telephone"), ("email", "ElectronicMail")) if item in one.values]  # fmt: skip
    if reached:
        contact = _group(party, "Contact")
        for tag, text in reached:
            _basic(contact, tag, text)
    whole = etree.Element(f"{{{CAC}}}AccountingCustomerParty", nsmap={"cac": CAC, "cbc": CBC})
    whole.append(party)
    return [whole]


def _address(one: Portrait, on: date) -> Value | None:
    """The address mail goes to, of those the recipient may be told: by the same precedence as an answer's."""
    for name in payers.ADDRESSES:
        value = one.values.get(name)
        if value is not None and payers.in_force(value, on):
            return value
    return None


def _name(one: Portrait) -> str:
    if one.kind is PartyKind.ORGANISATION:
        return str(one.values.get("organisation_name", ""))
    return f"{one.values.get('first_names', '')} {one.values.get('surname', '')}".strip()


def _receiver(one: Portrait) -> etree._Element:
    value = one.values["einvoice_address"]
    assert isinstance(value, dict)
    return _of(
        "MessageReceiverDetails",
        _of("ToIdentifier", str(value["address"])),
        _of("ToIntermediator", str(value["operator"])),
    )


def _buyer(one: Portrait, party: payers.FinvoiceParty) -> etree._Element:
    buyer = _of("BuyerPartyDetails")
    if "ytunnus" in one.values:
        buyer.append(_of("BuyerPartyIdentifier", str(one.values["ytunnus"])))
    for name in party.names:
        buyer.append(_of("BuyerOrganisationName", name))
    buyer.append(_of("BuyerCode", one.key))
    if party.streets:
        streets = [_of("BuyerStreetName", street) for street in party.streets]
        buyer.append(
            _of(
                "BuyerPostalAddressDetails", *streets, _of("BuyerTownName", party.town),
                _of("BuyerPostCodeIdentifier", party.postcode), _of("CountryCode", party.country),
            )
        )  # fmt: skip
    return buyer


def _first_long(one: Portrait) -> str | None:
    """The first field beside name and address that the form has no room for."""
    for name, most in (("phone", PHONE_MAX), ("email", EMAIL_MAX), ("contact_person", CONTACT_MAX)):
        if len(str(one.values.get(name, ""))) > most:
            return f"{name}_length"
    if len(one.key) > IDENTIFIER_MAX:
        return "customer_number_length"
    endpoint = one.values.get("einvoice_address")
    if isinstance(endpoint, dict) and not all(
        ENDPOINT_MIN <= len(str(endpoint[part])) <= ENDPOINT_MAX for part in ("address", "operator")
    ):
        return "einvoice_address_length"
    return None


def _postal(party: etree._Element, address: payers.Address) -> None:
    postal = _group(party, "PostalAddress")
    _basic(postal, "StreetName", address.street)
    if address.care_of:
        _basic(postal, "AdditionalStreetName", f"c/o {address.care_of}")
    if address.town:
        _basic(postal, "CityName", address.town)
    if address.postcode:
        _basic(postal, "PostalZone", address.postcode)
    _basic(_group(postal, "Country"), "IdentificationCode", address.country)


def _of(tag: str, *content: str | etree._Element) -> etree._Element:
    """An element without a namespace, as Finvoice has them."""
    made = etree.Element(tag)
    for one in content:
        if isinstance(one, str):
            made.text = one
        else:
            made.append(one)
    return made


def _group(parent: etree._Element, tag: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{CAC}}}{tag}")


def _basic(parent: etree._Element, tag: str, text: str, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{CBC}}}{tag}", attributes).text = text
