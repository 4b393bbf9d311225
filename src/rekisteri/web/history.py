"""History: what happened to a customer's data, and the card as it stood on a day, as known at a moment."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from starlette.responses import Response

from rekisteri import access, parties
from rekisteri.access import Action
from rekisteri.ground import clock
from rekisteri.ground.errors import Missing, Rejected
from rekisteri.sources import banks
from rekisteri.web import card as cards
from rekisteri.web import forms
from rekisteri.web.banks import bank_names
from rekisteri.web.desk import Desk, Page, names_of
from rekisteri.web.forms import Mistake


def timeline(desk: Desk) -> Response:
    """Everything that happened, the newest first."""
    return _timeline(desk)


def _timeline(desk: Desk, mistakes: dict[str, Mistake] | None = None) -> Response:
    party_id = desk.party_id()
    with desk.read() as tx:
        card = parties.card(tx, desk.register.vault, party_id)
        entries = parties.history(tx, desk.register.vault, party_id)
        names = names_of(access.organisations(tx))
    return desk.show(
        "history.html",
        status=422 if mistakes else 200,
        card=card,
        entries=entries,
        names=names,
        mistakes=mistakes or {},
        on=desk.query("paiva"),
        known_on=desk.query("tiedossa"),
    )


def as_of(desk: Desk) -> Response:
    """The card as it held on a day in the world, as the register knew it at the end of another day."""
    try:
        on = forms.day(desk.query("paiva"), "paiva")
        known_on = forms.day(desk.query("tiedossa"), "tiedossa")
    except Rejected as error:
        return _timeline(desk, forms.mistakes(desk.tongue, error, Mistake(error.message, "", "en")))
    known_at = None if known_on is None else _end_of(known_on)
    try:
        with desk.read() as tx:
            at = tx.at if known_at is None else min(known_at, tx.at)
            card = parties.card(tx, desk.register.vault, desk.party_id(), on=on, known_at=at)
            names = names_of(access.organisations(tx))
            of_banks = bank_names(banks.intermediators(tx))
    except Missing as error:
        if on is None and known_on is None:
            raise
        said = desk.face.phrases.tell(error, desk.tongue.code)
        return _timeline(desk, {"paiva": Mistake(said.sentence, "", said.language)})
    return desk.show(
        "card.html",
        card=card,
        names=names,
        bank_names=of_banks,
        statuses=cards.statuses(desk.tongue, card),
        groups=cards.groups(card),
        addable=[],
        as_of=True,
    )


def _end_of(day: date) -> datetime:
    """The last moment of a Finnish calendar day: all that became known during it counts."""
    return datetime.combine(day + timedelta(days=1), time.min, clock.HELSINKI) - timedelta(microseconds=1)


PAGES = (
    Page("/asiakas/{party_id}/historia", timeline, Action.CUSTOMER_HISTORY),
    Page("/asiakas/{party_id}/historia/hetki", as_of, Action.CUSTOMER_HISTORY),
)
