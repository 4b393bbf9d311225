"""Documents on paper and on the screen: one language chosen, one PDF, one JSON, plain text.

The PDF is PDF/UA-1 (ISO 14289-1): tagged, with its language, title, headings and table
headers; the library refuses to make one that is not.
"""

from __future__ import annotations

from importlib import resources
from typing import Any, Final

import orjson
import typst

from rekisteri.catalogue import Text
from rekisteri.ground.errors import Unavailable
from rekisteri.rights.document import Document

TEMPLATE = "document.typ"
STANDARD: Final = "ua-1"
LANGUAGES = ("fi", "sv", "en")


def spoken(document: Document, language: str) -> dict[str, Any]:
    """The document in one language, as a template reads it."""

    def one(text: Text) -> str:
        return text.in_(language)

    return {
        "code": document.code,
        "language": language,
        "title": one(document.title),
        "sections": [
            {
                "code": section.code,
                "number": section.code if section.code.isdigit() else "",
                "heading": one(section.heading),
                "paragraphs": [one(text) for text in section.paragraphs],
                "entries": [{"term": one(entry.term), "told": one(entry.told)} for entry in section.entries],
                "tables": [
                    {
                        "caption": one(table.caption),
                        "head": [one(text) for text in table.head],
                        "rows": [[one(text) for text in row] for row in table.rows],
                    }
                    for table in section.tables
                ],
            }
            for section in document.sections
        ],
    }


def pdf(document: Document, language: str, *, lead: list[str] | None = None, foot: str = "") -> bytes:
    """The document as a PDF/UA-1 file. Raises ``Unavailable`` where it cannot be made."""
    paper = spoken(document, language) | {"lead": lead or [], "foot": foot}
    template = (resources.files("rekisteri.rights") / TEMPLATE).read_bytes()
    try:
        made = typst.compile(
            template,
            sys_inputs={"paper": orjson.dumps(paper).decode()},
            format="pdf",
            pdf_standards=STANDARD,
            ignore_system_fonts=True,
        )
    except typst.TypstError as error:
        raise Unavailable(f"The PDF could not be made: {error}.") from error
    assert isinstance(made, bytes)
    return made


def text(document: Document, language: str) -> str:
    """The document as plain text, for a terminal."""
    told = spoken(document, language)
    lines = [told["title"], "=" * len(told["title"])]
    for section in told["sections"]:
        heading = f"{section['number']}. {section['heading']}" if section["number"] else section["heading"]
        lines += ["", heading, "-" * len(heading), *section["paragraphs"]]
        lines += [f"{entry['term']}: {entry['told']}" for entry in section["entries"]]
        for table in section["tables"]:
            lines += [" | ".join(row) for row in (table["head"], *table["rows"])]
    return "\n".join(lines) + "\n"
