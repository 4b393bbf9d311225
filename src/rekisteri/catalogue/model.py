"""What a declaration looks like: an item, its parts, and how its value is chosen.

An *item* is one thing known of a customer. It has one part (its value is a scalar) or
several (its value is an object of the parts that are stated). Each part is one column of
the standard layout. Everything else in the house is derived from these declarations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from rekisteri.catalogue.reasons import Reason
from rekisteri.catalogue.vocabulary import PartyKind, Purpose, Role, SourceKind, Text

Scalar = str | bool | list[str]
Value = Scalar | dict[str, Scalar] | list[dict[str, Scalar]]
Content = dict[str, Value]

Parse = Callable[[str], "Scalar | Reason"]


class Choice(StrEnum):
    """How one value is chosen where several sources speak."""

    BEST = "best"
    """The source believed most; among equals the latest."""
    ALL = "all"
    """Every distinct value, the most believed first: facts that do not exclude each other."""
    OWN = "own"
    """Each organisation's value stands for itself and is seen by that organisation."""
    STRICTEST = "strictest"
    """On beats off beats silence, and only whoever said on may say off."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of scalar: its name, its check (``Scalar`` or the ``Reason`` it fails), its codes.

    ``plain`` is a regular expression, in the syntax that Python's and Rust's engines share:
    a text of at most ``longest`` bytes that it matches wholly is its own canonical value, so
    a whole column of such need not be parsed one by one. Empty where no such texts are. Of a
    list, a text that is its only one.
    """

    name: str
    parse: Parse
    codes: dict[str, Text] = field(default_factory=dict)
    plain: str = ""
    longest: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an item: one column of the standard layout.

    ``name`` is empty for an item of one part. ``aliases`` are other headings seen in
    clients' files, folded; a mapping is drafted from them.
    """

    name: str
    kind: Kind
    column: str
    label: Text
    aliases: tuple[str, ...] = ()
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One declared data item. What is not declared is dropped before storage.

    ``many``: one record may state several values of it. Its value is then one value or a list
    of them (``several.each`` reads both), and in the golden record always a list.
    """

    name: str
    label: Text
    need: Text
    kinds: frozenset[PartyKind]
    parts: tuple[Part, ...]
    purposes: frozenset[Purpose]
    ranks: tuple[SourceKind, ...]
    readers: frozenset[Role]
    retention: str
    choice: Choice = Choice.BEST
    covered: bool = False
    required_parts: tuple[str, ...] = ()
    many: bool = False

    @property
    def secret(self) -> bool:
        """Whether the whole value is kept sealed and masked."""
        return all(part.secret for part in self.parts)

    @property
    def scalar(self) -> bool:
        """Whether the value is one scalar rather than an object of parts."""
        return self.parts[0].name == ""

    def path(self, part: Part) -> str:
        """The dotted name of a part, as mappings, faults and sealed boxes name it."""
        return f"{self.name}.{part.name}" if part.name else self.name

    def part(self, name: str) -> Part:
        """The part of that name. Raises ``KeyError``: asking for an undeclared one is a bug."""
        for part in self.parts:
            if part.name == name:
                return part
        raise KeyError(f"{self.name}.{name}")
