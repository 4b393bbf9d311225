"""Payment reasons and their channel policies: the list, and setting or ending one from a day on."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from rekisteri import access, payers
from rekisteri.access import Action
from rekisteri.catalogue import BY_PATH, Text
from rekisteri.ground.errors import Missing, Rejected
from rekisteri.payers import Channel, Households, LastResort, Policy
from rekisteri.web import forms, payer_labels
from rekisteri.web.desk import Desk, Page, names_of
from rekisteri.web.forms import Mistake

CHANNELS = BY_PATH["invoice_channel"][1].kind.codes
PLACES = len(Channel)
FIELDS = (
    "organisaatio",
    "koodi",
    "name_fi",
    "name_sv",
    "name_en",
    "last_resort",
    "households",
    "valid_from",
    "valid_to",
)


def overview(desk: Desk) -> Response:
    """Every payment reason of the organisations the viewer acts for."""
    with desk.read() as tx:
        organisations = access.organisations(tx)
        reasons = payers.payment_reasons(tx)
    everything = desk.may(Action.REASON_MANAGE)
    return desk.show(
        "reasons.html",
        reasons=[one for one in reasons if everything or desk.viewer.reaches(one.organisation_id)],
        names=names_of(organisations),
        channels=CHANNELS,
    )


def reason_form(desk: Desk) -> Response:
    """The form: empty, or begun with a reason that is in use."""
    organisation_id, code = desk.query("organisaatio"), desk.query("koodi")
    if not (organisation_id.isdigit() and code):
        return _form(desk, {}, {})
    with desk.read() as tx:
        found = payers.payment_reasons(tx, [int(organisation_id)], code=code)
        codes = {one.id: one.code for one in access.organisations(tx)}
    if not found:
        raise Missing("The organisation has no such payment reason on that day; see the list of payment reasons.")
    one = found[0]
    given = {
        "organisaatio": codes[one.organisation_id],
        "koodi": one.code,
        "name_fi": one.name.fi,
        "name_sv": one.name.sv,
        "name_en": one.name.en,
        "last_resort": one.policy.last_resort or "",
        "households": one.policy.households,
    } | {f"kanava{place}": channel.value for place, channel in enumerate(one.policy.channels)}
    return _form(desk, given, {})


def set_reason(desk: Desk) -> Response:
    """Set it from a day on; the form again with what does not hold."""
    given = {name: desk.field(name) for name in (*FIELDS, *(f"kanava{place}" for place in range(PLACES)))}
    try:
        chosen = [given[f"kanava{place}"] for place in range(PLACES)]
        policy = Policy(
            tuple(Channel(one) for one in chosen if one in set(Channel)),
            LastResort(given["last_resort"]) if given["last_resort"] in set(LastResort) else None,
            Households(given["households"]) if given["households"] in set(Households) else Households.EVERY,
        )
        with desk.write() as tx:
            payers.set_reason(
                tx,
                access.organisation(tx, given["organisaatio"]).id,
                given["koodi"],
                Text(given["name_fi"], given["name_sv"], given["name_en"]),
                policy,
                valid_from=forms.day(given["valid_from"], "valid_from"),
                valid_to=forms.day(given["valid_to"], "valid_to"),
            )
    except Rejected as error:
        return _form(desk, given, _mistakes(desk, error), status=error.status)
    return desk.go("/laskutusaiheet", done="tallennettu")


def end_reason(desk: Desk) -> Response:
    """End it from today on."""
    with desk.write() as tx:
        payers.end_reason(tx, access.organisation(tx, desk.field("organisaatio")).id, desk.field("koodi"))
    return desk.go("/laskutusaiheet", done="paatetty")


def _form(desk: Desk, given: Mapping[str, str], mistakes: Mapping[str, Mistake], *, status: int = 200) -> Response:
    with desk.register.door.read(desk.viewer, Action.REASON_READ, desk.purpose, case=desk.case) as tx:
        organisations = [one for one in access.organisations(tx) if one.ended_at is None]
    code = desk.tongue.code
    return desk.show(
        "reason_form.html",
        status=status,
        organisations=[(one.code, one.name) for one in organisations],
        channels=[(name, label.in_(code)) for name, label in CHANNELS.items()],
        places=range(PLACES),
        last_resorts=[(one.value, desk.say(payer_labels.LAST_RESORTS[one])) for one in LastResort],
        households=[(one.value, desk.say(payer_labels.HOUSEHOLDS[one])) for one in Households],
        given=given,
        mistakes=mistakes,
    )


def _mistakes(desk: Desk, error: Rejected) -> dict[str, Mistake]:
    said = desk.face.phrases.tell(error, desk.tongue.code)
    found = forms.mistakes(desk.tongue, error, Mistake(said.sentence, "", said.language))
    return {{"code": "koodi", "channels": "kanava0"}.get(field, field): one for field, one in found.items()}


PAGES = (
    Page("/laskutusaiheet", overview, Action.REASON_READ),
    Page("/laskutusaiheet/uusi", reason_form, Action.REASON_READ, leads_to=Action.REASON_MANAGE),
    Page("/laskutusaiheet/uusi", set_reason, Action.REASON_MANAGE, "POST"),
    Page("/laskutusaiheet/paata", end_reason, Action.REASON_MANAGE, "POST"),
)
