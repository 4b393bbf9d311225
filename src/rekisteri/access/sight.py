"""What an act may show of one item of one customer: the decision, pure, for every face and every view.

Role and purpose must be among the item's readers and purposes. A value that a non-disclosure
order covers is withheld while the order is on; while it is unknown the value stays with who
said it, and with the service centre's staff, who act for every organisation (Act 661/2009 § 36).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from rekisteri.access.viewers import Act
from rekisteri.catalogue import ITEMS, Disclosure, Item, Purpose, Role

VIEWS_REMEMBERED = 1024
"""There are no more ways to look than roles together, purposes and states of an order make."""


class Sight(StrEnum):
    """How an item is shown, or by which rule it is not."""

    SHOWN = "shown"
    """Shown; identity codes in it masked, but for the act that unmasks."""
    OWN_WORD = "own_word"
    """Shown as the viewer's own organisations, or a maintainer, said it; otherwise withheld."""
    PURPOSE = "purpose"
    """Withheld: the viewer's roles do not read it, or not for this purpose."""
    TURVAKIELTO_ON = "turvakielto_on"
    """Withheld: the non-disclosure order covers it."""


def may_see(act: Act, item: Item) -> bool:
    """Whether the act's roles read the item for its purpose, whoever the customer is."""
    return _may_see(act.purpose, act.roles, item)


def sight(act: Act, item: Item, order: Disclosure) -> Sight:
    """How the act shows an item of a customer whose non-disclosure order is in this state."""
    return _sight(act.purpose, act.roles, act.every_organisation, item, order)


def sights(act: Act, order: Disclosure) -> Mapping[str, Sight]:
    """How the act shows each item, by its name in the catalogue's order: ``sight`` of all of them."""
    return _sights(act.purpose, act.roles, act.every_organisation, order)


@lru_cache(maxsize=VIEWS_REMEMBERED)
def _sights(purpose: Purpose, roles: frozenset[Role], everywhere: bool, order: Disclosure) -> Mapping[str, Sight]:
    return MappingProxyType({item.name: _sight(purpose, roles, everywhere, item, order) for item in ITEMS})


def _may_see(purpose: Purpose, roles: frozenset[Role], item: Item) -> bool:
    return purpose in item.purposes and not roles.isdisjoint(item.readers)


def _sight(purpose: Purpose, roles: frozenset[Role], everywhere: bool, item: Item, order: Disclosure) -> Sight:
    if not _may_see(purpose, roles, item):
        return Sight.PURPOSE
    if item.covered and order is Disclosure.ON:
        return Sight.TURVAKIELTO_ON
    if item.covered and order is Disclosure.UNKNOWN and not everywhere:
        return Sight.OWN_WORD
    return Sight.SHOWN
