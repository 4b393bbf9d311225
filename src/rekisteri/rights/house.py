"""Who keeps the register: the controller, the contact person, the officer, as the operator has written them.

``house.toml`` in the register's home, checked as it is read. What every document of the
register bears; register description §§ 1–3, GDPR art. 13(1)(a)–(b).
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rekisteri.catalogue import Text
from rekisteri.ground import numbers
from rekisteri.ground.errors import Missing, Rejected

FILE = "house.toml"
LINE_MAX = 200


Line = Annotated[str, Field(min_length=1, max_length=LINE_MAX)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Said(_Part):
    """A text in the three languages."""

    fi: Line
    sv: Line
    en: Line

    @property
    def text(self) -> Text:
        """The same as the house's own texts."""
        return Text(self.fi, self.sv, self.en)


class Controller(_Part):
    """The controller (rekisterinpitäjä)."""

    name: Line
    ytunnus: Line
    address: Line
    phone: Line
    email: Line


class Contact(_Part):
    """A person or a desk that answers."""

    name: Line
    address: Line | None = None
    phone: Line | None = None
    email: Line


class Authority(_Part):
    """Where to complain. The operator keeps the contact data up to date."""

    name: Said = Said(
        fi="Tietosuojavaltuutetun toimisto", sv="Dataombudsmannens byrå", en="Office of the Data Protection Ombudsman"
    )
    address: Line | None = None
    phone: Line | None = None
    email: Line | None = None
    site: Line | None = "tietosuoja.fi"

    @property
    def way(self) -> Text:
        """How to complain, in words: what every refusal ends in (GDPR art. 12(4))."""
        reached = ", ".join(one for one in (self.address, self.phone, self.email, self.site) if one)
        at = f" ({reached})" if reached else ""
        return Text(
            f"Voit tehdä valituksen valvontaviranomaiselle: {self.name.fi}{at}, tai saattaa asian tuomioistuimeen.",
            f"Du kan lämna in klagomål till tillsynsmyndigheten: {self.name.sv}{at}, eller föra ärendet till domstol.",
            f"You can complain to the supervisory authority: {self.name.en}{at}, or go to court.",
        )


ANY_AUTHORITY = Authority()
"""The one there is where the operator has written nothing of it."""


class House(_Part):
    """Whose register it is."""

    controller: Controller
    contact: Contact
    officer: Contact
    register_name: Said = Said(
        fi="Taloushallinnon asiakasrekisteri",
        sv="Ekonomiförvaltningens kundregister",
        en="Customer register of financial administration",
    )
    authority: Authority = ANY_AUTHORITY


def load(path: Path) -> House:
    """Read ``house.toml``. Raises ``Missing`` where there is none, ``Rejected`` naming the field that does not hold."""
    if not path.exists():
        raise Missing(
            f"Whose register this is has not been written down: make {path.name} in its home; docs/how-to/notice.md shows one."
        )
    house = _read(path)
    if numbers.ytunnus(house.controller.ytunnus) is None:
        raise Rejected(f"{path.name}: the check digit of controller.ytunnus is wrong.", field="controller.ytunnus")
    return house


def _read(path: Path) -> House:
    try:
        return House.model_validate(tomllib.loads(path.read_text("utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise Rejected(f"{path.name} cannot be read as TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Rejected(f"{path.name}: {where}: {first['msg']}.", field=where) from error
