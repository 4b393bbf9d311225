"""Recipients: who is told of customers, why, on what ground, which items, where; declared, or told nothing.

``recipients.toml`` in the register's home, checked as it is read. A recipient invoices or collects for one
client organisation (register description § 7: there is no other regular disclosure), in the EU or EEA (§ 8).
What is written here is what the privacy notice names (GDPR arts 13(1)(e), 14(1)(e), 30(1)(d)).
"""

from __future__ import annotations

import re
import tomllib
from datetime import date, time
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rekisteri.catalogue.lookup import BY_NAME
from rekisteri.catalogue.model import Item
from rekisteri.catalogue.vocabulary import Purpose, Role, Text
from rekisteri.ground import countries
from rekisteri.ground.errors import Rejected

FILE = "recipients.toml"
LINE_MAX = 200
RECIPIENTS_MAX = 200
PURPOSES_OF_RECIPIENTS = frozenset({Purpose.INVOICING, Purpose.COLLECTION})
"""What a recipient may be told for: no other purpose leaves the register."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")

Line = Annotated[str, Field(min_length=1, max_length=LINE_MAX)]


class Way(StrEnum):
    """How a recipient is told."""

    FEED = "feed"
    """It asks, over the API, from where it left off."""
    WEBHOOK = "webhook"
    """It is called, an event at a time."""
    FILE = "file"
    """It gets a file of all its customers, by the clock."""


class FileForm(StrEnum):
    """What a file is written as."""

    CSV = "csv"
    XLSX = "xlsx"
    FINVOICE = "finvoice"
    """The buyer's part of a Finvoice 3.0 invoice, one for each customer."""
    UBL = "ubl"
    """The customer's part of a UBL 2.1 invoice as Peppol BIS Billing 3 has it, one for each organisation."""


NEEDED = MappingProxyType({Way.FEED: ("system",), Way.WEBHOOK: ("url",), Way.FILE: ("form", "folder", "at")})
"""What the declaration of a recipient must say for its way."""
OF_WAY = MappingProxyType(
    {Way.WEBHOOK: ("url", "ca", "certificate", "key", "networks"), Way.FILE: ("form", "folder", "at")}
)
"""What means something to one way alone."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Said(_Part):
    fi: Line
    sv: Line
    en: Line

    @property
    def text(self) -> Text:
        return Text(self.fi, self.sv, self.en)


class Recipient(_Part):
    """One declared recipient: all that is said of it, and nothing that is not."""

    name: str = ""
    """Its name in the file: small letters, digits and hyphens."""
    title: _Said
    organisation: Line
    """Code of the client organisation whose customers it is told of, and of no other's."""
    purpose: Purpose
    ground: _Said
    """By which law, or in which task, it is told."""
    country: str = Field(pattern="^[A-Z]{2}$")
    fields: tuple[str, ...] = Field(min_length=1, max_length=len(BY_NAME))
    way: Way
    system: Line | None = None
    """Account of the system that may ask over the API; none may, unless it is named."""
    url: Line | None = None
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    networks: tuple[str, ...] = ()
    form: FileForm | None = None
    folder: Path | None = None
    at: time | None = None
    """Finnish time of day from which the day's file is made."""

    @property
    def items(self) -> tuple[Item, ...]:
        """Its items, in the order of the catalogue."""
        return tuple(item for name, item in BY_NAME.items() if name in self.fields)


def load(home: Path, on: date) -> tuple[Recipient, ...]:
    """The recipients that ``recipients.toml`` of the register's home declares; none without it.

    Raises ``Rejected`` naming the recipient and the field for a declaration that does not hold on that day.
    """
    path = home / FILE
    if not path.exists():
        return ()
    try:
        tables: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Rejected(f"{FILE} cannot be read: {error}.", field=FILE) from None
    if len(tables) > RECIPIENTS_MAX:
        raise Rejected(
            f"{FILE} declares more than {RECIPIENTS_MAX} recipients; leave out those of the past.", field=FILE
        )
    return tuple(_recipient(home, name, table, on) for name, table in tables.items())


def _recipient(home: Path, name: str, table: object, on: date) -> Recipient:
    if not _NAME.fullmatch(name):
        raise Rejected(f"{FILE}: '{name}' needs a name of small letters, digits and hyphens.", field=name)
    try:
        made = Recipient.model_validate({**table, "name": name} if isinstance(table, dict) else table)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        told = str(first["msg"]).removeprefix("Value error, ")
        raise Rejected(f"{FILE}: [{name}] {f'{where}: ' if where else ''}{told}.", field=name) from None
    if (fault := _fault(made)) is not None:
        raise Rejected(f"{FILE}: [{name}] {fault}.", field=name)
    if not countries.inside(made.country, on):
        raise Rejected(
            f"{FILE}: [{name}] country: '{made.country}' is not of the EU or EEA, and nothing is sent there.",
            field=name,
        )
    paths = {part: home / path for part in ("ca", "certificate", "key", "folder") if (path := getattr(made, part))}
    return made.model_copy(update=paths)


def _fault(made: Recipient) -> str | None:
    """What is wrong with a declaration whose parts are sound one by one."""
    if made.purpose not in PURPOSES_OF_RECIPIENTS:
        return f"purpose: nobody is told for {made.purpose.value}; say invoicing or collection"
    for name in made.fields:
        if (fault := _field_fault(name, made.purpose)) is not None:
            return fault
    for name in NEEDED[made.way]:
        if getattr(made, name) is None:
            return f"{name}: a recipient by {made.way.value} needs it"
    for way, names in OF_WAY.items():
        for name in names:
            if way is not made.way and getattr(made, name):
                return f"{name}: means nothing to a recipient by {made.way.value}; leave it out"
    return None


def _field_fault(name: str, purpose: Purpose) -> str | None:
    item = BY_NAME.get(name)
    if item is None:
        return f"fields: the catalogue declares no item '{name}'"
    if item.secret:
        return f"fields: '{name}' is an identity code and told to no recipient; its own number names the customer"
    if purpose not in item.purposes or Role.INTEGRATION not in item.readers:
        return f"fields: '{name}' is not for {purpose.value}"
    return None
