"""How names and addresses stand on an invoice: lines of a window envelope, fields of Finvoice 3.0. Pure.

A text too long for its place goes on to the next line between two words; what does not fit even so is a stated
fault (``Unfit``). Nothing is cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale

from rekisteri.catalogue import Text
from rekisteri.payers.answer import HOME_COUNTRY, Address, FinvoiceParty, Unfit

NAME_MAX, NAME_MIN = 70, 2
"""Finvoice 3.0: BuyerOrganisationName, one or more of 2 to 70 characters."""
STREET_MAX, STREET_MIN, STREETS_MAX = 35, 2, 3
"""Finvoice 3.0: BuyerStreetName, one to three of 2 to 35 characters."""
TOWN_MAX, TOWN_MIN = 35, 2
"""Finvoice 3.0: BuyerTownName and BuyerPostCodeIdentifier, 2 to 35 characters."""
TOWN_FIRST = frozenset({"AU", "CA", "GB", "IE", "IN", "NZ", "US", "ZA"})
"""Countries whose postcode stands after the town."""
PAIRED_POSTCODES = frozenset({"SE", "CZ", "SK", "GR"})
"""Countries that write five figures as three and two."""

CARE_OF = Text("c/o", "c/o", "c/o")
ESTATE = Text("{} kuolinpesä", "{} dödsbo", "Estate of {}")
BANKRUPTCY = Text("{} konkurssipesä", "{} konkursbo", "Bankruptcy estate of {}")
CONTACT = Text("yhteyshenkilö {}", "kontaktperson {}", "contact {}")
GUARDIAN = Text("edunvalvoja {}", "intressebevakare {}", "guardian {}")
CUSTODIAN = Text("huollettava {}", "vårdnadstagare {}", "child {}")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a window envelope takes: lines, and characters a line. The printer's figures, so configuration."""

    lines: int = 7
    columns: int = 45


def address_of(value: object) -> Address:
    """The address an item of the catalogue states."""
    assert isinstance(value, dict)
    said = value.get
    return Address(
        str(said("street", "")),
        str(said("postcode", "")),
        str(said("town", "")),
        str(said("country", HOME_COUNTRY)),
        str(said("care_of", "")),
    )


def place_lines(address: Address, language: str) -> list[str]:
    """Street, place and country as they stand on an envelope; the country in capitals where it is not Finland."""
    if address.country == HOME_COUNTRY:
        town = f"{address.postcode} {address.town.upper()}".strip()
        return [line for line in (address.street, town) if line]
    lines = [address.street]
    if address.country in TOWN_FIRST:
        # The post office of those countries wants the code last, in the United Kingdom on a line of its own.
        lines += (
            [address.town, address.postcode] if address.country == "GB" else [_both(address.town, address.postcode)]
        )
    else:
        lines.append(_both(_postcode(address), address.town))
    return [line for line in [*lines, country_name(address.country, language)] if line]


def _both(first: str, second: str) -> str:
    return f"{first} {second}".strip()


def _postcode(address: Address) -> str:
    digits = address.postcode.replace(" ", "")
    if address.country in PAIRED_POSTCODES and len(digits) == 5 and digits.isdigit():
        return f"{digits[:3]} {digits[3:]}"
    return address.postcode


@lru_cache(maxsize=1024)
def country_name(code: str, language: str) -> str:
    """A country's name in capitals, in the language of the letter."""
    return str(Locale.parse(language).territories.get(code, code)).upper()


def envelope(
    names: Sequence[str], attention: str | None, address: Address, language: str, limits: Limits
) -> tuple[tuple[str, ...], tuple[Unfit, ...]]:
    """The lines of the address field of a letter, and what would not fit."""
    care_of = f"{CARE_OF.in_(language)} {address.care_of}" if address.care_of else None
    place = place_lines(address, language) or [""]
    whole = [*names, *(text for text in (attention, care_of) if text), *place]
    if len(whole) <= limits.lines and max(map(len, whole)) <= limits.columns:
        return tuple(whole), ()
    fields = ["name"] * len(names)
    fields += [field for field, text in (("attention", attention), ("care_of", care_of)) if text]
    fields += ["street", *["place"] * (len(place) - 1)]
    lines: list[str] = []
    unfit = []
    for field, text in zip(fields, whole, strict=True):
        pieces = wrapped(text, limits.columns)
        if pieces is None:
            unfit.append(Unfit("envelope", field, len(text), 1, limits.columns))
        else:
            lines += pieces
    if len(lines) > limits.lines:
        unfit.append(Unfit("envelope", "lines", len(lines), 1, limits.lines))
    return (() if unfit else tuple(lines)), tuple(unfit)


def finvoice(names: Iterable[str], address: Address | None) -> tuple[FinvoiceParty | None, tuple[Unfit, ...]]:
    """The buyer's fields and what would not fit. None where the names don't, for without a name there is no party;
    where the address does not its whole group is left out, as the schema lets it, and the fault is stated."""
    named, unfit = _fitting("name", names, NAME_MIN, NAME_MAX)
    if unfit:
        return None, unfit
    if address is None:
        return FinvoiceParty(named, (), "", "", ""), ()
    street, postcode, town, _, care_of = address
    streets, unfit = _fitting("street", (f"c/o {care_of}", street) if care_of else (street,), STREET_MIN, STREET_MAX)
    if len(streets) > STREETS_MAX:
        unfit = (*unfit, Unfit("finvoice", "streets", len(streets), 1, STREETS_MAX))
    if not TOWN_MIN <= len(postcode) <= TOWN_MAX:
        unfit = (*unfit, Unfit("finvoice", "postcode", len(postcode), TOWN_MIN, TOWN_MAX))
    if not TOWN_MIN <= len(town) <= TOWN_MAX:
        unfit = (*unfit, Unfit("finvoice", "town", len(town), TOWN_MIN, TOWN_MAX))
    if unfit:
        return FinvoiceParty(named, (), "", "", ""), unfit
    return FinvoiceParty(named, streets, postcode, town, address.country), ()


def _fitting(field: str, texts: Iterable[str], least: int, most: int) -> tuple[tuple[str, ...], tuple[Unfit, ...]]:
    """The texts in pieces of at most ``most`` characters, and those that have none of at least ``least``."""
    whole = tuple(texts)
    if len(whole) == 1 and least <= len(whole[0]) <= most:
        return whole, ()
    if all(least <= len(text) <= most for text in whole):
        return whole, ()
    found: list[str] = []
    unfit = []
    for text in whole:
        pieces = wrapped(text, most)
        if pieces is None or any(len(piece) < least for piece in pieces):
            unfit.append(Unfit("finvoice", field, len(text), least, most))
        else:
            found += pieces
    return tuple(found), tuple(unfit)


def wrapped(text: str, most: int) -> list[str] | None:
    """A text in lines of at most ``most`` characters, divided between words; None where a word is too long."""
    if len(text) <= most:
        return [text]
    lines: list[str] = []
    for word in text.split():
        if len(word) > most:
            return None
        if lines and len(lines[-1]) + 1 + len(word) <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
