"""Survivorship is a pure function: order does not matter, one is the same as many."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from rekisteri.catalogue import Disclosure, SourceKind
from rekisteri.parties.survive import Word, single, strictest, survive

NAMES = st.sampled_from(["Mäkinen", "Lahti", "Öhman", "Virtanen"])
CONTENTS = st.fixed_dictionaries(
    {},
    optional={
        "surname": NAMES,
        "email": st.sampled_from(["a@example.org", "b@example.org"]),
        "former_surnames": st.lists(NAMES, min_size=1, max_size=3, unique=True),
        "collection_stop": st.fixed_dictionaries({"reason": st.sampled_from(["estate", "ban"])}),
        "invoice_channel": st.sampled_from(["letter", "email"]),
        "turvakielto": st.booleans(),
    },
)


@st.composite
def words(draw: st.DrawFn) -> list[Word]:
    return [
        Word(
            UUID(int=number),
            draw(st.sampled_from(list(SourceKind))),
            1,
            draw(st.sampled_from(["2026-01-01", "2026-02-01"])),
            datetime(2026, draw(st.integers(1, 6)), 1, tzinfo=UTC),
            draw(CONTENTS),
        )
        for number in range(draw(st.integers(0, 6)))
    ]


@given(words(), st.randoms())
def test_statements_in_any_order_give_the_same_golden_record(said: list[Word], chance: object) -> None:
    shuffled = list(said)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert survive(shuffled) == survive(said)


@given(CONTENTS)
def test_one_statement_survives_as_the_short_way_says(content: dict[str, object]) -> None:
    word = Word(UUID(int=1), SourceKind.ORGANISATION, 1, "2026-01-01", datetime(2026, 1, 1, tzinfo=UTC), content)  # type: ignore[arg-type]
    assert survive([word]).content == single(content)  # type: ignore[arg-type]


@given(words())
def test_every_value_is_some_sources_and_its_winner_said_it(said: list[Word]) -> None:
    golden = survive(said)
    by_id = {word.statement_id: word for word in said}
    for name, value in golden.content.items():
        heard = [by_id[speaker].content[name] for speaker in golden.winners[name]]
        if isinstance(value, list):
            flat = [one for piece in heard for one in (piece if isinstance(piece, list) else [piece])]
            assert all(one in flat for one in value)
        else:
            assert heard == [value]


@given(st.lists(st.sampled_from([True, False, None])))
def test_on_beats_off_beats_silence(last_words: list[bool | None]) -> None:
    state = strictest(last_words)
    expected = Disclosure.ON if True in last_words else Disclosure.OFF if False in last_words else Disclosure.UNKNOWN
    assert state is expected
