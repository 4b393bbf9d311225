"""Who pays: asked for a customer, answered in words, kept as a receipt, told back when something fails."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from starlette.responses import Response

from rekisteri import access, payers
from rekisteri.access import Action, Organisation
from rekisteri.catalogue import BY_PATH
from rekisteri.ground import clock
from rekisteri.ground.errors import Conflict, Missing, Rejected
from rekisteri.payers import PROBLEMS, By, Chapter, PaymentReason, Problem, Receipt, Report, ReportKind
from rekisteri.web import forms, payer_labels
from rekisteri.web.desk import Desk, Page
from rekisteri.web.forms import Mistake

CHANNELS = BY_PATH["invoice_channel"][1].kind.codes
CAUSES = BY_PATH["returned_mail.cause"][1].kind.codes
STOPS = BY_PATH["collection_stop.reason"][1].kind.codes


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be asked about: the viewer's client organisations and their payment reasons."""

    organisations: list[Organisation]
    reasons: list[PaymentReason]

    def options(self, language: str) -> list[tuple[str, str]]:
        """A choice of organisation and payment reason at once: ``code/reason`` and its name."""
        names = {one.id: one for one in self.organisations}
        return [
            (
                f"{names[one.organisation_id].code}/{one.code}",
                f"{names[one.organisation_id].name}: {one.name.in_(language)}",
            )
            for one in self.reasons
            if one.organisation_id in names
        ]


@dataclass(frozen=True, slots=True)
class Envelope:
    """One bill as it is shown: the lines of the envelope, the channel in words, whether it can go."""

    lines: list[str]
    channel: str
    goes: bool


def form(desk: Desk) -> Response:
    """The empty form; from a card the customer is filled in."""
    return _form(desk, {"laji": By.PARTY.value, "tunniste": desk.query("asiakas")} if desk.query("asiakas") else {})


def resolve(desk: Desk) -> Response:
    """The answer, or the form again with what is wrong with the question."""
    given = {name: desk.field(name) for name in ("aihe", "laji", "tunniste", "paiva")}
    try:
        on = forms.day(given["paiva"], "paiva")
        by, identifier = _named(given)
        code, _, reason = given["aihe"].partition("/")
        if not reason:
            raise Rejected("Choose what is billed.", field="aihe")
        with desk.write() as tx:
            organisation = access.organisation(tx, code)
            question = payers.Question(by, identifier, organisation.id, reason, on)
            (found,) = payers.resolve_all(tx, desk.register.office, [question])
            if isinstance(found, Problem):
                # Told by its own words, in the viewer's language; the act and its event stay.
                tx.note(problem=found.code)
    except Rejected as error:
        return _form(desk, given, _mistakes(desk, error), status=error.status)
    if isinstance(found, Problem):
        said = PROBLEMS[found.code]
        mistake = Mistake(said.what.in_(desk.tongue.code), said.cure.in_(desk.tongue.code), desk.tongue.code)
        return _form(desk, given, {FIELD_OF.get(found.field, "tunniste"): mistake}, status=said.kind.status)
    return _answer(desk, found.receipt, found.body)


def find_receipt(desk: Desk) -> Response:
    """On to the answer of an id; with the mark, by the act that opens what an order covers."""
    try:
        receipt_id = UUID(desk.query("tunnus"))
    except ValueError:
        raise Missing("There is no such receipt among those you may see; check the identifier.") from None
    return desk.go(f"/maksaja/vastaus/{receipt_id}{'/suojattu' if desk.query('suojattu') else ''}")


def receipt(desk: Desk) -> Response:
    """An answer as it was given."""
    with desk.read() as tx:
        kept = payers.show(tx, desk.register.vault, desk.path_id("receipt_id"))
        proved = payers.verify(tx, kept.receipt, kept.body)
    return _answer(desk, kept.receipt, kept.body, proved=proved)


def report_form(desk: Desk) -> Response:
    """The form for telling back about an answer that was acted on."""
    with desk.read() as tx:
        kept = payers.show(tx, desk.register.vault, desk.path_id("receipt_id"))
    return _report_form(desk, kept.receipt.id, orjson.loads(kept.body), {}, {})


def report(desk: Desk) -> Response:
    """Tell back; the form again with what does not hold."""
    receipt_id = desk.path_id("receipt_id")
    given = {
        name: desk.field(name) for name in ("tapahtuma", "paiva", "asti", "viite", "syy", "palautus", "lasku", "avain")
    }
    try:
        kind = _kind(given["tapahtuma"])
        on = forms.day(given["paiva"], "paiva") or clock.day(clock.now())
        with desk.write() as tx:
            organisation_id = payers.show(tx, desk.register.vault, receipt_id).organisation_id
            told = Report(
                kind=kind,
                organisation_id=organisation_id,
                on=on,
                receipt=receipt_id,
                delivery=int(given["lasku"]) if given["lasku"].isdigit() else 0,
                cause=given["palautus"] or None,
                reference=given["viite"] or None,
                reason=given["syy"] or None,
                until=forms.day(given["asti"], "asti"),
            )
            payers.report(tx, desk.register.office, told, given["avain"])
    except (Rejected, Missing, Conflict) as error:
        if error.field is None:
            raise
        with desk.register.door.read(desk.viewer, Action.PAYER_RECEIPT, desk.purpose, case=desk.case) as tx:
            kept = payers.show(tx, desk.register.vault, receipt_id)
        return _report_form(
            desk, receipt_id, orjson.loads(kept.body), given, _mistakes(desk, error), status=error.status
        )
    return desk.go(f"/maksaja/vastaus/{receipt_id}", done="palaute")


def settle(desk: Desk) -> Response:
    """A task done."""
    with desk.write() as tx:
        payers.settle(tx, desk.path_id("task_id"), desk.field("miten"))
    return desk.go("/tyojono", done="hoidettu")


FIELD_OF = {"payment_reason": "aihe", "on": "paiva", "known_at": "paiva"}
"""Fields of a question, by the fields of the form that ask for them; any other is the identifier's."""
REPORT_FIELDS = {
    "on": "paiva", "until": "asti", "reference": "viite", "reason": "syy", "cause": "palautus", "delivery": "lasku"
}  # fmt: skip


def _named(given: Mapping[str, str]) -> tuple[By, str]:
    by = next((one for one in By if one.value == given["laji"]), By.CUSTOMER_NUMBER)
    identifier = payers.checked(by, given["tunniste"])
    if identifier is None:
        raise Rejected("The identifier is not valid; check it with the customer.", field="tunniste")
    return by, identifier


def _kind(text: str) -> ReportKind:
    kind = next((one for one in ReportKind if one.value == text), None)
    if kind is None:
        raise Rejected("Choose what happened.", field="tapahtuma")
    return kind


def _choices(desk: Desk) -> Choices:
    with desk.register.door.read(desk.viewer, Action.REASON_READ, desk.purpose, case=desk.case) as tx:
        own = [one for one in access.organisations(tx) if one.ended_at is None and desk.viewer.reaches(one.id)]
        return Choices(own, payers.payment_reasons(tx, [one.id for one in own]))


def _form(
    desk: Desk, given: Mapping[str, str], mistakes: Mapping[str, Mistake] | None = None, *, status: int = 200
) -> Response:
    choices = _choices(desk)
    options = choices.options(desk.tongue.code)
    identifier = given.get("tunniste", "")
    return desk.show(
        "payer.html",
        status=status,
        options=options,
        kinds=[(by.value, desk.say(payer_labels.IDENTIFIERS[by])) for by in By],
        given={
            "aihe": given.get("aihe") or (options[0][0] if len(options) == 1 else ""),
            "laji": given.get("laji") or By.CUSTOMER_NUMBER.value,
            # An identity code is not sent back to the page.
            "tunniste": "" if given.get("laji") == By.HETU.value else identifier,
            "paiva": given.get("paiva", ""),
        },
        mistakes=mistakes or {},
    )


def _answer(desk: Desk, found: Receipt, body: bytes, *, proved: bool | None = None) -> Response:
    answer = orjson.loads(body)
    chapters: list[Chapter] = payers.explain(body, desk.tongue.code)
    return desk.show(
        "payer_answer.html",
        answer=answer,
        chapters=chapters,
        envelopes=[_envelope(desk, one) for one in answer["deliveries"]],
        receipt=found,
        proved=proved,
        on=date.fromisoformat(answer["on"]),
    )


def _envelope(desk: Desk, delivery: Mapping[str, Any]) -> Envelope:
    code = delivery["channel"]["code"]
    name = CHANNELS[code].in_(desk.tongue.code) if code in CHANNELS else desk.say(payer_labels.NO_CHANNEL[code])
    return Envelope(list(delivery.get("lines") or delivery["names"]), name, code in CHANNELS)


def _report_form(
    desk: Desk,
    receipt_id: UUID,
    answer: Mapping[str, Any],
    given: Mapping[str, str],
    mistakes: Mapping[str, Mistake],
    *,
    status: int = 200,
) -> Response:
    code = desk.tongue.code
    return desk.show(
        "payer_report.html",
        status=status,
        receipt_id=receipt_id,
        kinds=[(kind.value, desk.say(payer_labels.REPORTS[kind])) for kind in ReportKind],
        bills=[(str(place), ", ".join(one["names"])) for place, one in enumerate(answer["deliveries"])],
        causes=[(name, label.in_(code)) for name, label in CAUSES.items()],
        stops=[(name, label.in_(code)) for name, label in STOPS.items()],
        given={
            "avain": secrets.token_urlsafe(16),
            "lasku": "0",
            **{name: text for name, text in given.items() if text},
        },
        mistakes=mistakes,
    )


def _mistakes(desk: Desk, error: Rejected | Missing | Conflict) -> dict[str, Mistake]:
    said = desk.face.phrases.tell(error, desk.tongue.code)
    mistake = Mistake(said.sentence, "", said.language)
    found = forms.mistakes(desk.tongue, error, mistake) if isinstance(error, Rejected) else {error.field or "": mistake}
    return {REPORT_FIELDS.get(field, field): one for field, one in found.items()}


PAGES = (
    Page("/maksaja", form, Action.REASON_READ, leads_to=Action.PAYER_RESOLVE),
    Page("/maksaja", resolve, Action.PAYER_RESOLVE, "POST"),
    Page("/maksaja/vastaus", find_receipt, None, leads_to=Action.PAYER_RECEIPT),
    Page("/maksaja/vastaus/{receipt_id}", receipt, Action.PAYER_RECEIPT),
    Page("/maksaja/vastaus/{receipt_id}/suojattu", receipt, Action.PAYER_RECEIPT_COVERED),
    Page("/maksaja/vastaus/{receipt_id}/palaute", report_form, Action.PAYER_RECEIPT, leads_to=Action.PAYER_REPORT),
    Page("/maksaja/vastaus/{receipt_id}/palaute", report, Action.PAYER_REPORT, "POST"),
    Page("/tyojono/maksaja/{task_id}", settle, Action.WORK_DECIDE, "POST"),
)
