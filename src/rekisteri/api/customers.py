"""Customers: search, look up, read, as of, history, unmask, create, correct."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Header, Query
from starlette.responses import Response

from rekisteri import access, parties
from rekisteri.access import Action
from rekisteri.api.calling import Caller, Calling
from rekisteri.api.customer_shapes import (
    ByCustomerNumber,
    ByHetu,
    CardAnswer,
    CorrectionQuestion,
    CreatedAnswer,
    CreateQuestion,
    HetuAnswer,
    HistoryAnswer,
    LookupQuestion,
    ProtectedAnswer,
    SearchAnswer,
    SearchQuestion,
    WithdrawalQuestion,
    card_told,
    history_answer,
    organisations_of_card,
    search_answer,
    shown_answer,
)
from rekisteri.api.desk import Desk, done, header, told, told_plainly
from rekisteri.catalogue import BY_PATH
from rekisteri.ground import clock
from rekisteri.ground.errors import Rejected
from rekisteri.sources import organisations

desk = Desk("customers")

IF_MATCH = header("If-Match", "ETag of the card that was read, or * for any.", required=True, example='"1"')
IDEMPOTENCY_KEY = header(
    "Idempotency-Key",
    "The same key and entry again make no second customer.",
    example="1f0d1b3e-5a55-4b0e-9a49-0a6f5d6c8a01",
)
EARLIER = {"x-action-as-of": Action.CUSTOMER_HISTORY.policy.name}
KEY_MAX = 200


@desk.post("/customers/search", Action.CUSTOMER_SEARCH, SearchAnswer)
def search(question: SearchQuestion, caller: Calling) -> Response:
    """Search by any identifier, name, address or number; typing errors are forgiven."""
    with caller.look(Action.CUSTOMER_SEARCH) as tx:
        page = parties.search(tx, caller.register.vault, question.text, limit=question.limit, cursor=question.cursor)
    codes = caller.codes(organisation_id for hit in page.hits for organisation_id, _ in hit.customerships)
    return told(search_answer(page, codes))


@desk.post("/customers/lookup", Action.CUSTOMER_READ, CardAnswer)
def lookup(question: LookupQuestion, caller: Calling) -> Response:
    """The card of the one customer of an exact identifier."""
    vault = caller.register.vault
    with caller.look(Action.CUSTOMER_READ) as tx:
        match question:
            case ByHetu(hetu=hetu):
                card = parties.card_of(tx, vault, hetu=hetu)
            case ByCustomerNumber(organisation=code, customer_number=number):
                organisation_id = access.organisation(tx, code).id
                party_id = parties.lookup(tx, vault, organisation_id=organisation_id, customer_number=number)
                card = parties.card(tx, vault, party_id)
            case _:
                card = parties.card_of(tx, vault, ytunnus=question.ytunnus)
    return _card(caller, card)


@desk.get("/customers/{party_id}", Action.CUSTOMER_READ, CardAnswer, extra=EARLIER)
def read(
    party_id: UUID,
    caller: Calling,
    on: Annotated[date | None, Query(description="The day in the world; today if left out.")] = None,
    known_at: Annotated[datetime | None, Query(description="The moment of knowledge; now if left out.")] = None,
) -> Response:
    """The customer's card, now or as of a day and a moment.

    An earlier card takes the right of history (``x-action-as-of``).
    """
    if known_at is not None and known_at.tzinfo is None:
        known_at = known_at.replace(tzinfo=clock.HELSINKI)
    earlier = on is not None or known_at is not None
    with caller.look(Action.CUSTOMER_HISTORY if earlier else Action.CUSTOMER_READ) as tx:
        card = parties.card(tx, caller.register.vault, party_id, on=on, known_at=known_at)
    return _card(caller, card)


@desk.get("/customers/{party_id}/history", Action.CUSTOMER_HISTORY, HistoryAnswer)
def history(party_id: UUID, caller: Calling) -> Response:
    """What happened to the customer's data, the newest first."""
    with caller.read(Action.CUSTOMER_HISTORY) as tx:
        entries = parties.history(tx, caller.register.vault, party_id)
    codes = caller.codes(entry.organisation_id for entry in entries)
    return told(history_answer(entries, codes, caller.language))


@desk.post("/customers/{party_id}/unmask", Action.CUSTOMER_UNMASK, HetuAnswer)
def unmask(party_id: UUID, caller: Calling) -> Response:
    """The identity code in full; the log tells who asked."""
    with caller.read(Action.CUSTOMER_UNMASK) as tx:
        hetu = parties.unmask(tx, caller.register.vault, party_id)
    return told(HetuAnswer(hetu=hetu))


@desk.post("/customers/{party_id}/protected", Action.CUSTOMER_PROTECTED, ProtectedAnswer)
def protected(party_id: UUID, caller: Calling) -> Response:
    """The values a non-disclosure order covers; the log tells who asked."""
    with caller.read(Action.CUSTOMER_PROTECTED) as tx:
        values = parties.protected(tx, caller.register.vault, party_id)
    codes = caller.codes(saying.organisation_id for shown in values for saying in (shown.saying, *shown.others))
    return told(ProtectedAnswer(values=[shown_answer(shown, codes, caller.language) for shown in values]))


@desk.post("/customers", Action.CUSTOMER_CREATE, CreatedAnswer, status=201, headers=(IDEMPOTENCY_KEY,))
def create(
    question: CreateQuestion,
    caller: Calling,
    idempotency_key: Annotated[
        str | None, Header(alias="Idempotency-Key", max_length=KEY_MAX, include_in_schema=False)
    ] = None,
) -> Response:
    """Bring in a customer by hand.

    A known identity code leads to the existing customer; a contradiction goes to the work queue.
    """
    with caller.write(Action.CUSTOMER_CREATE) as tx:
        _declared(question.parts)
        made = organisations.create(
            tx,
            caller.register.vault,
            organisation_id=access.organisation(tx, question.organisation).id,
            parts=question.parts,
            customer_number=question.customer_number,
            rules=caller.register.rules(clock.day(tx.at)),
            idempotency_key=idempotency_key,
        )
    outcome = "doubt" if made.doubt else "new" if made.new else "known"
    answer = CreatedAnswer(
        outcome=outcome, customer=made.party_id, customer_number=made.customer_number, doubt=made.doubt
    )
    place = {"Location": f"customers/{made.party_id}"} if made.party_id else {}
    return told(answer, status=201, headers=place)


@desk.post("/customers/{party_id}/corrections", Action.CUSTOMER_CORRECT, status=204, headers=(IF_MATCH,))
def correct(
    party_id: UUID,
    question: CorrectionQuestion,
    caller: Calling,
    if_match: Annotated[str | None, Header(alias="If-Match", include_in_schema=False)] = None,
) -> Response:
    """State a corrected value of one item; the wrong one stays in history."""
    with caller.write(Action.CUSTOMER_CORRECT) as tx:
        parties.correct(
            tx,
            caller.register.vault,
            party_id,
            question.item,
            question.parts,
            rules=caller.register.rules(clock.day(tx.at)),
            reason=question.reason,
            evidence=question.evidence,
            until=question.until,
            version=_version(if_match),
        )
    return done()


@desk.post("/customers/{party_id}/corrections/{item}/withdraw", Action.CUSTOMER_CORRECT, status=204)
def withdraw(party_id: UUID, item: str, question: WithdrawalQuestion, caller: Calling) -> Response:
    """Take a correction back: the sources speak again."""
    with caller.write(Action.CUSTOMER_CORRECT) as tx:
        parties.withdraw(tx, caller.register.vault, party_id, item, reason=question.reason)
    return done()


def _card(caller: Caller, card: parties.Card) -> Response:
    codes = caller.codes(organisations_of_card(card))
    return told_plainly(card_told(card, codes, caller.language), headers={"ETag": f'"{card.version}"'})


def _declared(paths: Iterable[str]) -> None:
    """Raise ``Rejected`` for a path that is no item's, without repeating it: it may be anything."""
    if not BY_PATH.keys() >= set(paths):
        raise Rejected("The catalogue declares no such item; see GET /catalogue.", field="parts")


def _version(if_match: str | None) -> int | None:
    """The version an ETag names; None for any. Raises ``Rejected``."""
    if if_match == "*":
        return None
    number = (if_match or "").strip().removeprefix("W/").strip('"')
    if not number.isdigit() or len(number) > 9:
        raise Rejected("Send the ETag of the card you corrected as If-Match, or *.", field="If-Match")
    return int(number)
