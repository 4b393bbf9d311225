"""Finding one's way in the catalogue: by name, by path, by the heading of a file."""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType

from rekisteri.catalogue.items import ITEMS
from rekisteri.catalogue.model import Choice, Item, Part
from rekisteri.catalogue.vocabulary import SourceKind

BY_NAME = MappingProxyType({item.name: item for item in ITEMS})
BY_PATH = MappingProxyType({item.path(part): (item, part) for item in ITEMS for part in item.parts})
COVERED = frozenset(item.name for item in ITEMS if item.covered)
"""Names of the items a non-disclosure order covers."""
OWN = frozenset(item.name for item in ITEMS if item.choice is Choice.OWN)
"""Names of the items that stand for each organisation itself."""

_NOT_WORD = re.compile(r"[^a-z0-9]+")


def item_of_path(path: str) -> Item:
    """The item a dotted path belongs to. Raises ``KeyError`` for an undeclared one."""
    return BY_PATH[path][0]


def heading(text: str) -> str:
    """A column heading folded: lower case, no accents, letters and digits only."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("ø", "o").replace("æ", "ae"))
    return _NOT_WORD.sub("", plain)


def layout() -> list[tuple[str, Item, Part]]:
    """The standard layout: (column, item, part) in the order of declaration.

    What client organisations may state; an item that only other sources state is no column.
    """
    return [(part.column, item, part) for item in ITEMS if SourceKind.ORGANISATION in item.ranks for part in item.parts]


STATED_BY_CLIENTS = frozenset(item.path(part) for _, item, part in layout())
"""Paths that a client organisation's file or entry may fill."""
