"""Two registers that differ only in protected values give whoever may not see these the same, to the byte.

``TWIN_WORLDS=1000`` in the environment tells so many stories; a few are told always.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from tests.conftest import clone, drop, url_of
from tests.journeys.twins import STEPS, Home, Secret, Step, Twin, a_twin, everything, household_package

STORIES = int(os.environ.get("TWIN_WORLDS", "2"))
WORDS_MOST = 5
STREETS = ("Salakuja", "Piilopolku", "Kätköranta", "Hemliga gränden")
TOWNS = (("00999", "HELSINKI"), ("20999", "TURKU"), ("65999", "VAASA"))

homes = st.builds(
    lambda street, number, town: Home(f"{street} {number}", *town),
    st.sampled_from(STREETS), st.integers(1, 99), st.sampled_from(TOWNS),
)  # fmt: skip
maybe_homes = st.none() | homes
secret = st.builds(
    Secret,
    maybe_homes,
    maybe_homes,
    maybe_homes,
    st.none() | st.integers(1000000, 9999999).map(lambda number: f"+35840{number}"),
    st.none() | st.integers(1, 9).map(lambda number: f"salainen{number}@esimerkki.fi"),
)
step = st.builds(Step, st.sampled_from(sorted(STEPS)), st.tuples(secret, secret))
stories = st.lists(step, min_size=1, max_size=6)
ELSEWHERE = "vesilaskuttaja"
OBSERVERS = (ELSEWHERE, "laskuttaja", "perija", "tietosuoja", "tarkastaja", "paakayttaja")


def words_of(story: list[Step], born: tuple[Secret, Secret]) -> list[str]:
    """What is searched for: names, and the secrets of either world."""
    found = {"piilonen", "kuvitteellinen aapo", "öhberg", "tänkt"}
    for both in (born, *(one.secrets for one in story)):
        for one in both:
            for home in (one.permanent, one.temporary, one.postal):
                found |= set() if home is None else {home.street, home.town}
            found |= {text for text in (one.phone, one.email) if text is not None}
    return sorted(found)[:WORDS_MOST]


def differences(first: dict[str, str], second: dict[str, str]) -> list[str]:
    """What is not the same, each with where it begins to differ."""
    found = [f"only in one: {name}" for name in first.keys() ^ second.keys()]
    for name in first.keys() & second.keys():
        one, other = first[name], second[name]
        if one != other:
            at = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
            found.append(f"{name}: …{one[max(0, at - 80) : at + 80]}… / …{other[max(0, at - 80) : at + 80]}…")
    return found


def compared(
    template: str,
    story: list[Step],
    born: tuple[Secret, Secret],
    unknown: tuple[Secret, Secret],
    seen: Callable[[Twin], dict[str, str]],
) -> list[str]:
    """What differs between the two worlds of a story, as ``seen`` sees them."""
    outputs = []
    # Both live by the same keys: what is signed or indexed is the same of the same.
    with tempfile.TemporaryDirectory() as home:
        for side in (0, 1):
            with ExitStack() as stack:
                name = clone(template)
                stack.callback(drop, name)
                world = a_twin(url_of(name), Path(home), story, side, born[side], unknown[side])
                outputs.append(seen(stack.enter_context(world)))
    return differences(*outputs)


@settings(
    max_examples=STORIES, deadline=None, database=None, derandomize=STORIES < 10, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(story=stories, born=st.tuples(secret, secret), observer=st.sampled_from(OBSERVERS))
def test_whoever_may_not_see_gets_the_same_from_both_worlds(
    template: str, story: list[Step], born: tuple[Secret, Secret], observer: str
) -> None:
    words = words_of(story, born)
    # What the town has said of a customer of whom nobody knows is a secret to the other organisation alone.
    unknown = born if observer == ELSEWHERE else (born[0], born[0])
    found = compared(template, story, born, unknown, lambda twin: everything(twin, observer, words) | {"package": household_package(twin)})  # fmt: skip
    note(f"{observer} {[one.kind for one in story]}")
    assert found == []


HOMES = tuple(Home(f"Salakuja {number}", "00999", "HELSINKI") for number in (1, 2))
TOLD = tuple(Secret(one, None, None, f"+35840111111{number}", None) for number, one in enumerate(HOMES))


def test_a_maintainer_who_opens_them_sees_the_difference_and_nowhere_else(template: str) -> None:
    """That the worlds do differ, so that the sameness above says something."""
    born = (TOLD[0], TOLD[1])
    story = [
        Step(kind, born) for kind in ("is_followed", "comes_under", "shares", "is_merged", "is_corrected", "moves")
    ]
    words = ["piilonen", "Salakuja 1", "Salakuja 2", "+358401111110", "+358401111111"]
    found = compared(template, story, born, (TOLD[0], TOLD[0]), lambda twin: everything(twin, "yllapitaja", words))
    assert found
    assert all(re.match(r"POST /customers/[0-9a-f-]+/protected ", one) for one in found), found
