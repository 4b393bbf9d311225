"""The way to a bank by its file service (Web Services): files are listed, fetched and sent by signed SOAP messages.

Messages of the Finnish banks' common specification (Web Services messages 1.05 of 22.10.2008).
Every listed file that the register does not know by the bank's reference is fetched, whether
or not the bank thinks it was fetched before: a fetch that was cut off is made again.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import os
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from lxml import etree

from rekisteri import __version__
from rekisteri.ground import clock, egress, ids
from rekisteri.ground.clock import HELSINKI
from rekisteri.ground.errors import RekisteriError, Unavailable
from rekisteri.sources.banks import soap
from rekisteri.sources.banks.soap import Seal

CORPORATE = "http://bxd.fi/CorporateFileService"
MODEL = "http://model.bxd.fi"
DATA = "http://bxd.fi/xmldata/"
OK = "00"
NO_FILES = "24"
"""No data found: there is nothing of that kind."""
LOOK_BACK = timedelta(days=14)
FILE_BYTES_MAX = 1 << 30
TIMEOUT_S = 120.0
SOFTWARE = f"Rekisteri {__version__}"
INCOMING = "incoming"


Fields = Sequence[tuple[str, "str | Sequence[tuple[str, str]]"]]
"""Elements of a request: each a text, or elements of its own."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the agreement with the bank says: who we are there, and which types of files are ours."""

    customer: str
    receiver: str
    target: str
    environment: str
    incoming: tuple[str, ...]
    outgoing: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A file the bank has for us."""

    reference: str
    name: str


@dataclass(frozen=True, slots=True)
class Service:
    """One bank's file service."""

    name: str
    banks: tuple[str, ...]
    connection: egress.Connection
    agreement: Agreement
    seal: Seal
    home: Path
    now: clock.Clock = clock.now

    @property
    def certificate_until(self) -> datetime | None:
        """Until when our certificate is good."""
        return self.seal.expires_at

    def coming(self, known: Callable[[str], bool]) -> Iterator[tuple[Path, str, str | None]]:
        """Files to take as (path, name, reference); ``known`` tells which came already. Raises ``Unavailable``."""
        for type_ in self.agreement.incoming:
            for listed in self.listed(type_):
                if not known(listed.reference):
                    yield self._set_down(self.fetch(listed.reference, type_)), listed.name, listed.reference

    def taken(self, path: Path) -> None:
        """The register holds the file now, sealed."""
        path.unlink(missing_ok=True)

    def listed(self, type_: str) -> list[Listed]:
        """The bank's files of a type, of the last weeks."""
        since = clock.day(self.now() - LOOK_BACK).isoformat()
        answer = self._ask("downloadFileList", [("StartDate", since), ("Status", "ALL")], [("FileType", type_)])
        if answer is None:
            return []
        return [
            Listed(_text(one, "FileReference"), _text(one, "UserFilename") or _text(one, "FileReference"))
            for one in answer.iter(f"{{{DATA}}}FileDescriptor")
            if _text(one, "FileReference")
        ]

    def fetch(self, reference: str, type_: str) -> bytes:
        """One file's content."""
        wanted = [("FileReferences", [("FileReference", reference)])]
        answer = self._ask("downloadFile", wanted, [("FileType", type_)], packed=True)
        if answer is None:
            raise Unavailable(f"The bank no longer has the file it listed ({self.name}).")
        return _content(answer)

    def send(self, name: str, content: bytes) -> None:
        """Send a file. Raises ``Unavailable`` where the bank does not take it."""
        packed = base64.b64encode(gzip.compress(content, mtime=0)).decode("ascii")
        head = [("UserFilename", name), ("TargetId", self.agreement.target)]
        tail = [("FileType", self.agreement.outgoing), ("Content", packed)]
        if self._ask("uploadFile", head, tail, packed=True) is None:
            raise Unavailable(f"The bank did not take the file ({self.name}).")

    def _ask(
        self,
        operation: str,
        head: Fields,
        tail: Sequence[tuple[str, str]],
        *,
        packed: bool = False,
    ) -> etree._Element | None:
        """An application answer, proved; None where the bank has nothing of the kind."""
        at = self.now()
        request = self._request(head, tail, at, packed=packed)
        content = etree.Element(f"{{{CORPORATE}}}{operation}in", nsmap={"cor": CORPORATE, "mod": MODEL})
        header = etree.SubElement(content, f"{{{MODEL}}}RequestHeader")
        for name, text in (
            ("SenderId", self.agreement.customer),
            ("RequestId", ids.fresh().hex),
            ("Timestamp", _moment(at)),
            ("Language", "FI"),
            ("UserAgent", SOFTWARE),
            ("ReceiverId", self.agreement.receiver),
        ):
            etree.SubElement(header, f"{{{MODEL}}}{name}").text = text
        inner = etree.SubElement(content, f"{{{MODEL}}}ApplicationRequest")
        inner.text = base64.b64encode(soap.signed(self.seal, request)).decode("ascii")
        answer = soap.opened(self.seal, self._post(soap.envelope(self.seal, content, at)), self.now())
        self._good(answer.findtext(f"{{{MODEL}}}ResponseHeader/{{{MODEL}}}ResponseCode"), answer, MODEL)
        document = _unpacked(answer.findtext(f"{{{MODEL}}}ApplicationResponse") or "")
        found = soap.opened_document(self.seal, document, self.now())
        code = found.findtext(f"{{{DATA}}}ResponseCode")
        if code == NO_FILES:
            return None
        self._good(code, found, DATA)
        return found

    def _request(
        self, head: Fields, tail: Sequence[tuple[str, str]],
        at: datetime, *, packed: bool,
    ) -> etree._Element:  # fmt: skip
        """An application request; the order of its elements is the schema's."""
        root = etree.Element(f"{{{DATA}}}ApplicationRequest", nsmap={None: DATA})  # type: ignore[dict-item] # the stubs know no default namespace
        before = [("StartDate", "EndDate", "Status"), ("FileReferences", "UserFilename", "TargetId")]
        given = dict(head)
        _put(root, "CustomerId", self.agreement.customer)
        _put(root, "Timestamp", _moment(at))
        for name in before[0]:
            _put(root, name, given.get(name))
        _put(root, "Environment", self.agreement.environment)
        for name in before[1]:
            _put(root, name, given.get(name))
        if packed:
            _put(root, "Compression", "true")
            _put(root, "CompressionMethod", "RFC1952")
        _put(root, "SoftwareId", SOFTWARE)
        for name, text in tail:
            _put(root, name, text)
        return root

    def _post(self, message: bytes) -> bytes:
        try:
            with egress.client(self.connection, timeout_s=TIMEOUT_S) as client:
                answer = client.post(
                    self.connection.url,
                    content=message,
                    headers={"content-type": "text/xml; charset=utf-8", "soapaction": '""'},
                )
        except RekisteriError:
            raise
        except Exception as error:
            raise Unavailable(f"The bank's service does not answer ({self.name}); try again later.") from error
        if answer.status_code >= 500 and b"Envelope" not in answer.content[:2000]:
            raise Unavailable(f"The bank's service does not answer ({self.name}); try again later.")
        return bytes(answer.content)

    def _good(self, code: str | None, answer: etree._Element, namespace: str) -> None:
        if code != OK:
            where = f"{{{namespace}}}ResponseText"
            text = answer.findtext(where) or answer.findtext(f"{{{namespace}}}ResponseHeader/{where}") or ""
            told = " ".join(text.split())[:120]
            raise Unavailable(f"The bank refused the call ({self.name}): {code} {told}")

    def _set_down(self, content: bytes) -> Path:
        folder = self.home / INCOMING
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=folder)
        with os.fdopen(descriptor, "wb") as sink:
            sink.write(content)
        return Path(name)


def _put(parent: etree._Element, name: str, value: str | Sequence[tuple[str, str]] | None) -> None:
    if not value:
        return
    element = etree.SubElement(parent, f"{{{DATA}}}{name}")
    if isinstance(value, str):
        element.text = value
        return
    for inner, text in value:
        etree.SubElement(element, f"{{{DATA}}}{inner}").text = text


def _text(parent: etree._Element, name: str) -> str:
    return (parent.findtext(f"{{{DATA}}}{name}") or "").strip()


def _moment(at: datetime) -> str:
    return at.astimezone(HELSINKI).isoformat(timespec="seconds")


def _unpacked(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (ValueError, binascii.Error):
        raise Unavailable("The bank's answer can't be read; try again later.") from None


def _content(answer: etree._Element) -> bytes:
    """The content of an answer, unpacked: a gigabyte at most."""
    content = _unpacked(_text(answer, "Content"))
    if _text(answer, "Compressed").lower() not in ("true", "1"):
        return content
    opened = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = opened.decompress(content, FILE_BYTES_MAX)
    except zlib.error:
        raise Unavailable("The bank's answer can't be read; try again later.") from None
    if not opened.eof:
        raise Unavailable("The bank's file is cut off or too large for this way; take it by folder.")
    return plain
