"""SEPA direct debit mandates in the pages: the list, one with its messages, whose it is, creditors."""

from __future__ import annotations

from types import MappingProxyType
from uuid import UUID

from starlette.responses import Response

from rekisteri import access
from rekisteri.access import Action
from rekisteri.catalogue import BY_NAME
from rekisteri.ground.errors import Conflict, Rejected
from rekisteri.sources import banks
from rekisteri.sources.banks import MandateState
from rekisteri.web.banks import bank_names
from rekisteri.web.desk import Desk, Page, names_of

LIST_MAX = 50
PLACE = "/pankit/valtuutukset"
TONES = MappingProxyType(
    {
        MandateState.UNKNOWN: "alert",
        MandateState.REQUESTED: "alert",
        MandateState.ACTIVE: "success",
        MandateState.REFUSED: "error",
        MandateState.CANCELLED: "neutral",
    }
)
"""How loudly a state is said."""


def mandates(desk: Desk) -> Response:
    """What waits for a person, every mandate, and the creditor identifiers they are given to."""
    return _mandates(desk)


def _mandates(desk: Desk, *, error: Rejected | Conflict | None = None) -> Response:
    before = _id_or_none(desk.query("ennen"))
    with desk.register.door.read(desk.viewer, Action.BANK_READ, desk.purpose, case=desk.case) as tx:
        held = [] if before else banks.mandates(tx, held=True, limit=LIST_MAX)
        aside = [] if before else banks.aside(tx, limit=LIST_MAX)
        found = banks.mandates(tx, limit=LIST_MAX, cursor=before)
        creditors = banks.creditors(tx)
        organisations = access.organisations(tx)
    return desk.show(
        "bank_mandates.html",
        status=error.status if error else 200,
        held=held,
        aside=aside,
        mandates=found,
        creditors=creditors,
        names=names_of(organisations),
        organisations=[(one.code, one.name) for one in organisations],
        explanations=banks.EXPLANATIONS,
        tones=TONES,
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
        given={name: desk.field(name) for name in ("organisaatio", "velkojatunnus", "laskutusaihe", "kuittaukset")},
        next=found[-1].id if len(found) == LIST_MAX else None,
    )


def put_creditor(desk: Desk) -> Response:
    """Say whose a creditor identifier is; mandates that waited for it are taken at once."""
    try:
        with desk.write() as tx:
            banks.set_creditor(
                tx,
                desk.register.vault,
                access.organisation(tx, desk.field("organisaatio")).id,
                desk.field("velkojatunnus"),
                desk.field("laskutusaihe"),
                answered=desk.field("kuittaukset") == "k",
            )
    except (Rejected, Conflict) as error:
        return _mandates(desk, error=error)
    return desk.go(PLACE, done="velkoja")


def reject_word(desk: Desk) -> Response:
    """Set a message that no mandate has aside for good."""
    try:
        with desk.write() as tx:
            banks.reject_word(tx, desk.path_id("word_id"), reason=desk.field("perustelu"))
    except (Rejected, Conflict) as error:
        return _mandates(desk, error=error)
    return desk.go(PLACE, done="ratkaistu")


def mandate(desk: Desk) -> Response:
    """One mandate: where its messages have brought it, and whose it is or may be."""
    return _mandate(desk)


def _mandate(desk: Desk, *, error: Rejected | None = None) -> Response:
    mandate_id = desk.path_id("mandate_id")
    with desk.register.door.read(desk.viewer, Action.BANK_READ, desk.purpose, case=desk.case) as tx:
        detail = banks.mandate(tx, desk.register.vault, mandate_id)
        names = names_of(access.organisations(tx))
        of_banks = bank_names(banks.intermediators(tx))
    return desk.show(
        "bank_mandate.html",
        status=error.status if error else 200,
        detail=detail,
        names=names,
        bank_names=of_banks,
        explanations=banks.EXPLANATIONS,
        tones=TONES,
        evidence=banks.EVIDENCE,
        againsts=banks.AGAINSTS,
        sequences=BY_NAME["direct_debit_mandate"].part("sequence").kind.codes,
        rule=banks.told_rule(detail.rule, detail.evidence, desk.tongue.code) if detail.rule else "",
        said=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
        decision=desk.field("ratkaisu"),
        customer=desk.field("asiakas"),
        reason=desk.field("perustelu"),
    )


def decide(desk: Desk) -> Response:
    """Match, retry or reject a held mandate."""
    mandate_id = desk.path_id("mandate_id")
    try:
        with desk.write() as tx:
            banks.decide_mandate(
                tx,
                desk.register.vault,
                mandate_id,
                desk.field("ratkaisu"),
                reason=desk.field("perustelu"),
                party_id=_id_or_none(desk.field("muu") or desk.field("asiakas")),
            )
    except Rejected as error:
        return _mandate(desk, error=error)
    except Conflict:
        return desk.go(PLACE, done="ehditty")
    return desk.go(f"/pankit/valtuutus/{mandate_id}", done="ratkaistu")


def _id_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


PAGES = (
    Page(PLACE, mandates, Action.BANK_READ),
    Page(PLACE, put_creditor, Action.BANK_IMPORT, "POST"),
    Page("/pankit/valtuutussanoma/{word_id}", reject_word, Action.WORK_DECIDE, "POST"),
    Page("/pankit/valtuutus/{mandate_id}", mandate, Action.BANK_READ),
    Page("/pankit/valtuutus/{mandate_id}", decide, Action.WORK_DECIDE, "POST"),
)
