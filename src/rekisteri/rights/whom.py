"""Whom strong identification means, and whom a system that has identified somebody asks of: found by code, in an act of its own."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from rekisteri import access, parties
from rekisteri.access import Action, Door, Viewer
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground import numbers
from rekisteri.ground.errors import Missing, Refused
from rekisteri.ground.ids import PartyId
from rekisteri.ground.keys import Vault
from rekisteri.ground.settings import Settings

NOBODY = PartyId(UUID(int=0))
_NOBODY_YET = Viewer(
    account_id=None, handle="subject", name="Data subject", roles=frozenset({Role.SUBJECT}), organisations=frozenset(),
    every_organisation=False, channel="web",
)  # fmt: skip


def finder(settings: Settings, door: Door, vault: Vault) -> access.FindSubject:
    """Finds the customer of a code, as an act of its own in the log; the code goes no further."""

    def find(code: str) -> PartyId | None:
        hetu = numbers.hetu(code)
        if hetu is None or not (settings.artificial_hetu if numbers.artificial(hetu) else settings.ordinary_hetu):
            return None
        try:
            with door.read(_NOBODY_YET, Action.SUBJECT_IDENTIFY, Purpose.DATA_PROTECTION) as tx:
                known = parties.known_identities(tx, vault.blinds("hetu", hetu))
                bearers = [PartyId(one.party_id) for one in known if one.kind == "hetu"]
                if not bearers:
                    raise Missing
                tx.saw(bearers[0])
        except Missing:
            return None
        return bearers[0]

    return find


def asked_of(find: access.FindSubject, viewer: Viewer, action: Action, purpose: Purpose, code: str) -> Viewer:
    """The viewer as whoever speaks of the person of a code: row-level security opens that person's own alone.

    Whoever may not do the act, and of nobody known, is left at nobody: the door refuses, or what it opens is empty.
    """
    nobody = replace(viewer, party_id=NOBODY)
    try:
        access.decide(nobody, action, purpose)
    except Refused:
        return nobody
    found = find(code)
    return nobody if found is None else replace(viewer, party_id=found)
