"""Every act says what it is to a customer whose data is stored and not used (GDPR art. 18)."""

from __future__ import annotations

from rekisteri.access import Action, Reach, Standing
from rekisteri.access.restricting import STANDING, standing, stopped
from rekisteri.catalogue import Purpose


def test_every_act_there_is_says_what_it_is_to_a_restricted_customer() -> None:
    missing = {action.name for action in Action} - {action.name for action in STANDING}
    assert missing == set(), "say in access/restricting.py what the act is to a restricted customer"


def test_an_act_that_may_be_refused_can_see_that_a_customer_is_restricted() -> None:
    blind = {
        action.name
        for action, found in STANDING.items()
        if found in (Standing.USES, Standing.CHANGES, Standing.FLAGS)
        and action.policy.reach not in (Reach.OWN, Reach.ALL)
    }
    assert blind == set()


def test_an_act_nobody_has_decided_on_is_use() -> None:
    assert standing(None) is Standing.USES  # type: ignore[arg-type]
    assert stopped(None, Purpose.INVOICING)  # type: ignore[arg-type]
