"""The page of tables, from the comments of the schema; and how any page of the reference is laid out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import rekisteri
from rekisteri.catalogue import COLUMNS

PACKAGE = Path(rekisteri.__file__).parent
Cells = Sequence[object]

_TABLE = re.compile(r"create table (?:if not exists )?(\w+\.\w+) \(\n(.*?)\n\);", re.DOTALL)
_COLUMN = re.compile(r"^    (\w+) (.+?),?$", re.MULTILINE)
_COMMENT = re.compile(r"comment on (schema|table|column|function) ([\w.]+) is\s+'((?:[^']|'')*)'")
_NO_COLUMN = frozenset({"check", "primary", "unique", "foreign", "constraint", "exclude"})


def tables() -> str:
    text = "\n".join(
        (PACKAGE / place).read_text("utf-8")
        for place in ("ground/migrations.py", "ground/schema.sql", "audit/schema.sql", "access/schema.sql", "parties/schema.sql", "payers/schema.sql",
                      "sources/schema.sql", "oversight/schema.sql", "rights/schema.sql",
                      "feeds/schema.sql")
    )  # fmt: skip
    said = {
        (kind, name): " ".join(comment.replace("''", "'").split()) for kind, name, comment in _COMMENT.findall(text)
    }
    sections = [
        "# Tables",
        (
            "One PostgreSQL schema a room. The words are the comments of the schema itself (`schema.sql` of each room). "
            "*Holds*: the items a column may hold, or the other personal data, as `src/rekisteri/catalogue/columns.py` "
            "declares; a law of the house compares that list with the live database."
        ),
    ]
    schema = ""
    for name, body in _TABLE.findall(text):
        if name.partition(".")[0] != schema:
            schema = name.partition(".")[0]
            sections += [f"## Schema `{schema}`", said["schema", schema]]
        columns = [(column, kind) for column, kind in _COLUMN.findall(body) if column not in _NO_COLUMN]
        rows = [
            (
                f"`{column}`",
                f"`{_kind(kind)}`",
                said.get(("column", f"{name}.{column}"), ""),
                _holds(f"{name}.{column}"),
            )
            for column, kind in columns
        ]
        sections += [f"### `{name}`", said["table", name], table(("column", "type", "what it is", "holds"), rows)]
    functions = [(name, comment) for (kind, name), comment in said.items() if kind == "function"]
    sections += [
        "## Functions",
        table(("function", "what it is"), ((f"`{name}`", comment) for name, comment in functions)),
    ]
    return parts(*sections)


def _kind(definition: str) -> str:
    """The type and whether it must be there; checks and references are for the schema itself to tell."""
    kind = definition.split(" ")[0]
    needed = "not null" in definition or "primary key" in definition
    return f"{kind}" if needed else f"{kind} or null"


def _holds(column: str) -> str:
    held = COLUMNS.get(column, "")
    return "any declared item" if held == "*" else held


def table(headings: Sequence[str], rows: Iterable[Cells]) -> str:
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    lines += ["| " + " | ".join(cell(one) for one in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")


def parts(*parts: str) -> str:
    return "\n\n".join(part.strip("\n") for part in parts)
