"""The standard layout of files, made from the catalogue: open to whoever prepares a delivery."""

from __future__ import annotations

import csv
import io

from starlette.responses import Response

from rekisteri import catalogue
from rekisteri.web.desk import Desk, Page

SEPARATOR = ";"


def layout(desk: Desk) -> Response:
    """Every column: what it holds, in which form, for whom, and why."""
    return desk.show(
        "layout.html",
        items=[item for item in catalogue.ITEMS if item.path(item.parts[0]) in catalogue.STATED_BY_CLIENTS],
    )


def empty_file(desk: Desk) -> Response:
    """A file with the headings of the layout and no rows, for a spreadsheet to fill."""
    text = io.StringIO()
    csv.writer(text, delimiter=SEPARATOR).writerow([column for column, _, _ in catalogue.layout()])
    return Response(
        text.getvalue().encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="tietue.csv"'},
    )


PAGES = (
    Page("/tietue", layout, None, open=True),
    Page("/tietue.csv", empty_file, None, open=True),
)
