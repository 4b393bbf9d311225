"""SOAP 1.1 over X-Road: envelopes to bytes and bytes to envelopes, knowing nothing of persons.

X-Road message protocol 4.0 (nordic-institute/X-Road, pr-mess). What comes in is parsed with
no document type, no entities and no network, within a size; and only as UTF-8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from rekisteri.ground import numbers
from rekisteri.ground.errors import Rejected, Unavailable

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XROAD = "http://x-road.eu/xsd/xroad.xsd"
IDENTIFIERS = "http://x-road.eu/xsd/identifiers"
PROTOCOL = "4.0"
ANSWER_BYTES_MAX = 2 << 20
"""An answer about one person is some kilobytes."""
TEXT_MAX = 200

_CLIENT_PARTS = ("xRoadInstance", "memberClass", "memberCode", "subsystemCode")
_SERVICE_PARTS = (*_CLIENT_PARTS, "serviceCode", "serviceVersion")


class NoAnswer(Unavailable):
    """What came back is no answer of the interface; ask again later, and tell the operator if it lasts."""

    def __init__(self, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing
        """Whether it may pass by itself, so that asking again makes sense."""


@dataclass(frozen=True, slots=True)
class Header:
    """The X-Road header of one call. ``client`` and ``service`` are identifiers with slashes between their parts.

    ``FI-TEST/GOV/9999999-2/asiakasrekisteri`` and
    ``FI-TEST/GOV/0245437-2/VTJkysely/HenkilonTunnusKysely/v1``.
    """

    client: str
    service: str
    id: str
    user_id: str
    issue: str = ""


def check_identifier(text: str, parts: int) -> None:
    """Raise ``Rejected`` unless an X-Road identifier has so many parts, none of them empty."""
    if len(text.split("/")) != parts or not all(text.split("/")):
        raise Rejected(f"An X-Road identifier has {parts} parts with slashes between them, such as FI/GOV/0245437-2/…")


def envelope(header: Header, body: etree._Element) -> bytes:
    """The message of a call: the header in the order the service is bound with, and the body's one child."""
    root = etree.Element(_soap("Envelope"), nsmap={"SOAP-ENV": SOAP, "xrd": XROAD, "iden": IDENTIFIERS})
    head = etree.SubElement(root, _soap("Header"))
    _identifier(head, "client", "SUBSYSTEM", dict(zip(_CLIENT_PARTS, header.client.split("/"), strict=True)))
    etree.SubElement(head, _xroad("id")).text = header.id
    etree.SubElement(head, _xroad("issue")).text = header.issue
    etree.SubElement(head, _xroad("protocolVersion")).text = PROTOCOL
    _identifier(head, "service", "SERVICE", dict(zip(_SERVICE_PARTS, header.service.split("/"), strict=True)))
    etree.SubElement(head, _xroad("userId")).text = header.user_id
    etree.SubElement(root, _soap("Body")).append(body)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def body(content: bytes, sent: Header) -> etree._Element:
    """The one child of an answer's body, its header held against the question's.

    Raises ``NoAnswer`` for a SOAP fault and for anything that is no answer to the question.
    """
    root = parse(content)
    if root.tag != _soap("Envelope"):
        raise NoAnswer(f"An answer came that is no SOAP message but <{_local(root)}>.")
    within = root.find(_soap("Body"))
    if within is None or len(within) != 1:
        raise NoAnswer("A SOAP message came without a body of one part.")
    child = within[0]
    if child.tag == _soap("Fault"):
        raise _fault(child)
    _hold_header(root.find(_soap("Header")), sent)
    return child


def parse(content: bytes) -> etree._Element:
    """The root of a document. Raises ``NoAnswer`` for one that is too large, broken, not UTF-8 or has a DTD."""
    if len(content) > ANSWER_BYTES_MAX:
        raise NoAnswer(f"An answer of more than {ANSWER_BYTES_MAX >> 20} MiB came; it was not read.")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        raise NoAnswer("An answer came that is not UTF-8.") from None
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise NoAnswer("An answer came with a document type of its own; such are not read.")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise NoAnswer("An answer came that is broken or no XML at all.", passing=True) from None


def harmless(text: str | None) -> str:
    """Words of the other side fit to be shown and logged: one short line, no identity code."""
    return numbers.without_hetu(" ".join((text or "").split()))[:TEXT_MAX]


def _fault(fault: etree._Element) -> NoAnswer:
    """A SOAP fault, of the security server or of the service; its children have no namespace."""
    code, said = (harmless(fault.findtext(name)) for name in ("faultcode", "faultstring"))
    # The client's faults do not mend themselves: rights, addresses and forms are set up wrong.
    passing = not code.rpartition(":")[2].lower().startswith("client")
    return NoAnswer(f"A SOAP fault came: {code or 'without a code'}: {said or 'without a text'}.", passing=passing)


def _hold_header(head: etree._Element | None, sent: Header) -> None:
    """Raise ``NoAnswer`` unless the answer repeats what identifies the question."""
    if head is None:
        raise NoAnswer("A SOAP message came without a header.")
    expected: Mapping[str, str] = {"id": sent.id, "client": sent.client, "service": sent.service}
    for name, value in expected.items():
        element = head.find(_xroad(name))
        if element is None:
            raise NoAnswer(f"An answer came whose header lacks {name}.")
        told = "/".join((part.text or "").strip() for part in element) if len(element) else (element.text or "").strip()
        if told != value:
            raise NoAnswer(f"An answer came whose {name} is not that of the question.", passing=True)


def _identifier(head: etree._Element, name: str, kind: str, parts: Mapping[str, str]) -> None:
    element = etree.SubElement(head, _xroad(name), {f"{{{IDENTIFIERS}}}objectType": kind})
    for part, text in parts.items():
        etree.SubElement(element, f"{{{IDENTIFIERS}}}{part}").text = text


def _soap(name: str) -> str:
    return f"{{{SOAP}}}{name}"


def _xroad(name: str) -> str:
    return f"{{{XROAD}}}{name}"


def _local(element: etree._Element) -> str:
    return harmless(etree.QName(element).localname)
