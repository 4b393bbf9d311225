"""Separation of duties: pairs of roles that nobody may have at once, as data, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from rekisteri.access.actions import ACCOUNT_ROLES
from rekisteri.catalogue import Role, Text


@dataclass(frozen=True, slots=True)
class Incompatible:
    """Two roles that exclude each other, and why."""

    roles: frozenset[Role]
    because: Text


_HANDLERS = (Role.MAINTAINER, Role.INVOICER, Role.COLLECTOR, Role.INTEGRATION)
_GRANTS = Text(
    "Oikeuksien antaja ei käytä niitä",
    "Den som ger rättigheter använder dem inte",
    "Who grants rights does not use them",
)
_WATCHES = Text(
    "Lokin tarkastaja ei tee sitä, mitä hän tarkastaa",
    "Den som granskar loggen gör inte det hen granskar",
    "Who examines the log does not do what it tells of",
)
_INDEPENDENT = Text(
    "Tietosuojavastaavalla ei ole eturistiriitaa tuovia tehtäviä (tietosuoja-asetus 38 artikla 6 kohta)",
    "Dataskyddsombudet har inga uppgifter som leder till intressekonflikt (dataskyddsförordningen art. 38.6)",
    "A data protection officer has no tasks that conflict with the office (GDPR art. 38(6))",
)
_MACHINE = Text(
    "Järjestelmä ei ole ihminen: sen tunnuksella ei tehdä ihmisen työtä",
    "Ett system är inte en människa: dess konto används inte för en människas arbete",
    "A system is no person: its account does no person's work",
)


def _pairs(one: Role, others: Iterable[Role], because: Text) -> tuple[Incompatible, ...]:
    return tuple(Incompatible(frozenset({one, other}), because) for other in others)


INCOMPATIBLE: tuple[Incompatible, ...] = (
    *_pairs(Role.ADMINISTRATOR, (role for role in ACCOUNT_ROLES if role is not Role.ADMINISTRATOR), _GRANTS),
    *_pairs(Role.AUDITOR, _HANDLERS, _WATCHES),
    *_pairs(Role.OFFICER, _HANDLERS, _INDEPENDENT),
    *_pairs(Role.INTEGRATION, (Role.MAINTAINER, Role.INVOICER, Role.COLLECTOR), _MACHINE),
)


def clash(roles: Iterable[Role]) -> Incompatible | None:
    """The first pair among the roles that excludes each other, or None."""
    return _clash(frozenset(roles))


@cache
def _clash(roles: frozenset[Role]) -> Incompatible | None:
    pairs = {frozenset(pair) for pair in combinations(roles, 2)}
    return next((one for one in INCOMPATIBLE if one.roles in pairs), None)
