"""Documents written as one before was, read without a parser.

A bank writes its messages alike, tag by tag, and only what is said between the tags differs. Of a document
that the parser has read, a *form* remembers the tags and which of the texts between them mattered. Another document
with the very same tags is well-formed too, and its texts are where they were, as long as they hold nothing but
letters: no tag, entity, comment or sign that XML forbids. Whatever is not met so is the parser's, as before.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import itemgetter
from typing import NamedTuple

FORMS_MOST = 16
"""Of one file: a bank has a few. Each costs some milliseconds to learn."""
TRIED_MOST = 4
SIGHTINGS_MOST = 1_000
TEXTS_MOST = 200
"""A document with more texts is none of those that come by the hundred thousand."""
ENCODINGS = frozenset({"iso-8859-15", "iso-8859-1", "utf-8"})
"""A byte below 128 is the same letter in these, so that tags and texts part at the same bytes for everybody."""
FIXED = frozenset({b"Role"})
"""Elements whose text says what their neighbours are: as good as a tag."""

_TAG = re.compile(rb"<[^<>]*>")
_NAME = re.compile(rb"<(?:[A-Za-z_][\w.\-]*:)?([A-Za-z_][\w.\-]*)")
_DECLARATION = re.compile(rb"<\?xml\s[^<>]*\?>")
_LINK = re.compile(rb'(?<=\sxlink:href=")[^"]*(?=")')
_BLANK = rb"[ \t\r\n]*"
_UNREAD = rb"[^<>&\x00-\x08\x0b\x0c\x0e-\x1f]*"
_READ = rb"([^<>&\x00-\x08\x0b-\x1f]*)"
"""A parser makes one sign of a line's end of two: such a text is left to it."""
_LINKED = rb"""[^<>&"'\x00-\x1f]*"""
_BETWEEN = b"\0"
"""Stands in no text."""
_NO_CHARACTER = b"\xef\xbf"
"""With these UTF-8 begins what XML holds for no character, and some that it does not mind."""


class Texts(NamedTuple):
    """What is read of a document: each text in a place that its tags alone decide."""

    fields: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()


Parse = Callable[[bytes], Texts]


class _Form:
    """One way in which documents are written."""

    def __init__(self, pattern: re.Pattern[bytes], same: tuple[str, ...], texts: _Places) -> None:
        self._fullmatch = pattern.fullmatch
        self._same = same
        self._texts = texts

    def read(self, document: bytes, encoding: str) -> Texts | None:
        """The texts of a document written so; None of another."""
        found = self._fullmatch(document)
        if found is None:
            return None
        said = _BETWEEN.join(found.groups()).decode(encoding).split(_BETWEEN.decode())
        texts = (*self._same, *map(str.strip, said))
        fields, pairs, lines = self._texts
        return Texts(
            fields(texts),
            tuple([(texts[kind], texts[text]) for kind, text in pairs]),
            tuple([texts[at] for at in lines]),
        )


class _Places(NamedTuple):
    """Where each text that is read stands among those of a form."""

    fields: Callable[[tuple[str, ...]], tuple[str, ...]]
    pairs: tuple[tuple[int, int], ...]
    lines: tuple[int, ...]


class Forms:
    """The forms of one file's documents of one kind."""

    def __init__(self) -> None:
        self._forms: list[_Form] = []
        self._sightings: dict[int, int] = {}

    def texts(self, document: bytes, encoding: str) -> Texts | None:
        """What is read of a document, if it is of a form that is known; ``encoding`` is what its bytes are by."""
        if encoding not in ENCODINGS or (encoding == "utf-8" and _NO_CHARACTER in document):
            return None
        for place, form in enumerate(self._forms[:TRIED_MOST]):
            found = form.read(document, encoding)
            if found is not None:
                if place:
                    self._forms.insert(0, self._forms.pop(place))
                return found
        return None

    def learn(self, document: bytes, declared: str, parse: Parse) -> None:
        """Remember how a document is written that the parser has read, if it came so before: ``parse`` reads it again."""
        if declared not in ENCODINGS or len(self._forms) >= FORMS_MOST or len(self._sightings) >= SIGHTINGS_MOST:
            return
        tags = _TAG.findall(document)
        sight = hash(_LINK.sub(b"", b"".join(tags)))
        self._sightings[sight] = self._sightings.get(sight, 0) + 1
        if self._sightings[sight] == 2:
            form = _learned(document, tags, parse)
            if form is not None:
                self._forms.insert(0, form)


def _learned(document: bytes, tags: list[bytes], parse: Parse) -> _Form | None:
    """The form of a document; None for one that is written as no form can tell."""
    between = _TAG.split(document)
    declared = len(_DECLARATION.findall(document))
    plain = not (between[0] or between[-1]) and document.count(b"<?") == declared == sum(
        tag.startswith(b"<?") for tag in tags[:1]
    )
    if not plain or len(tags) > TEXTS_MOST or b"<!" in document or b"&" in document or not b"".join(tags).isascii():
        return None
    fixed = [bool(found := _NAME.match(tag)) and found.group(1) in FIXED for tag in tags]  # type: ignore[union-attr]
    # Parsed with a mark in the place of each text, the document itself tells which of them is read as what.
    marks = [f"text{place}of{len(tags)}" for place in range(len(tags) - 1)]
    marked = [
        text if fixed[place] or place < declared else mark.encode()
        for place, (text, mark) in enumerate(zip(between[1:-1], marks, strict=True))
    ]
    try:
        read = parse(b"".join(part for both in zip(tags, [*marked, b""], strict=True) for part in both))
    except SyntaxError:
        # What looked like a tag was none: a sign of it stood in an attribute.
        return None
    said = [*read.fields, *(text for pair in read.pairs for text in pair), *read.lines]
    wanted = [place for place, mark in enumerate(marks) if mark in said]
    same = tuple(dict.fromkeys(text for text in said if text not in marks))
    at = {text: place for place, text in enumerate(same)} | {
        marks[place]: len(same) + order for order, place in enumerate(wanted)
    }
    pieces = []
    for place, tag in enumerate(tags):
        ends = [re.escape(part) for part in _LINK.split(tag)]
        pieces.append(_LINKED.join(ends))
        if place == len(marks):
            break
        if place < declared:
            pieces.append(_BLANK)
        elif fixed[place]:
            pieces.append(re.escape(between[place + 1]))
        else:
            pieces.append(_READ if place in wanted else _UNREAD)
    places = _Places(
        itemgetter(*[at[text] for text in read.fields]),
        tuple((at[kind], at[text]) for kind, text in read.pairs),
        tuple(at[text] for text in read.lines),
    )
    return _Form(re.compile(b"".join(pieces)), same, places)
