"""Companies: invented organisations that buy and owe: firms, housing companies, associations, foundations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from rekisteri.simulators import codes
from rekisteri.simulators.draws import PERCENT, Draws, Permutation, Thrower, spread, thrower
from rekisteri.simulators.lexicon import Lexicon, Town, load, surname
from rekisteri.simulators.places import Address, box_address, street_address, town_of
from rekisteri.simulators.population import REFERENCE_DAY, mail_name

MAX_COMPANIES: Final = 1_700_000

FORMS: Final = spread(
    {
        "Oy": 46.0, "Ab": 5.0, "Ky": 5.0, "Tmi": 12.0, "ry": 11.0, "rf": 2.0, "Osuuskunta": 2.0,
        "Asunto Oy": 12.0, "Bostads Ab": 2.0, "säätiö": 2.0, "Oyj": 0.5, "Ay": 0.5,
    }.items()
)  # fmt: skip
SWEDISH_FORMS: Final = frozenset({"Ab", "rf", "Bostads Ab"})
OPERATORS: Final = (
    "003721291126",
    "003723327487",
    "BAWCFI22",
    "DABAFIHH",
    "003710948874",
    "E204503",
    "003703575029",
)
"""Operators' and banks' codes as they stand in e-invoice addresses (public trade codes)."""


@dataclass(frozen=True, slots=True)
class Company:
    """One invented organisation. ``ytunnus`` is None for small associations; ``channel`` as for persons."""

    index: int
    form: str
    name: str
    ytunnus: str | None
    auxiliary_names: tuple[str, ...]
    address: Address
    postal: Address | None
    phone: str
    email: str
    language: str
    contact_person: str
    einvoice_address: str
    einvoice_operator: str
    channel: str
    refund_account: str
    ceased_on: date | None
    insolvency: str
    insolvency_since: date | None


class Companies:
    """The organisations of one seed, by index."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.lexicon: Lexicon = load()
        self._draws: Thrower = thrower(seed, "company")
        self._slots = Permutation(seed, "company", codes.YTUNNUS_CAPACITY)

    def companies(self, start: int, stop: int) -> Iterator[Company]:
        """Companies with index in [start, stop), in order."""
        assert 0 <= start <= stop <= MAX_COMPANIES, f"at most {MAX_COMPANIES} companies fit the codes"
        for index in range(start, stop):
            yield self.company(index)

    def company(self, index: int) -> Company:
        """The company of one index."""
        draws = self._draws(index)
        form = FORMS[draws[0]]
        swedish = form in SWEDISH_FORMS
        town = town_of(self.lexicon, "sv" if swedish else "fi", draws[1])
        name = self._name(form, town, draws)
        nameless = form in {"ry", "rf"} and draws[2] < 35 * PERCENT
        ytunnus = None if nameless else codes.ytunnus(self._slots(index))
        ceased = draws[3] < 2 * PERCENT
        insolvency = _insolvency(draws[4]) if ytunnus and not ceased else ""
        electronic = ytunnus is not None and draws[5] < 55 * PERCENT
        local = "".join(letter for letter in mail_name(name) if letter.isalnum() or letter == "-").strip("-")
        return Company(
            index=index,
            form=form,
            name=name,
            ytunnus=ytunnus,
            auxiliary_names=self._auxiliary_names(form, draws),
            address=street_address(self.lexicon, town, swedish, (draws[7], draws[8], draws[9])),
            postal=box_address(town, swedish, draws[10]) if draws[11] < 8 * PERCENT else None,
            phone=codes.phone(draws[12], draws[13] << 16 | draws[14]) if draws[15] < 80 * PERCENT else "",
            email=f"{('laskutus', 'info', 'toimisto')[draws[16] % 3]}.{local[:40]}@example.fi"
            if draws[16] < 65 * PERCENT
            else "",
            language="sv" if swedish else "fi",
            contact_person=self._contact_person(draws) if draws[17] < 60 * PERCENT else "",
            einvoice_address=f"0037{ytunnus.replace('-', '')}" if ytunnus and electronic else "",
            einvoice_operator=OPERATORS[draws[18] % len(OPERATORS)] if electronic else "",
            channel="verkkolasku" if electronic else ("paperi", "sahkoposti", "")[draws[19] % 3],
            refund_account=codes.iban(draws[20], draws[21] << 16 | draws[22]) if draws[23] < 40 * PERCENT else "",
            ceased_on=_before(1 + draws[24] % 800) if ceased else None,
            insolvency=insolvency,
            insolvency_since=_before(1 + draws[25] % 900) if insolvency else None,
        )

    def _name(self, form: str, town: Town, draws: Draws) -> str:
        fi, sv = self.lexicon.trades[draws[26] % len(self.lexicon.trades)]
        word = self.lexicon.company_words[draws[27] % len(self.lexicon.company_words)]
        other = self.lexicon.company_words[draws[28] % len(self.lexicon.company_words)].lower()
        owner = surname(self.lexicon, "sv" if form in SWEDISH_FORMS else "fi", draws[29], draws[30], draws[31])
        if form in {"Asunto Oy", "Bostads Ab"}:
            street = self.lexicon.streets[draws[7]]
            return (
                f"Asunto Oy {genitive(town.name_fi)} {street.fi} {1 + draws[28] % 40}"
                if form == "Asunto Oy"
                else f"Bostads Ab {street.sv} {1 + draws[28] % 40} i {town.name_sv}"
            )
        if form in {"ry", "rf"}:
            kind_fi, kind_sv = self.lexicon.associations[draws[26] % len(self.lexicon.associations)]
            return (
                f"{genitive(town.name_fi)} {word} {kind_fi} ry"
                if form == "ry"
                else f"{town.name_sv} {word} {kind_sv} rf"
            )
        if form == "Tmi":
            return f"Tmi {owner}" if draws[28] % 3 == 0 else f"{fi} {owner} Tmi"
        if form == "Osuuskunta":
            return f"Osuuskunta {word}{other}"
        if form == "säätiö":
            return f"{owner}-säätiö sr"
        if form == "Ab":
            return f"{owner}s {sv} Ab" if draws[28] % 2 else f"Oy {word}{other} {sv} Ab"
        if form == "Ky":
            return f"{fi} {owner} & kumpp. Ky" if draws[28] % 3 == 0 else f"{fi} {owner} Ky"
        return f"{fi} {owner} {form}" if draws[28] % 3 == 0 else f"{word}{other} {fi} {form}"

    def _auxiliary_names(self, form: str, draws: Draws) -> tuple[str, ...]:
        if form in {"ry", "rf", "Asunto Oy", "Bostads Ab", "säätiö"} or draws[6] >= 12 * PERCENT:
            return ()
        words = self.lexicon.company_words
        names = [f"{words[draws[6] % len(words)]} {self.lexicon.trades[draws[25] % len(self.lexicon.trades)][0]}"]
        if draws[6] < 3 * PERCENT:
            names.append(f"{words[draws[24] % len(words)]}palvelu")
        return tuple(names)

    def _contact_person(self, draws: Draws) -> str:
        sex = "m" if draws[17] % 2 else "f"
        family_name = surname(self.lexicon, "fi", draws[20], draws[21], draws[22])
        return f"{self.lexicon.first_names['fi', sex, 'mid'][draws[23]]} {family_name}"


def companies(seed: int, count: int) -> Iterator[Company]:
    """The first ``count`` organisations of a seed (at most MAX_COMPANIES), one by one."""
    return Companies(seed).companies(0, count)


GENITIVES: Final = (
    ("mäki", "mäen"), ("joki", "joen"), ("koski", "kosken"), ("lahti", "lahden"), ("niemi", "niemen"), ("järvi", "järven"),
    ("nummi", "nummen"), ("salmi", "salmen"), ("saari", "saaren"), ("kemi", "kemin"), ("sinki", "singin"), ("linna", "linnan"),
    ("ranta", "rannan"), ("silta", "sillan"), ("kylä", "kylän"), ("turku", "turun"), ("pere", "pereen"), ("kaupunki", "kaupungin"),
    ("lampi", "lammen"), ("vesi", "veden"), ("kitee", "kiteen"), ("ö", "ön"), ("s", "ksen"),
)  # fmt: skip


def genitive(town: str) -> str:
    """A town's Finnish name in the genitive, well enough for a company's name: Helsinki, Helsingin."""
    lower = town.lower()
    for ending, inflected in GENITIVES:
        if lower.endswith(ending):
            stem = town[: len(town) - len(ending)]
            return stem + (inflected if stem else inflected.capitalize())
    return f"{town}n"


def _insolvency(draw: int) -> str:
    return "konkurssi" if draw < 1 * PERCENT else "yrityssaneeraus" if draw < 1.6 * PERCENT else ""


def _before(days: int) -> date:
    return date.fromordinal(REFERENCE_DAY.toordinal() - days)
