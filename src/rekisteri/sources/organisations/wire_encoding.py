"""Which encoding a file of text is in: decided from its bytes, always the same way.

A byte order mark decides; else, where nothing beyond ASCII stands or most lines beyond it
are UTF-8, UTF-8; else the eight-bit encoding whose own letters the bytes show.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rekisteri.ground.errors import Rejected
from rekisteri.sources.organisations.wire_rows import MAX_LINE_BYTES, unfit

BLOCK_BYTES = 1 << 18
HEAD_BYTES = 1 << 16
CONTROLS_FREE = 32
CONTROLS_SHARE_MAX = 0.05

UTF8 = "utf-8"
WINDOWS = "cp1252"
LATIN_1 = "iso-8859-1"
LATIN_9 = "iso-8859-15"
DOS = "cp850"
MACINTOSH = "mac-roman"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNICODE = frozenset({"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"})
_EIGHT_BIT = frozenset({"cp1252", "iso8859-1", "iso8859-15", "cp850", "cp437", "mac-roman", "ascii"})
_WINDOWS_ONLY = re.compile(rb"[\x80-\x9f]")
_DOS_WORD = re.compile(rb"[A-Za-z][\x84\x86][a-z]|[a-z]\x94[a-z]")
"""The letters ä, å and ö within a word, where Windows-1252 has quotation marks and a dagger."""
_MACINTOSH_WORD = re.compile(rb"[a-z][\x8a\x8c]")
"""The letters ä and å after a small letter, where Windows-1252 has capitals."""
_LETTER = rb"[A-Za-z\xc0-\xff]"
_LATIN_9_ONLY = re.compile(
    # Euro, both s with caron and small z with caron, where Latin-1 has signs no address holds;
    rb"[\xa4\xa6\xa8\xb8]"
    # capital Z with caron begins a word or stands among capitals: else it is an acute for an apostrophe;
    rb"|(?<!" + _LETTER + rb")\xb4" + _LETTER + rb"|[A-Z]\xb4[A-Z]{2}"
    # oe within a word: a half never stands between letters.
    rb"|" + _LETTER + rb"\xbd" + _LETTER
)
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1a"))


@dataclass(frozen=True, slots=True)
class Decoding:
    """How bytes become text; ``faulty`` when some lines will not."""

    encoding: str
    faulty: bool = False

    @property
    def bytewise(self) -> str:
        """The encoding of ``blocks``."""
        return UTF8 if self.encoding.startswith("utf") else self.encoding

    def blocks(self, path: Path) -> Iterator[bytes]:
        """The file in blocks where a byte below 128 is a character: without its mark, UTF-16 as UTF-8."""
        if self.encoding.startswith("utf-16"):
            decoder = codecs.getincrementaldecoder(self.encoding)("strict")
            for block in _blocks(path):
                if text := decoder.decode(block):
                    yield text.encode(UTF8)
            return
        start = len(codecs.BOM_UTF8) if self.encoding == "utf-8-sig" else 0
        for block in _blocks(path):
            yield block[start:] if start else block
            start = 0


def decoding(path: Path, told: str | None) -> Decoding:
    """The encoding of a file; what the organisation's mapping says of it is held to.

    Raises ``Rejected`` for a file that is not text, for an unknown encoding, and for one
    told to be UTF-8 or UTF-16 that is not, with line and byte.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    mark = next((name for bom, name in _MARKS if head.startswith(bom)), None)
    if told is not None:
        return _told(path, told, mark)
    if mark == "utf-16":
        _prove(path, mark)
        return Decoding(mark)
    controls = len(head) - len(head.translate(None, _CONTROL))
    if controls > CONTROLS_FREE + CONTROLS_SHARE_MAX * len(head):
        raise unfit(path, "the file is not text", "Send CSV (UTF-8), XLSX or NDJSON; UTF-16 needs its byte order mark")
    return _weighed(path, mark or UTF8)


def _told(path: Path, told: str, mark: str | None) -> Decoding:
    name = _known(path, told)
    if mark is not None and (name in _EIGHT_BIT or mark.startswith(name[:6])):
        name = mark
    if name not in _EIGHT_BIT:
        _prove(path, name)
        return Decoding(name)
    if _is_utf8_beyond_ascii(path):
        raise unfit(path, f"the file is UTF-8, not {told}", "Correct the encoding in the organisation's mapping")
    return Decoding(name, faulty=True)


def _known(path: Path, told: str) -> str:
    """The name of an encoding as Python's own. Raises ``Rejected`` for one not read here."""
    try:
        name = codecs.lookup(told).name
    except LookupError:
        name = ""
    if name not in _EIGHT_BIT and name not in _UNICODE:
        raise unfit(
            path, f"the mapping names an encoding that is not read: “{told}”",
            "Use utf-8, utf-16, iso-8859-1, iso-8859-15 or windows-1252",
        )  # fmt: skip
    return name


def _prove(path: Path, encoding: str) -> None:
    """Read the file through once. Raises ``Rejected`` where it stops being in the encoding."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines = at = 0
    for block in _blocks(path):
        try:
            lines += decoder.decode(block).count("\n")
        except UnicodeDecodeError as error:
            held = len(error.object) - len(block)
            line = lines + error.object[: error.start].count(b"\n") + 1
            raise _not_in(path, encoding, line, at - held + error.start) from None
        at += len(block)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _not_in(path, encoding, lines + 1, at) from None


def _not_in(path: Path, encoding: str, line: int, byte: int) -> Rejected:
    name = encoding.removesuffix("-sig").upper()
    return unfit(
        path,
        f"the file is not {name}: line {line}, byte {byte}",
        f"Save it as {name}, or correct the encoding in the organisation's mapping",
    )


def _weighed(path: Path, unicode_name: str) -> Decoding:
    """UTF-8 when it is, or when most of the lines beyond ASCII are; else an eight-bit encoding."""
    if _decodes(path):
        return Decoding(unicode_name)
    good = bad = 0
    windows = latin_9 = dos = macintosh = False
    for lines in _line_blocks(path):
        for line in lines.splitlines():
            if line.isascii():
                continue
            if _is_utf8(line):
                good += 1
            else:
                bad += 1
        if lines.isascii():
            continue
        windows = windows or _WINDOWS_ONLY.search(lines) is not None
        dos = dos or _DOS_WORD.search(lines) is not None
        macintosh = macintosh or _MACINTOSH_WORD.search(lines) is not None
        latin_9 = latin_9 or _LATIN_9_ONLY.search(lines) is not None
    if good > bad or unicode_name != UTF8:
        return Decoding(unicode_name, faulty=True)
    if dos or macintosh:
        return Decoding(DOS if dos else MACINTOSH)
    if windows:
        return Decoding(WINDOWS, faulty=True)
    return Decoding(LATIN_9 if latin_9 else LATIN_1)


def _decodes(path: Path) -> bool:
    """Whether the whole file is UTF-8."""
    decoder = codecs.getincrementaldecoder(UTF8)("strict")
    try:
        for block in _blocks(path):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8_beyond_ascii(path: Path) -> bool:
    return not all(block.isascii() for block in _blocks(path)) and _decodes(path)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode(UTF8)
    except UnicodeDecodeError:
        return False
    return True


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block


def _line_blocks(path: Path) -> Iterator[bytes]:
    """The file in blocks that end with a line; a line beyond all measure is cut."""
    rest = b""
    for block in _blocks(path):
        rest += block
        end = rest.rfind(b"\n") + 1
        if end == 0 and len(rest) > MAX_LINE_BYTES:
            end = len(rest)
        if end:
            yield rest[:end]
            rest = rest[end:]
    yield rest
