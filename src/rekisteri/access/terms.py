"""What the operator has set of rights and sign-in: one frozen value, lent to every act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from rekisteri.access.leaked import Leaked
from rekisteri.catalogue import Role


@dataclass(frozen=True, slots=True)
class Terms:
    """``two_person_grants``: a grant gives nothing until somebody else than its maker has approved it.

    ``step_up``: how long ago at most somebody must have proved who they are, for acts marked ``fresh``.
    ``second_factor_roles``: whoever has one of these signs in with a password and a code.
    ``system_passwords``: whether integrations may sign in with a password.
    ``review_grace``: how long after its review was due a grant is ended by itself; None is never.
    ``unknown_is_on``: VTJ tells of non-disclosure orders here, so that of whoever VTJ could be asked an order nobody has
    told of acts as on where bills are routed.
    ``password_words``: words of the place that make a password easy to guess.
    ``leaked_passwords``: the operator's list of passwords that have leaked somewhere; None where there is none.
    """

    two_person_grants: bool = False
    step_up: timedelta = timedelta(minutes=15)
    second_factor_roles: frozenset[Role] = frozenset()
    system_passwords: bool = True
    review_grace: timedelta | None = timedelta(days=14)
    unknown_is_on: bool = False
    password_words: tuple[str, ...] = ()
    leaked_passwords: Leaked | None = None


DEFAULT_TERMS = Terms()
