"""Population: invented persons, in households, each a pure function of (seed, index).

Persons come in blocks of eight, a block in households: lone people, couples, families with minors, twins,
a father and son of one name. A household shares a home, most of a surname, sometimes a phone: just what
makes matching hard. Codes are artificial (see ``codes``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from unicodedata import normalize

from rekisteri.simulators import codes
from rekisteri.simulators.codes import Hand
from rekisteri.simulators.draws import PERCENT, Draws, Permutation, Thrower, thrower
from rekisteri.simulators.lexicon import COUNTRY_OF_LANGUAGE, Lexicon, Town, load, surname
from rekisteri.simulators.places import (
    Address,
    address_abroad,
    box_address,
    street_address,
    town_of,
)

REFERENCE_DAY: Final = date(2026, 9, 1)
"""The day the population is seen on: nobody is born, moves or dies after it."""

BLOCK: Final = 8
MAX_PEOPLE: Final = 1_800_000

# One letter a person: A adult, B partner, C child, D second child, T twin of C, J boy named as his father.
BLOCK_PATTERNS: Final = (
    ("A", "A", "AB", "ABCD"),
    ("A", "AB", "AB", "ABC"),
    ("A", "AC", "AB", "A", "AB"),
    ("ABCD", "AB", "A", "A"),
    ("A", "A", "A", "A", "AB", "AB"),
    ("ABJ", "A", "AB", "AB"),
    ("AB", "A", "ABC", "A", "A"),
    ("ABCT", "AB", "AB"),
)
PATTERN_DRAWS: Final = (0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 5, 6, 6, 6, 6, 6, 7)
HOMES_PER_BLOCK: Final = 6
CHILDREN: Final = frozenset("CDTJ")

LONE_FIRST: Final = (date(1932, 1, 1) - codes.FIRST_DAY).days
LONE_DAYS: Final = (date(2008, 8, 31) - codes.FIRST_DAY).days - LONE_FIRST
CHILD_FIRST: Final = (date(2009, 1, 1) - codes.FIRST_DAY).days
CHILD_DAYS: Final = (REFERENCE_DAY - codes.FIRST_DAY).days - CHILD_FIRST
AGED_SHIFT: Final = 40
"""A few of the oldest become 130-year-old dead of the '+' sign, whose estates were never wound up."""


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person. ``sex`` is m or f; languages ISO 639-1; ``turvakielto`` None: not known.

    ``channel`` is the invoicing channel wished for, empty when none; ``stop`` a collection stop's code.
    """

    index: int
    household: int
    sex: str
    born_on: date
    hetu: str | None
    foreign_id: str
    foreign_country: str
    surname: str
    first_names: str
    called_name: str
    former_surnames: tuple[str, ...]
    address: Address
    temporary: Address | None
    postal: Address | None
    contact: Address | None
    phone: str
    email: str
    mother_tongue: str
    contact_language: str
    invoice_language: str
    died_on: date | None
    turvakielto: bool | None
    custodian_name: str
    custodian_hetu: str
    guardian_name: str
    guardian_phone: str
    estate_contact: str
    channel: str
    refund_account: str
    stop: str
    stop_since: date | None
    stop_until: date | None
    insolvency: str
    insolvency_since: date | None


@dataclass(frozen=True, slots=True)
class Home:
    """What a household shares."""

    number: int
    family: bool
    group: str
    town: Town
    address: Address
    surname: str
    draws: Draws
    slot: int


class Population:
    """The persons of one seed, by index: ``Population(7).person(42)``, ``Population(7).people(0, 1000)``."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.lexicon: Lexicon = load()
        self._block: Thrower = thrower(seed, "block")
        self._home: Thrower = thrower(seed, "home")
        self._person: Thrower = thrower(seed, "person")
        self._more: Thrower = thrower(seed, "more")
        self._lone_slots = Permutation(seed, "lone", LONE_DAYS * codes.NUMBERS_PER_HAND)
        self._child_slots = Permutation(seed, "child", CHILD_DAYS * codes.NUMBERS_PER_HAND)

    def people(self, start: int, stop: int) -> Iterator[Person]:
        """Persons with index in [start, stop), in order."""
        assert 0 <= start <= stop <= MAX_PEOPLE, f"at most {MAX_PEOPLE} persons fit the artificial codes"
        for block in range(start // BLOCK, -(-stop // BLOCK)):
            members = self._members(block)
            first = block * BLOCK
            yield from members[max(0, start - first) : stop - first]

    def person(self, index: int) -> Person:
        """The person of one index."""
        return next(self.people(index, index + 1))

    def _members(self, block: int) -> list[Person]:
        pattern = BLOCK_PATTERNS[PATTERN_DRAWS[self._block(block)[0] % len(PATTERN_DRAWS)]]
        members: list[Person] = []
        for position, roles in enumerate(pattern):
            home = self._make_home(block, position, roles[-1] in CHILDREN)
            household: list[Person] = []
            for role in roles:
                index = block * BLOCK + len(members) + len(household)
                household.append(self._make_person(index, role, home, household))
            members.extend(household)
        return members

    def _make_home(self, block: int, position: int, family: bool) -> Home:
        number = block * HOMES_PER_BLOCK + position
        draws = self._home(number)
        group = self.lexicon.groups[draws[0]]
        town = town_of(self.lexicon, group, draws[2])
        since = codes.day(CHILD_FIRST + CHILD_DAYS - 1 - draws[6] * draws[7] % 7000)
        address = street_address(self.lexicon, town, group == "sv", (draws[3], draws[4], draws[5]), since)
        if draws[8] < 1 * PERCENT:
            address = address_abroad(self.lexicon, draws[9], since)
        name = surname(self.lexicon, group, draws[10], draws[11], draws[12])
        # A block holds at most one family, so the block's own number is the family's.
        slot = self._child_slots(block) if family else self._lone_slots(number)
        return Home(number, family, group, town, address, name, draws, slot)

    def _make_person(self, index: int, role: str, home: Home, household: list[Person]) -> Person:
        draws = self._person(index)
        born_on, hand, number = _birth(role, home)
        sex = "m" if number % 2 else "f"
        group = home.group
        foreign = group not in {"fi", "sv", "se"}
        code: str | None = codes.hetu(born_on, hand, number)
        foreign_id, foreign_country = "", ""
        if foreign and draws[0] < 12 * PERCENT:
            code = None
            foreign_country = COUNTRY_OF_LANGUAGE[group]
            foreign_id = f"{foreign_country}{draws[1]:05d}{draws[2]:05d}"
        family_name, former = self._surnames(role, home, sex, draws)
        first_names, called = self._first_names(role, home, sex, born_on, draws, household)
        child = role in CHILDREN
        died_on = _death(born_on, draws)
        custodian = household[0] if child else None
        more = self._more(index)
        phone, email = self._contact_points(called, family_name, home, draws, child)
        language = group if not foreign else "en" if draws[12] < 45 * PERCENT else "fi"
        language = "fi" if group == "se" or (group == "sv" and draws[12] < 8 * PERCENT) else language
        guarded = not child and died_on is None and more[0] < 0.7 * PERCENT
        stop, stop_since, stop_until = _stop(died_on, more)
        insolvent = not child and died_on is None and more[6] < 0.5 * PERCENT
        return Person(
            index=index,
            household=home.number,
            sex=sex,
            born_on=born_on,
            hetu=code,
            foreign_id=foreign_id,
            foreign_country=foreign_country,
            surname=family_name,
            first_names=first_names,
            called_name=called,
            former_surnames=former,
            address=_place(home.address, born_on, more, household),
            temporary=self._temporary(home, more),
            postal=box_address(home.town, group == "sv", more[12]) if more[11] < 1.2 * PERCENT else None,
            contact=self._contact(home, more),
            phone=phone,
            email=email,
            mother_tongue=group,
            contact_language=language,
            invoice_language=language if more[13] < 20 * PERCENT else "",
            died_on=died_on,
            turvakielto=True if more[14] < 0.4 * PERCENT else None if more[14] < 2.4 * PERCENT else False,
            custodian_name=f"{custodian.surname} {custodian.first_names}" if custodian else "",
            custodian_hetu=(custodian.hetu or "") if custodian else "",
            guardian_name=self._somebody(more) if guarded else "",
            guardian_phone=codes.phone(more[3], more[4] << 8 ^ more[5]) if guarded else "",
            estate_contact=self._estate_contact(more, household) if died_on else "",
            channel=_channel(draws[14], child),
            refund_account=codes.iban(draws[15], draws[16] << 16 | draws[17]) if draws[13] < 28 * PERCENT else "",
            stop=stop,
            stop_since=stop_since,
            stop_until=stop_until,
            insolvency="velkajarjestely" if insolvent else "",
            insolvency_since=_days_ago(more[7] % 1500) if insolvent else None,
        )

    def _surnames(self, role: str, home: Home, sex: str, draws: Draws) -> tuple[str, tuple[str, ...]]:
        """Surname, and former surnames: partners may keep their own, join both, or have taken the other's."""
        family_name = home.surname
        if home.group == "ru" and sex == "f" and family_name.endswith(("ov", "ev", "in")):
            family_name += "a"
        if role != "B":
            own = draws[18] < 5 * PERCENT and home.draws[13] < 60 * PERCENT and role == "A"
            former = (surname(self.lexicon, home.group, draws[19], draws[20], draws[21]),) if own else ()
            return family_name, former
        birth_name = surname(self.lexicon, home.group, draws[19], draws[20], draws[21])
        if draws[18] < 34 * PERCENT:
            return birth_name, ()
        if draws[18] < 40 * PERCENT and "-" not in birth_name + family_name and " " not in birth_name:
            return f"{birth_name}-{family_name}", (birth_name,)
        if draws[18] < 45 * PERCENT:
            earlier = surname(self.lexicon, home.group, draws[19], draws[21], draws[20])
            return family_name, (birth_name, earlier)
        return family_name, (birth_name,)

    def _first_names(
        self, role: str, home: Home, sex: str, born_on: date, draws: Draws, household: list[Person]
    ) -> tuple[str, str]:
        if role == "J" and household[0].sex == sex:
            return household[0].first_names, household[0].called_name
        era = "old" if born_on.year < 1958 else "mid" if born_on.year < 1995 else "new"
        table = self.lexicon.first_names[home.group, sex, era]
        first = table[draws[3]]
        names = [first]
        wanted = 1 if draws[6] < 12 * PERCENT else 2 if draws[6] < 78 * PERCENT else 3
        if home.group not in {"fi", "sv", "se"}:
            wanted = 1 + (draws[6] % 3 == 0)
        # Second names are a generation older than first ones.
        table = self.lexicon.first_names[home.group, sex, "old" if era == "mid" else "mid" if era == "new" else "old"]
        for draw in draws[4 : 3 + wanted]:
            if table[draw] not in names:
                names.append(table[draw])
        called = names[-1] if draws[7] < 14 * PERCENT else first
        if draws[7] > 92 * PERCENT and "-" in first:
            called = first.split("-")[0]
        return " ".join(names), called

    def _contact_points(self, called: str, family_name: str, home: Home, draws: Draws, child: bool) -> tuple[str, str]:
        """Phone and e-mail; a child has its parents' ones or none."""
        shared = home.draws[14] < 12 * PERCENT or (child and draws[8] < 60 * PERCENT)
        if shared:
            phone = codes.phone(home.draws[15], home.draws[16] << 16 | home.draws[17])
        elif draws[8] < 82 * PERCENT and not child:
            phone = codes.phone(draws[9], draws[10] << 16 | draws[11])
        else:
            phone = ""
        email = ""
        if not child and draws[22] < 58 * PERCENT:
            host = "example.fi" if draws[23] % 3 else "example.org"
            tail = "" if draws[23] % 5 == 0 else str(draws[24] % 1000)
            email = f"{mail_name(called)}.{mail_name(family_name)}{tail}@{host}"
        return phone, email

    def _temporary(self, home: Home, more: Draws) -> Address | None:
        if more[15] >= 1.5 * PERCENT:
            return None
        begins = _days_ago(more[16] % 300)
        place = (
            address_abroad(self.lexicon, more[17])
            if more[16] % 4 == 0
            else street_address(
                self.lexicon,
                town_of(self.lexicon, home.group, more[17]),
                home.group == "sv",
                (more[18], more[19], more[20]),
            )
        )
        ends = date.fromordinal(begins.toordinal() + 60 + more[18] % 700) if more[19] % 3 else None
        return Address(place.street, place.postcode, place.town, place.country, since=begins, until=ends)

    def _contact(self, home: Home, more: Draws) -> Address | None:
        if more[21] >= 1 * PERCENT:
            return None
        return street_address(self.lexicon, home.town, home.group == "sv", (more[22], more[23], more[24]))

    def _somebody(self, more: Draws) -> str:
        """An invented outsider's name, 'Sukunimi Etunimi'."""
        sex = "m" if more[1] % 2 else "f"
        family_name = surname(self.lexicon, "fi", more[25], more[26], more[27])
        return f"{family_name} {self.lexicon.first_names['fi', sex, 'mid'][more[2]]}"

    def _estate_contact(self, more: Draws, household: list[Person]) -> str:
        if household and household[0].died_on is None:
            return f"{household[0].surname} {household[0].called_name}"
        return self._somebody(more) if more[28] < 75 * PERCENT else ""


def people(seed: int, count: int) -> Iterator[Person]:
    """The first ``count`` persons of a seed's population (at most MAX_PEOPLE), one by one."""
    return Population(seed).people(0, count)


def _birth(role: str, home: Home) -> tuple[date, Hand, int]:
    """Birth date, hand and individual number.

    One-to-one: for a fixed number of a role in a hand, distinct slots of homes give distinct dates, as the
    date is moved by a constant or swapped with another that is a constant away. So no two homes meet.
    """
    days = CHILD_DAYS if home.family else LONE_DAYS
    number, ordinal = divmod(home.slot, days)
    low, high = (
        codes.FIRST_ARTIFICIAL + number,
        codes.FIRST_ARTIFICIAL + codes.NUMBERS_PER_HAND + (number ^ 1),
    )
    if not home.family:
        if role == "B":
            # Partners are within seven years of each other.
            return (
                codes.day(LONE_FIRST + _swapped(ordinal, 60 + number * 97 % 2500, LONE_DAYS)),
                Hand.FIRST,
                high,
            )
        born_on = codes.day(LONE_FIRST + ordinal)
        if number == 0 and born_on.year < 1934:
            born_on = codes.day(LONE_FIRST + ordinal - AGED_SHIFT * 366)
        return born_on, Hand.FIRST, low
    if role == "A":
        return codes.day(CHILD_FIRST + ordinal - 8400 - number * 131), Hand.SECOND, low
    if role == "B":
        return codes.day(CHILD_FIRST + ordinal - 8100 - number * 127), Hand.SECOND, high
    if role == "T":
        # Every other pair of twins is of one sex.
        return codes.day(CHILD_FIRST + ordinal), Hand.SECOND, high ^ (ordinal & 1)
    if role == "D":
        return codes.day(CHILD_FIRST + _swapped(ordinal, 400 + number * 31, CHILD_DAYS)), Hand.FIRST, high
    return codes.day(CHILD_FIRST + ordinal), Hand.FIRST, low


def _swapped(ordinal: int, distance: int, days: int) -> int:
    """The day that swaps places with this one, ``distance`` away; itself where its pair would be past the last."""
    if ordinal // distance % 2:
        return ordinal - distance
    return ordinal + distance if ordinal + distance < days else ordinal


def _days_ago(days: int) -> date:
    return date.fromordinal(REFERENCE_DAY.toordinal() - days)


def _death(born_on: date, draws: Draws) -> date | None:
    age = REFERENCE_DAY.year - born_on.year
    if age > 110:
        return date(1990, 1, 1 + draws[26] % 28)
    limit = (22 if age > 89 else 5 if age > 74 else 0.5 if age > 20 else 0.03) * PERCENT
    return _days_ago(1 + draws[26] % min(900, max(1, age * 360))) if draws[25] < limit else None


def _stop(died_on: date | None, more: Draws) -> tuple[str, date | None, date | None]:
    """A collection stop: code, from, until."""
    if died_on is not None:
        return ("kuolinpesa", died_on, None) if more[8] < 70 * PERCENT else ("", None, None)
    if more[8] >= 1.6 * PERCENT:
        return "", None, None
    begins = _days_ago(more[9] % 700)
    code = ("maksusuunnitelma", "muutoksenhaku", "velkajarjestely", "perintakielto")[more[9] % 4]
    ends = date.fromordinal(begins.toordinal() + 90 + more[8] % 700) if more[9] % 3 else None
    return code, begins, ends


def _place(home: Address, born_on: date, more: Draws, household: list[Person]) -> Address:
    """The home, since birth at the earliest; now and then in somebody else's name."""
    newborn = home.since is not None and home.since < born_on
    care_of = ""
    if more[10] < 0.6 * PERCENT:
        holder = (
            f"{household[0].called_name} {household[0].surname}" if household else f"Isännöinti {1 + more[12] % 40}"
        )
        care_of = f"c/o {holder}"
    if not newborn and not care_of:
        return home
    since = born_on if newborn else home.since
    return Address(home.street, home.postcode, home.town, home.country, care_of, since, home.until)


def _channel(draw: int, child: bool) -> str:
    if child or draw < 42 * PERCENT:
        return ""
    if draw < 70 * PERCENT:
        return "paperi"
    return "e-lasku" if draw < 90 * PERCENT else "sahkoposti" if draw < 97 * PERCENT else "suoramaksu"


UNDECOMPOSED: Final = str.maketrans(
    {"đ": "d", "ð": "d", "ŋ": "n", "ł": "l", "ı": "i", "ø": "o", "ß": "ss", "'": "-", " ": "-"}
)
"""Letters that Unicode does not decompose, and the marks an address cannot hold."""


def mail_name(name: str) -> str:
    """A name as it stands in an e-mail address: small a-z and hyphens."""
    folded = name.lower().translate(UNDECOMPOSED)
    return folded if folded.isascii() else normalize("NFKD", folded).encode("ascii", "ignore").decode()
