"""What the operator has set of rights and sign-in: one frozen value, lent to every act."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """``two_person_grants``: a grant gives nothing until somebody else than its maker has approved it."""

    two_person_grants: bool = False


DEFAULT_TERMS = Terms()
