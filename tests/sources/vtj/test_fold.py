"""Changes in whatever order and however often: the end is what basic data says, or the person is in doubt and read anew."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import orjson
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rekisteri.catalogue import Rules
from rekisteri.simulators.vtj_changes import ChangeService
from rekisteri.simulators.vtj_groups import groups_of
from rekisteri.simulators.vtj_life import Nation
from rekisteri.simulators.vtj_people import Citizen, Guardian
from rekisteri.sources.vtj import fold, wire_changes
from rekisteri.sources.vtj.fold import State
from rekisteri.sources.vtj.groups import FIELDS
from rekisteri.sources.vtj.wire_changes import Person
from tests.builders import AAPO_NEW
from tests.sources.vtj.asking import a_citizen, a_home

START = date(2026, 3, 2)
RULES = Rules(today=date(2026, 12, 31), artificial_hetu=True, ordinary_hetu=False)
KINDS = 12


def happens(nation: Nation, citizen: Citizen, kind: int, nth: int) -> None:
    """One thing befalls the citizen, if it may."""
    other = "sv" if citizen.contact_language == "fi" else "fi"
    guardian = Guardian(None, "Huolehtiva", f"Outi{nth}", nation.today)
    acts: list[tuple[bool, Callable[[], object]]] = [
        (True, lambda: nation.move(citizen, a_home(f"Katu{nth}"))),
        (True, lambda: nation.rename(citizen, f"Nimi{'aeiouy'[nth % 6]}nen")),
        (not citizen.dead, lambda: nation.die(citizen, known=nth % 2 == 0)),
        (citizen.dead, lambda: nation.undie(citizen)),
        (not citizen.protected, lambda: nation.protect(citizen, nation.today + timedelta(days=700))),
        (citizen.protected, lambda: nation.unprotect(citizen)),
        (True, lambda: nation.be_reached_at(citizen, a_home(f"Yhteys{nth}"))),
        (True, lambda: nation.speak(citizen, other)),
        (True, lambda: nation.lodge(citizen, None if citizen.temporary else a_home(f"Tila{nth}"))),
        (citizen.hetu != AAPO_NEW, lambda: nation.recode(citizen, AAPO_NEW)),
        (not citizen.guardians, lambda: nation.appoint(citizen, guardian)),
        (bool(citizen.guardians), lambda: nation.dismiss(citizen)),
    ]
    may, act = acts[kind]
    if may:
        act()


def read(state: State, citizen: Citizen, on: date) -> State:
    """Basic data as it is, read upon a state."""
    told = {"perustiedot": [{"henkilotunnus": citizen.hetu, "tietoryhmat": list(groups_of(citizen, hides=False))}]}
    (person,) = wire_changes.parse_basic(orjson.dumps(told)).persons
    assert isinstance(person, Person)
    fold.read(state, fold.facts_of(person, FIELDS), RULES, on, absent_is_off=True)
    return state


def told_of(nation: Nation) -> list[Person]:
    """Everything that has happened, as it is told."""
    service = ChangeService(nation)
    service._arrange()
    told = {"viimeisinKirjausavain": 1, "muutokset": [service._change(one) for one in service._sent]}
    found = [one for one in wire_changes.parse_changes(orjson.dumps(told)).persons if isinstance(one, Person)]
    assert len(found) == len(service._sent)
    return found


@settings(max_examples=300, deadline=None)
@given(
    acts=st.lists(st.tuples(st.integers(0, KINDS - 1), st.integers(0, 2)), max_size=8),
    order=st.integers(0, 1 << 30),
    again=st.floats(0, 0.5),
)
@example(acts=[(8, 1), (8, 0)], order=0, again=0.0)  # Begun, and ended on the same day, which is told as its eve.
def test_any_order_and_any_repetition_end_as_basic_data_or_in_doubt(
    acts: Sequence[tuple[int, int]], order: int, again: float
) -> None:
    nation = Nation([a_citizen()], START)
    (citizen,) = nation.people
    state = read(State({"hetu": citizen.hetu}, {}), citizen, START)
    for nth, (kind, days) in enumerate(acts):
        nation.today += timedelta(days=days)
        happens(nation, citizen, kind, nth)
    changes = told_of(nation)
    shuffled = random.Random(order)
    changes += [one for one in changes if shuffled.random() < again]
    shuffled.shuffle(changes)
    for one in changes:
        fold.change(state, one, RULES)
    if not state.doubt:
        resynced = read(copy.deepcopy(state), citizen, nation.today)
        assert state.content == resynced.content
