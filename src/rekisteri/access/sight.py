"""What an act may show of one item of one customer: the decision, pure, for every face and every view.

Role and purpose must be among the item's readers and purposes. A value that a non-disclosure
order covers is withheld while the order is on; while it is unknown the value stays with who
said it, and with the service centre's staff, who act for every organisation (Act 661/2009 § 36).
"""

from __future__ import annotations

from enum import StrEnum

from rekisteri.access.viewers import Act
from rekisteri.catalogue import Disclosure, Item


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
    return act.purpose in item.purposes and not act.roles.isdisjoint(item.readers)


def sight(act: Act, item: Item, order: Disclosure) -> Sight:
    """How the act shows an item of a customer whose non-disclosure order is in this state."""
    if not may_see(act, item):
        return Sight.PURPOSE
    if item.covered and order is Disclosure.ON:
        return Sight.TURVAKIELTO_ON
    if item.covered and order is Disclosure.UNKNOWN and not act.every_organisation:
        return Sight.OWN_WORD
    return Sight.SHOWN
