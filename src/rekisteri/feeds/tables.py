"""A file of all customers as a table: a row each, columns of the standard layout; CSV or a workbook."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from rekisteri.catalogue import Item, Part, Recipient, Value, each
from rekisteri.feeds.portrait import CUSTOMER_NUMBER, Portrait

HEAD = ("asiakasnumero", "rekisteritunnus", "laji", "turvakielto", "alkaen", "ei_kerrota")
"""Before the items: number, the register's id, kind, non-disclosure, since when, which items a rule keeps back."""
SEVERAL = " | "
SHEET = "Asiakkaat"
TRUE, FALSE = "k", "e"

Lines = Callable[[], Iterator[list[Portrait]]]


def write_csv(path: Path, recipient: Recipient, pages: Iterable[list[Portrait]]) -> int:
    """Semicolons, UTF-8 with a byte order mark (else a spreadsheet shows å ä ö wrong); how many rows."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as sink:
        writer = csv.writer(sink, delimiter=";", lineterminator="\r\n")
        writer.writerow(headings(recipient))
        for page in pages:
            writer.writerows(row(recipient, one) for one in page)
            count += len(page)
    return count


def write_xlsx(path: Path, recipient: Recipient, pages: Iterable[list[Portrait]]) -> int:
    """A workbook of one sheet, every cell a text: no number loses its zeros, and nothing is a formula."""
    count = 0
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet(SHEET)
        for place, text in enumerate(headings(recipient)):
            sheet.write_string(0, place, text)
        for page in pages:
            for one in page:
                count += 1
                for place, text in enumerate(row(recipient, one)):
                    if text:
                        sheet.write_string(count, place, text)
    return count


def headings(recipient: Recipient) -> list[str]:
    """The heading row."""
    return [*HEAD, *(part.column for _, part in _columns(recipient))]


def row(recipient: Recipient, one: Portrait) -> list[str]:
    """A customer's row, a text for each column."""
    head = (
        one.key, str(one.party_id), one.kind.value, one.order.value, one.since_on.isoformat(), ", ".join(one.withheld)
    )  # fmt: skip
    return [*head, *(_cell(one.values.get(item.name), part) for item, part in _columns(recipient))]


def _columns(recipient: Recipient) -> list[tuple[Item, Part]]:
    return [
        (item, part)
        for item in recipient.items
        for part in item.parts
        if item.name not in (CUSTOMER_NUMBER, "turvakielto") and not part.secret
    ]


def _cell(value: Value | None, part: Part) -> str:
    texts = []
    for one in each(value):
        found = one.get(part.name) if isinstance(one, dict) else one
        if isinstance(found, bool):
            found = TRUE if found else FALSE
        if found is not None:
            texts.append(str(found))
    return SEVERAL.join(texts)
