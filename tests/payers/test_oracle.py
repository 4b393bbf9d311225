"""The rules agree with an independent oracle on every life story, whatever befalls the payer.

``PAYER_LIVES=100000`` in the environment runs so many stories; a few thousand are run always.
"""

from __future__ import annotations

import os
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from rekisteri.payers.answer import Answer, Blocks, Problem
from rekisteri.payers.decide import decide
from rekisteri.payers.forms import Limits
from tests.payers.lives import a_life, facts_of
from tests.payers.oracle import Bill, Outcome, outcome

MUTATED = "MUTANT_UNDER_TEST" in os.environ
"""A changed rule is under test (``make mutants``): it is noticed by the first life that differs, and the least one is
nobody's to read; nor do thousands more notice what a thousand do not."""
LIVES = int(os.environ.get("PAYER_LIVES", "1000" if MUTATED else "5000"))
PER_SEED = 50
PHASES = [Phase.generate] if MUTATED else list(Phase)


def told(answer: Answer | Problem) -> Outcome:
    """The answer in the oracle's words."""
    if isinstance(answer, Problem):
        return Outcome(problem=answer.code)
    doubts = {doubt.code for doubt in answer.doubts}
    return Outcome(
        liable=[(one.role.value, one.name) for one in answer.liable],
        bills=[
            Bill(
                one.role.value,
                one.names,
                one.lines,
                one.language,
                one.channel.value if one.channel else "by_hand" if one.by_hand else "none",
            )
            for one in answer.deliveries
        ],
        stops={stop.code for stop in answer.stops},
        invoicing=answer.may(Blocks.INVOICING),
        collection=answer.may(Blocks.COLLECTION),
        refund=answer.refund is not None,
        unreached="recipient_unreached" in doubts,
        childs_unknown="childs_household" in doubts,
    )


@settings(
    max_examples=max(1, LIVES // PER_SEED), deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.too_slow]
)
@given(st.integers(0, 2**64 - 1))
def test_the_rules_agree_with_the_oracle_on_every_life(seed: int) -> None:
    draw = Random(seed)
    for _ in range(PER_SEED):
        life = a_life(draw)
        assert told(decide(facts_of(life), Limits())) == outcome(life), life
