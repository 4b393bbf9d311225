"""VTJ's people live on: they move, marry, die, come under an order; each act is a change in the stream.

A ``Nation`` is the people and the stream of what has changed. Single acts are for tests; ``pass_days`` lets time
go by, with as many acts of every kind as such a people would have, all a pure function of the seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from rekisteri.simulators import codes
from rekisteri.simulators.draws import thrower
from rekisteri.simulators.lexicon import load, surname
from rekisteri.simulators.vtj_groups import (
    Group,
    changed,
    custody,
    day,
    death,
    former_surname,
    guardians,
    hidden,
    home,
    language,
    name,
    order,
    post,
    recoding,
)
from rekisteri.simulators.vtj_people import Abroad, Citizen, Custodian, Guardian, Place, Residence, eve, moved_to

FIRST_KEY: Final = 100_000_000


@dataclass(frozen=True, slots=True)
class Happening:
    """One change: its citizen, the code it is reported under, the day, and the groups it tells."""

    citizen: Citizen
    hetu: str
    on: date
    groups: tuple[Group, ...]


class Nation:
    """The people of VTJ by code, old ones too, and everything that has happened to them, in order."""

    def __init__(self, people: Iterable[Citizen], today: date, seed: int = 1) -> None:
        self.today = today
        self.people = list(people)
        self.by_code: dict[str, Citizen] = {code: one for one in self.people for code in (one.hetu, *one.former_hetus)}
        self.stream: list[Happening] = []
        self.by_citizen: dict[int, list[int]] = {}
        self._throw = thrower(seed, "vtj-life")
        self._acts = 0

    def find(self, hetu: str) -> Citizen | None:
        """The citizen of a code, in force or not."""
        return self.by_code.get(hetu)

    def key_of(self, when: date) -> int:
        """The key from which the changes of a day, and later, begin."""
        before = (
            sum(1 for one in self.stream if one.on < when)
            if self.stream and self.stream[-1].on >= when
            else len(self.stream)
        )
        return FIRST_KEY + before

    def record(self, citizen: Citizen, *told: Group, hetu: str | None = None) -> None:
        """Write a change in the stream."""
        self.by_citizen.setdefault(id(citizen), []).append(len(self.stream))
        self.stream.append(Happening(citizen, hetu or citizen.hetu, self.today, told))

    # Acts

    def move(self, citizen: Citizen, place: Place) -> None:
        """To another home; under an order nothing is told of it but that something is."""
        before, citizen.permanent = citizen.permanent, replace(place, since=self.today, until=None)
        told = [changed(home("VAKINAINEN", citizen.permanent), "LISATTY")]
        if before is not None:
            told.append(changed(home("VAKINAINEN", replace(before, until=eve(self.today))), "MUUTETTU"))
        self.record(citizen, *told, changed(_municipality(citizen.permanent, self.today), "LISATTY"))

    def unmove(self, citizen: Citizen, true_home: Place) -> None:
        """A move recorded wrongly is taken out; the true home is told."""
        wrong, citizen.permanent = citizen.permanent, true_home
        assert wrong is not None, "nobody unmoves without a home"
        self.record(
            citizen,
            changed(home("VAKINAINEN", wrong), "POISTETTU", voimassaolevatTiedot=[home("VAKINAINEN", true_home)]),
        )

    def lodge(self, citizen: Citizen, place: Place | None) -> None:
        """To a temporary address, or away from it."""
        before, citizen.temporary = (
            citizen.temporary,
            None if place is None else replace(place, since=self.today, until=None),
        )
        told = (
            [] if before is None else [changed(home("TILAPAINEN", replace(before, until=eve(self.today))), "MUUTETTU")]
        )
        if citizen.temporary is not None:
            told.insert(0, changed(home("TILAPAINEN", citizen.temporary), "LISATTY"))
        self.record(citizen, *told)

    def rename(self, citizen: Citizen, family_name: str) -> None:
        """A new surname; the old one is remembered."""
        before, citizen.surname = citizen.surname, family_name
        citizen.former_surnames.append((before, citizen.born_on, eve(self.today)))
        self.record(
            citizen,
            changed(name(citizen), "LISATTY"),
            changed(former_surname(before, citizen.born_on, eve(self.today)), "LISATTY"),
        )

    def recode(self, citizen: Citizen, hetu: str) -> None:
        """A new identity code; the change is reported under the old one."""
        before, citizen.hetu = citizen.hetu, hetu
        citizen.former_hetus.append(before)
        self.by_code[hetu] = citizen
        passive = {
            "tietoryhma": "HENKILOTUNNUS_KORJAUS", "voimassaolo": "PASSIIVI", "muutettuHenkilotunnus": before,
            "aktiivinenHenkilotunnus": hetu, "edellisetHenkilotunnukset": list(citizen.former_hetus),
        }  # fmt: skip
        self.record(
            citizen, changed(recoding(citizen), "LISATTY"), changed(passive, "MUUTETTU"), changed(name(citizen), "LISATIETO"),
            hetu=before,
        )  # fmt: skip

    def die(self, citizen: Citizen, *, known: bool = True) -> None:
        """Die, the day being known or not."""
        citizen.dead, citizen.died_on = True, self.today if known else None
        self.record(citizen, changed(death(citizen), "LISATTY"))

    def undie(self, citizen: Citizen) -> None:
        """A death recorded wrongly is put right."""
        wrong = changed(death(citizen), "KORJATTAVA")
        citizen.dead, citizen.died_on = False, None
        self.record(citizen, wrong, changed(death(citizen), "KORJATTU"))

    def protect(self, citizen: Citizen, until: date | None = None) -> None:
        """Come under a non-disclosure order."""
        citizen.protected, citizen.ever_protected, citizen.protected_until = True, True, until
        self.record(citizen, changed(order(citizen), "LISATTY"))

    def unprotect(self, citizen: Citizen) -> None:
        """The order ends; no address comes with the news."""
        citizen.protected, citizen.protected_until = False, eve(self.today)
        self.record(citizen, changed(order(citizen), "MUUTETTU"))

    def be_reached_at(self, citizen: Citizen, place: Residence) -> None:
        """Give a contact address."""
        citizen.contact = replace(place, since=self.today)
        self.record(citizen, changed(post("KOTIMAINEN_YHTEYSOSOITE", citizen.contact), "LISATTY"))

    def speak(self, citizen: Citizen, code: str) -> None:
        """Choose another contact language."""
        citizen.contact_language = code
        self.record(citizen, changed(language("ASIOINTIKIELI", code), "LISATTY"))

    def take_custody(self, child: Citizen, adult: Citizen) -> None:
        """One more custodian of a child."""
        one = Custodian(adult.hetu, adult.surname, adult.first_names, adult.born_on, self.today, None)
        child.custodians.append(one)
        self.record(child, changed(custody(one), "LISATTY"))

    def end_custody(self, child: Citizen, one: Custodian) -> None:
        """A custody ends."""
        child.custodians.remove(one)
        self.record(child, changed(custody(replace(one, until=eve(self.today))), "MUUTETTU"))

    def appoint(self, ward: Citizen, guardian: Guardian) -> None:
        """A guardian is appointed."""
        ward.guardians.append(replace(guardian, since=self.today))
        self.record(ward, changed(guardians(ward, [one for one in ward.guardians if not one.authorised]), "LISATTY"))

    def dismiss(self, ward: Citizen) -> None:
        """Every guardian's task ends."""
        ward.guardians = [one for one in ward.guardians if one.authorised]
        self.record(ward, changed(guardians(ward, []), "MUUTETTU"))

    def do_something_new(self, citizen: Citizen) -> None:
        """Something of a group nobody has heard of."""
        self.record(citizen, changed({"tietoryhma": "KVANTTIPERSOONA", "tila": "KANARIA-tila"}, "LISATTY"))

    # Time

    def pass_days(self, days: int, acts_a_day: int = 20) -> int:
        """Let days go by; how many changes they brought."""
        before = len(self.stream)
        for _ in range(days):
            self.today += timedelta(days=1)
            for _ in range(acts_a_day):
                self._act()
        return len(self.stream) - before

    def _act(self) -> None:
        throw = self._throw(self._acts)
        self._acts += 1
        citizen = self.people[(throw[0] << 16 | throw[1]) % len(self.people)]
        kind, draw = throw[2] % 100, throw[3]
        living = not citizen.dead
        for share, may, act in self._kinds(citizen, draw, living=living):
            kind -= share
            if kind < 0:
                if may:
                    act()
                return

    def _kinds(self, citizen: Citizen, draw: int, *, living: bool) -> list[tuple[int, bool, Callable[[], Any]]]:
        """Each kind of act: its share of a hundred, whether it may befall this citizen, and the act."""
        at_home = isinstance(citizen.permanent, Residence)
        other = self.people[(draw * 31 + 7) % len(self.people)]
        lexicon = load()

        def moves() -> None:
            assert isinstance(citizen.permanent, Residence), "asked only of who lives in Finland"
            self.move(citizen, moved_to(citizen.permanent, self.today, draw))

        def emigrates() -> None:
            self.move(citizen, Abroad("Storgatan 5", "111 22 STOCKHOLM", "752", "Ruotsi"))

        def is_reached() -> None:
            assert isinstance(citizen.permanent, Residence), "asked only of who lives in Finland"
            self.be_reached_at(citizen, moved_to(citizen.permanent, self.today, draw + 1))

        spare = codes.spare_hetu(citizen.hetu) if citizen.hetu[6] != "+" else citizen.hetu
        return [
            (52, living and at_home, moves),
            (12, living, lambda: self.rename(citizen, surname(lexicon, "fi", draw, draw // 2, draw // 3))),
            (7, living and citizen.born_on.year < 1975, lambda: self.die(citizen, known=draw % 7 > 0)),
            (1, not living, lambda: self.undie(citizen)),
            (3, living and not citizen.protected, lambda: self.protect(citizen, self.today + timedelta(days=700))),
            (2, citizen.protected, lambda: self.unprotect(citizen)),
            (3, living and at_home, is_reached),
            (5, living, lambda: self.speak(citizen, "sv" if citizen.contact_language == "fi" else "fi")),
            (4, living and at_home, lambda: self.lodge(citizen, None if citizen.temporary else citizen.permanent)),
            (2, living, emigrates),
            (2, living and not citizen.former_hetus and spare not in self.by_code, lambda: self.recode(citizen, spare)),
            (2, citizen.minor(self.today) and other is not citizen, lambda: self.take_custody(citizen, other)),
            (1, bool(citizen.custodians), lambda: self.end_custody(citizen, citizen.custodians[0])),
            (
                2,
                living,
                lambda: self.appoint(citizen, Guardian(other.hetu, other.surname, other.first_names, self.today)),
            ),
            (1, bool(citizen.guardians), lambda: self.dismiss(citizen)),
            (1, True, lambda: self.do_something_new(citizen)),
        ]


def _municipality(place: Place, since: date) -> Group:
    code = place.municipality if isinstance(place, Residence) else "200"
    return {"tietoryhma": "KOTIKUNTA", "kuntakoodi": code, "kuntaanMuuttopv": day(since)}


def as_hidden(told: Iterable[Group]) -> list[Group]:
    """A change as an account sees it whose permit hides the places of people under an order."""
    places = ("OSOITE", "KOTIKUNTA")
    return [
        changed(hidden(one["tietoryhma"]), one.get("muutosattribuutti", ""))
        if one["tietoryhma"].endswith(places) and "YHTEYSOSOITE" not in one["tietoryhma"]
        else one
        for one in told
    ]
