"""A document as data: sections of paragraphs, entries and tables, in the three languages at once.

Every form of the notice, the access package and the register of disclosures is one of these;
a page, a PDF and a JSON file are made of the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rekisteri.catalogue import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """A term and what is said of it."""

    term: Text
    told: Text


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; the first column names its row."""

    caption: Text
    head: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One numbered or named part of a document."""

    code: str
    heading: Text
    paragraphs: tuple[Text, ...] = ()
    entries: tuple[Entry, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document, without its language chosen."""

    code: str
    title: Text
    sections: tuple[Section, ...] = field(default_factory=tuple)

    def plain(self) -> dict[str, object]:
        """The document as JSON has it: every text as an object of ``fi``, ``sv`` and ``en``."""
        return {
            "code": self.code,
            "title": _plain(self.title),
            "sections": [
                {
                    "code": one.code,
                    "heading": _plain(one.heading),
                    "paragraphs": [_plain(text) for text in one.paragraphs],
                    "entries": [{"term": _plain(entry.term), "told": _plain(entry.told)} for entry in one.entries],
                    "tables": [
                        {
                            "caption": _plain(table.caption),
                            "head": [_plain(text) for text in table.head],
                            "rows": [[_plain(text) for text in row] for row in table.rows],
                        }
                        for table in one.tables
                    ],
                }
                for one in self.sections
            ],
        }


def same(text: str) -> Text:
    """A text that is the same in every language: a name, a number, an address."""
    return Text(text, text, text)


def joined(texts: list[Text], mark: str = ", ") -> Text:
    """Texts one after another, in each language."""
    return Text(
        mark.join(one.fi for one in texts), mark.join(one.sv for one in texts), mark.join(one.en for one in texts)
    )


def _plain(text: Text) -> dict[str, str]:
    return {"fi": text.fi, "sv": text.sv, "en": text.en}
