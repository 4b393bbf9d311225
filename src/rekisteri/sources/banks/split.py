"""A bank's file to its messages: pairs of frame and message, found in the bytes and cut apart.

A file is no XML document: SOAP frames and messages stand in it one after another, each with
or without a declaration (Finvoice implementation guideline 2.0). It is read as a stream; each
slice is parsed by itself later. Whatever is not a whole pair makes the file unfit as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from rekisteri.sources.banks.holds import Hold, Unfit

MESSAGE_BYTES_MAX = 1 << 20
"""No frame or message is longer; a longer one is a message whose end is lost."""
BLOCK_BYTES = 1 << 20
ROOTS = (b"FinvoiceReceiverInfo", b"Finvoiceack")
"""The messages that banks send; a proposal or a sender's notice is ours to send."""

_BOM = b"\xef\xbb\xbf"
_BLANKS = re.compile(rb"[ \t\r\n]*")
_DECLARATION = re.compile(rb"<\?xml\s[^>]*?\?>")
_SKIPPED = re.compile(rb"<\?(?!xml\s)[^>]*\?>|<!--.*?-->", re.DOTALL)
_START = re.compile(rb"<((?:[A-Za-z_][\w.\-]*:)?([A-Za-z_][\w.\-]*))(?=[\s/>])")
_USUAL = re.compile(
    rb"(<\?xml\s[^<>]*\?>)?[ \t\r\n]*(?=<((?:[A-Za-z_][\w.\-]*:)?(" + b"|".join((b"Envelope", *ROOTS)) + rb"))[\s/>])"
)
"""How nearly every element begins: a declaration or none, and a root that is known."""
_CLOSED = re.compile(rb"\s*>")
_KNOWN = frozenset((b"Envelope", *ROOTS))
_NAME_BYTES_MAX = 256


class Pair(NamedTuple):
    """One frame and the message that follows it, as bytes; ``root`` is the message's element."""

    number: int
    position: int
    frame: bytes
    message: bytes
    root: str


def split(source: BinaryIO) -> Iterator[Pair]:
    """The pairs of a file in its order. Raises ``Unfit`` where bytes are left over, half or hostile."""
    window = _Window(source)
    number = 0
    while window.skip_blanks():
        start = window.position
        name, frame = window.element()
        if name != b"Envelope":
            raise Unfit(Hold.MESSAGE_WITHOUT_FRAME, start)
        if not window.skip_blanks():
            raise Unfit(Hold.FRAME_WITHOUT_MESSAGE, start)
        name, message = window.element()
        if name == b"Envelope":
            raise Unfit(Hold.FRAME_WITHOUT_MESSAGE, start)
        number += 1
        yield Pair(number, start, frame, message, name.decode("ascii"))


class _Window:
    """The part of a file in hand: grows block by block, and is cut at its beginning as it is used."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._held = bytearray()
        self._at = 0
        self.position = 0
        self._fill()
        if self._held.startswith(_BOM):
            self._use(len(_BOM))

    def skip_blanks(self) -> bool:
        """Go on to what is no blank; whether there is any."""
        while True:
            found = _BLANKS.match(self._held, self._at)
            assert found is not None, "there may be no blanks"
            self._use(found.end() - self._at)
            if self._at < len(self._held):
                return True
            if not self._fill():
                return False

    def element(self) -> tuple[bytes, bytes]:
        """The root's name and the bytes of the next element, its declaration included."""
        start = self.position
        self._need(_NAME_BYTES_MAX)
        if usual := _USUAL.match(self._held, self._at):
            declaration, tag, name = usual.group(1, 2, 3)
            self._use(usual.end() - self._at)
            return bytes(name), bytes(declaration or b"") + self._up_to_end(b"</" + tag, start)
        declaration = self._match(_DECLARATION)
        self.skip_blanks()
        while self._match(_SKIPPED):
            self.skip_blanks()
        name, end = self._name(start)
        body = self._up_to_end(end, start)
        return name, declaration + body

    def _name(self, start: int) -> tuple[bytes, bytes]:
        """The root's name, and what its end tag begins with."""
        self._need(_NAME_BYTES_MAX)
        if self._held.startswith(b"<!DOCTYPE", self._at) or self._held.startswith(b"<!doctype", self._at):
            raise Unfit(Hold.DOCTYPE, self.position)
        found = _START.match(self._held, self._at)
        if found is None:
            raise Unfit(Hold.LEFTOVER_BYTES, start)
        name = bytes(found.group(2))
        if name not in _KNOWN:
            raise Unfit(Hold.LEFTOVER_BYTES, start)
        return name, b"</" + found.group(1)

    def _up_to_end(self, end: bytes, start: int) -> bytes:
        """All up to the end tag of the very name the element began with."""
        searched = self._at
        while (ends := self._end(end, searched)) is None:
            # An end tag may be cut by the block's end: search from a little before it.
            searched = max(self._at, len(self._held) - _NAME_BYTES_MAX)
            begun = self._at
            if len(self._held) - self._at > MESSAGE_BYTES_MAX or not self._fill():
                raise Unfit(Hold.HALF_MESSAGE, start)
            searched -= begun - self._at
        if ends - self._at > MESSAGE_BYTES_MAX:
            raise Unfit(Hold.HALF_MESSAGE, start)
        with memoryview(self._held) as held:
            body = bytes(held[self._at : ends])
        self._use(len(body))
        return body

    def _end(self, end: bytes, searched: int) -> int | None:
        """Where the first such end tag ends; None where it is not there whole."""
        while (found := self._held.find(end, searched)) >= 0:
            searched = found + len(end)
            if closed := _CLOSED.match(self._held, searched):
                return closed.end()
        return None

    def _match(self, pattern: re.Pattern[bytes]) -> bytes:
        """What the pattern meets here, used up; nothing where it does not."""
        self._need(_NAME_BYTES_MAX)
        found = pattern.match(self._held, self._at)
        if found is None and self._held.startswith(b"<!--", self._at):
            self._need(MESSAGE_BYTES_MAX)
            found = pattern.match(self._held, self._at)
        if found is None:
            return b""
        text = bytes(found.group())
        self._use(len(text))
        return text

    def _need(self, count: int) -> None:
        while len(self._held) - self._at < count and self._fill():
            pass

    def _use(self, count: int) -> None:
        self._at += count
        self.position += count

    def _fill(self) -> bool:
        block = self._source.read(BLOCK_BYTES)
        if not block:
            return False
        if self._at:
            del self._held[: self._at]
            self._at = 0
        self._held += block
        return True
