"""Signed SOAP as the banks' file service speaks it: WS-Security with an X.509 token, and signed requests within.

Two signatures: the application request is signed within itself, the SOAP body and its time by
a signature in the header. Of an answer only what is really signed is read on, and only where
the certificate that signed it comes from the bank's own authority.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import verification
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from rekisteri.ground.errors import Rejected, Unavailable
from rekisteri.sources.banks.wire import instant

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
X509V3 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
BASE64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
LIVES = timedelta(minutes=5)
SLACK = timedelta(minutes=5)
"""By so much clocks may differ."""
BODY, TIME, TOKEN = "body", "time", "token"
ANSWER_BYTES_MAX = 256 << 20
"""An answer is read whole; a larger file comes by folder."""
_C14N = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0


@dataclass(frozen=True, slots=True)
class Seal:
    """What we sign by, and whom we believe: our key and certificate, the bank's authorities."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate
    authorities: tuple[x509.Certificate, ...]

    @property
    def expires_at(self) -> datetime:
        """Until when our certificate is good."""
        return self.certificate.not_valid_after_utc


def load(certificate: Path, key: Path, authorities: Path) -> Seal:
    """A seal from PEM files. Raises ``Rejected`` for a file that will not do, or a key others may read."""
    try:
        if key.stat().st_mode & 0o077:
            raise Rejected(f"The key {key.name} is readable by others; run chmod 600 on it.", field="key")
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
        ours = x509.load_pem_x509_certificate(certificate.read_bytes())
        trusted = tuple(x509.load_pem_x509_certificates(authorities.read_bytes()))
    except (OSError, ValueError, TypeError):
        raise Rejected(
            "The certificate, its key and the bank's authorities are PEM files; see banks.toml.", field="certificate"
        ) from None
    if not isinstance(private, rsa.RSAPrivateKey) or private.public_key() != ours.public_key():
        raise Rejected("The key is not the certificate's; banks take RSA keys.", field="key")
    return Seal(private, ours, trusted)


def signed(seal: Seal, root: etree._Element) -> bytes:
    """An XML document with its signature within it."""
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=SignatureMethod.RSA_SHA256,
        c14n_algorithm=_C14N,
    )
    document: bytes = etree.tostring(
        signer.sign(root, key=seal.key, cert=[seal.certificate]), xml_declaration=True, encoding="UTF-8"
    )
    return document


def envelope(seal: Seal, content: etree._Element, at: datetime) -> bytes:
    """A SOAP message whose body and time are signed."""
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP, "wsse": WSSE, "wsu": WSU})
    header = etree.SubElement(root, f"{{{SOAP}}}Header")
    security = etree.SubElement(header, f"{{{WSSE}}}Security", {f"{{{SOAP}}}mustUnderstand": "1"})
    token = etree.SubElement(
        security,
        f"{{{WSSE}}}BinarySecurityToken",
        {f"{{{WSU}}}Id": TOKEN, "ValueType": X509V3, "EncodingType": BASE64},
    )
    der = seal.certificate.public_bytes(serialization.Encoding.DER)
    token.text = base64.b64encode(der).decode("ascii")
    moment = etree.SubElement(security, f"{{{WSU}}}Timestamp", {f"{{{WSU}}}Id": TIME})
    for name, when in (("Created", at), ("Expires", at + LIVES)):
        etree.SubElement(moment, f"{{{WSU}}}{name}").text = when.strftime("%Y-%m-%dT%H:%M:%SZ")
    body = etree.SubElement(root, f"{{{SOAP}}}Body", {f"{{{WSU}}}Id": BODY})
    body.append(content)
    key_info = etree.Element(f"{{{DSIG}}}KeyInfo", nsmap={"ds": DSIG})
    pointed = etree.SubElement(key_info, f"{{{WSSE}}}SecurityTokenReference", nsmap={"wsse": WSSE})
    etree.SubElement(pointed, f"{{{WSSE}}}Reference", URI=f"#{TOKEN}", ValueType=X509V3)
    signer = XMLSigner(
        method=SignatureConstructionMethod.detached,
        signature_algorithm=SignatureMethod.RSA_SHA256,
        c14n_algorithm=_C14N,
    )
    security.append(
        signer.sign(
            root, key=seal.key, cert=[seal.certificate], reference_uri=[f"#{BODY}", f"#{TIME}"], key_info=key_info,
            id_attribute="Id",
        )
    )  # fmt: skip
    message: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return message


def opened(seal: Seal, message: bytes, at: datetime) -> etree._Element:
    """The content of an answer's body, its signature proved. Raises ``Unavailable`` for a fault or a bad signature."""
    root = _parsed(message)
    body = root.find(f"{{{SOAP}}}Body")
    if body is None or len(body) != 1:
        raise Unavailable("The bank's answer is no SOAP message; try again later.")
    if body[0].tag == f"{{{SOAP}}}Fault":
        told = " ".join((body[0].findtext("faultstring") or "").split())[:200]
        raise Unavailable(f"The bank's service failed: {told}.")
    security = root.find(f"{{{SOAP}}}Header/{{{WSSE}}}Security")
    token = None if security is None else security.findtext(f"{{{WSSE}}}BinarySecurityToken")
    certificate = _trusted(seal, _certificate(token or ""), at)
    config = SignatureConfiguration(location=f"./{{{SOAP}}}Header/{{{WSSE}}}Security/", expect_references=2)
    proved = _verified(root, certificate, config, id_attribute="Id")
    # What is read on is what was signed, not what stands where the signed thing is looked for.
    signed_parts = {one.tag: one for one in proved}
    moment, whole = signed_parts.get(f"{{{WSU}}}Timestamp"), signed_parts.get(f"{{{SOAP}}}Body")
    if moment is None or whole is None or len(whole) != 1 or not _fresh(moment, at):
        raise Unavailable(NOT_SIGNED)
    return whole[0]


def _fresh(moment: etree._Element, at: datetime) -> bool:
    """Whether an answer is of now: an old one played again is none."""
    expires = instant(moment.findtext(f"{{{WSU}}}Expires") or "")
    return expires is not None and at <= expires + SLACK


def opened_document(seal: Seal, document: bytes, at: datetime) -> etree._Element:
    """A signed document, its signature proved by the certificate it bears. Raises ``Unavailable``."""
    root = _parsed(document)
    text = root.findtext(f"{{{DSIG}}}Signature/{{{DSIG}}}KeyInfo/{{{DSIG}}}X509Data/{{{DSIG}}}X509Certificate")
    certificate = _trusted(seal, _certificate(text or ""), at)
    config = SignatureConfiguration(location="./", expect_references=1)
    (proved,) = _verified(root, certificate, config)
    return proved


NOT_SIGNED = "The bank's answer is not signed as it must be; nothing of it is taken. Ask the bank."


def _parsed(message: bytes) -> etree._Element:
    if len(message) > ANSWER_BYTES_MAX:
        raise Unavailable("The bank's answer is too large for this way; take the file by folder.")
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(message, parser)
    except etree.XMLSyntaxError:
        raise Unavailable("The bank's answer can't be read; try again later.") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unavailable(NOT_SIGNED)
    return root


def _certificate(text: str) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(base64.b64decode("".join(text.split()), validate=True))
    except (ValueError, binascii.Error):
        raise Unavailable(NOT_SIGNED) from None


def _trusted(seal: Seal, certificate: x509.Certificate, at: datetime) -> x509.Certificate:
    """The certificate, if it is one of those we believe, or one of theirs. Raises ``Unavailable``."""
    if certificate in seal.authorities and certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        return certificate
    policy = (
        verification.PolicyBuilder()
        .store(verification.Store(list(seal.authorities)))
        .time(at)
        .extension_policies(
            ee_policy=verification.ExtensionPolicy.permit_all(),
            ca_policy=verification.ExtensionPolicy.webpki_defaults_ca(),
        )
    )
    try:
        policy.build_client_verifier().verify(certificate, [])
    except verification.VerificationError:
        raise Unavailable(NOT_SIGNED) from None
    return certificate


def _verified(
    root: etree._Element,
    certificate: x509.Certificate,
    config: SignatureConfiguration,
    *,
    id_attribute: str | None = None,
) -> Sequence[etree._Element]:
    try:
        found = XMLVerifier().verify(root, x509_cert=certificate, expect_config=config, id_attribute=id_attribute)
    except (SignXMLException, ValueError, LookupError):
        raise Unavailable(NOT_SIGNED) from None
    results = found if isinstance(found, list) else [found]
    return [one.signed_xml for one in results if one.signed_xml is not None]
