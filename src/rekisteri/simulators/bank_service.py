"""The file service of banks, as a server: signed SOAP in and out, files listed, given and taken.

Each bank has its path. Who asks must sign by the certificate the bank gave, in the header and within; a
request that is not so signed is refused as banks refuse it. Certificates come from an invented authority.
"""

from __future__ import annotations

import base64
import gzip
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from rekisteri.simulators.bank import Bank, Parcel
from rekisteri.simulators.serving import Answered, Asked, Outsider

XML: Final = "text/xml; charset=utf-8"
CORPORATE: Final = "http://bxd.fi/CorporateFileService"
MODEL: Final = "http://model.bxd.fi"
DATA: Final = "http://bxd.fi/xmldata/"
KEY_BITS: Final = 2048
_TOKEN: Final = re.compile(rb"BinarySecurityToken[^>]*>([^<]+)<")
_OPERATION: Final = re.compile(r"(downloadFileList|downloadFile|uploadFile)in")
_EXCLUSIVE: Final = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0
_PUBLISHED: Final = timedelta(days=1)
_GOOD_FOR: Final = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Certified:
    """A key and the certificate that an authority gave it."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    def write(self, certificate: Path, key: Path | None = None) -> None:
        """As PEM files, the key for its owner alone."""
        certificate.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        if key is not None:
            key.touch(mode=0o600)
            key.write_bytes(
                self.key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
            )


def authority(name: str, at: datetime) -> Certified:
    """An invented authority, which signs itself."""
    key = rsa.generate_private_key(65537, KEY_BITS)
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    certificate = (
        _begun(name, name, key, at)
        .add_extension(x509.BasicConstraints(True, None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Certified(key, certificate)


def certified(name: str, by: Certified, at: datetime) -> Certified:
    """A key and its certificate from an authority."""
    key = rsa.generate_private_key(65537, KEY_BITS)
    issuer = str(by.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
    certificate = (
        _begun(name, issuer, key, at)
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key()), critical=False)
        .sign(by.key, hashes.SHA256())
    )
    return Certified(key, certificate)


def _begun(name: str, issuer: str, key: rsa.RSAPrivateKey, at: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _PUBLISHED)
        .not_valid_after(at + _GOOD_FOR)
    )


class FileService:
    """The service of some banks: ``before_listing`` is called when a biller asks what there is."""

    def __init__(
        self,
        banks: Mapping[str, Bank],
        own: Certified,
        customer: x509.Certificate,
        now: Callable[[], datetime],
        before_listing: Callable[[Bank], None] = lambda _: None,
    ) -> None:
        self.banks = banks
        self._own = own
        self._customer = customer
        self._now = now
        self._before_listing = before_listing
        self._lock = threading.Lock()
        self.outsider = Outsider(self._answer)

    def _answer(self, asked: Asked) -> Answered:
        bank = self.banks.get(asked.path.strip("/"))
        if bank is None:
            return Answered(404, XML, b"")
        try:
            operation, request = self._opened(asked.body)
        except (SignXMLException, ValueError, LookupError, etree.XMLSyntaxError):
            return self._faulted("12", "Content digital signature not valid")
        with self._lock:
            return self._serve(bank, operation, request)

    def _opened(self, body: bytes) -> tuple[str, etree._Element]:
        """Operation and application request, both signatures proved."""
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
        token = _TOKEN.search(body)
        if token is None or x509.load_der_x509_certificate(base64.b64decode(token.group(1))) != self._customer:
            raise ValueError("another's certificate")
        config = SignatureConfiguration(expect_references=2)
        found = XMLVerifier().verify(root, x509_cert=self._customer, expect_config=config, id_attribute="Id")
        signed = [one.signed_xml for one in found] if isinstance(found, list) else [found.signed_xml]
        content = next(one[0] for one in signed if one is not None and str(one.tag).endswith("}Body"))
        operation = _OPERATION.search(str(content.tag))
        if operation is None:
            raise ValueError("no such operation")
        inner = base64.b64decode(content.findtext(f"{{{MODEL}}}ApplicationRequest") or "")
        proved = XMLVerifier().verify(inner, x509_cert=self._customer)
        assert not isinstance(proved, list)
        assert proved.signed_xml is not None
        return operation.group(1), proved.signed_xml

    def _serve(self, bank: Bank, operation: str, request: etree._Element) -> Answered:
        if operation == "uploadFile":
            content = gzip.decompress(base64.b64decode(_value(request, "Content")))
            bank.hear(content)
            return self._told(operation, [("ResponseCode", "00"), ("ResponseText", "OK.")])
        type_ = _value(request, "FileType")
        if operation == "downloadFileList":
            self._before_listing(bank)
            found = [one for one in bank.parcels if one.type == type_]
            if not found:
                return self._told(operation, [("ResponseCode", "24"), ("ResponseText", "No data found")])
            return self._told(operation, [("ResponseCode", "00"), ("ResponseText", "OK.")], found)
        wanted = _value(request, "FileReference")
        parcel = next((one for one in bank.parcels if one.reference == wanted), None)
        if parcel is None:
            return self._told(operation, [("ResponseCode", "24"), ("ResponseText", "No data found")])
        parcel.fetched = True
        packed = base64.b64encode(gzip.compress(parcel.content)).decode("ascii")
        fields = [
            ("ResponseCode", "00"), ("ResponseText", "OK."), ("Compressed", "true"), ("CompressionMethod", "RFC1952"),
            ("FileType", parcel.type), ("Content", packed),
        ]  # fmt: skip
        return self._told(operation, fields)

    def _told(self, operation: str, fields: list[tuple[str, str]], listed: list[Parcel] | None = None) -> Answered:
        document = etree.Element(f"{{{DATA}}}ApplicationResponse")
        for name, text in [("CustomerId", "1"), ("Timestamp", self._now().isoformat()), *fields[:2]]:
            etree.SubElement(document, f"{{{DATA}}}{name}").text = text
        if listed is not None:
            group = etree.SubElement(document, f"{{{DATA}}}FileDescriptors")
            for parcel in listed:
                one = etree.SubElement(group, f"{{{DATA}}}FileDescriptor")
                for name, text in (
                    ("FileReference", parcel.reference), ("TargetId", "T"), ("UserFilename", parcel.name),
                    ("FileType", parcel.type), ("Status", "DLD" if parcel.fetched else "NEW"),
                ):  # fmt: skip
                    etree.SubElement(one, f"{{{DATA}}}{name}").text = text
        for name, text in fields[2:]:
            etree.SubElement(document, f"{{{DATA}}}{name}").text = text
        signer = XMLSigner(c14n_algorithm=_EXCLUSIVE)
        whole = etree.tostring(signer.sign(document, key=self._own.key, cert=[self._own.certificate]))
        content = etree.Element(f"{{{CORPORATE}}}{operation}out")
        header = etree.SubElement(content, f"{{{MODEL}}}ResponseHeader")
        for name, text in (("ResponseCode", "00"), ("ResponseText", "OK.")):
            etree.SubElement(header, f"{{{MODEL}}}{name}").text = text
        etree.SubElement(content, f"{{{MODEL}}}ApplicationResponse").text = base64.b64encode(whole).decode("ascii")
        return Answered(200, XML, self._signed(content))

    def _faulted(self, code: str, text: str) -> Answered:
        body = (
            '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><S:Fault>'
            f"<faultcode>S:Server</faultcode><faultstring>{code} {text}</faultstring></S:Fault></S:Body></S:Envelope>"
        )
        return Answered(500, XML, body.encode())

    def _signed(self, content: etree._Element) -> bytes:
        soap = "http://schemas.xmlsoap.org/soap/envelope/"
        wss = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
        secext, utility = f"{wss}wssecurity-secext-1.0.xsd", f"{wss}wssecurity-utility-1.0.xsd"
        dsig = "http://www.w3.org/2000/09/xmldsig#"
        root = etree.Element(f"{{{soap}}}Envelope", nsmap={"S": soap, "sec": secext, "u": utility})
        security = etree.SubElement(etree.SubElement(root, f"{{{soap}}}Header"), f"{{{secext}}}Security")
        now = self._now().astimezone(UTC)
        moment = etree.SubElement(security, f"{{{utility}}}Timestamp", {f"{{{utility}}}Id": "_3"})
        etree.SubElement(moment, f"{{{utility}}}Created").text = f"{now:%Y-%m-%dT%H:%M:%SZ}"
        etree.SubElement(moment, f"{{{utility}}}Expires").text = f"{now + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}"
        token = etree.SubElement(security, f"{{{secext}}}BinarySecurityToken", {f"{{{utility}}}Id": "_t"})
        der = self._own.certificate.public_bytes(serialization.Encoding.DER)
        token.text = base64.b64encode(der).decode("ascii")
        body = etree.SubElement(root, f"{{{soap}}}Body", {f"{{{utility}}}Id": "_5002"})
        body.append(content)
        info = etree.Element(f"{{{dsig}}}KeyInfo")
        pointed = etree.SubElement(info, f"{{{secext}}}SecurityTokenReference")
        etree.SubElement(pointed, f"{{{secext}}}Reference", URI="#_t")
        signer = XMLSigner(method=SignatureConstructionMethod.detached, c14n_algorithm=_EXCLUSIVE)
        security.append(
            signer.sign(
                root, key=self._own.key, cert=[self._own.certificate], reference_uri=["#_5002", "#_3"], key_info=info,
                id_attribute="Id",
            )
        )  # fmt: skip
        message: bytes = etree.tostring(root)
        return message


def _value(request: etree._Element, name: str) -> str:
    found = request.find(f".//{{{DATA}}}{name}")
    return "" if found is None else (found.text or "")
