"""A new customer by hand: a form from the catalogue, customers alike offered while it is filled in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from rekisteri import access, parties
from rekisteri.access import Action, Organisation
from rekisteri.catalogue import BY_NAME, BY_PATH, EXPLANATIONS, PartyKind, Reason
from rekisteri.ground import clock, numbers
from rekisteri.ground.errors import Conflict, Rejected
from rekisteri.parties import Hit
from rekisteri.sources import organisations as deliveries
from rekisteri.web import forms, labels
from rekisteri.web.desk import Desk, Page, names_of
from rekisteri.web.forms import Field, Mistake

ALIKE_MAX = 5
ALIKE_FROM = 3
FIRST_GROUPS = frozenset({"Yksilöinti", "Nimet", "Osoitteet", "Yhteystiedot"})
"""Groups a form opens with; the others are there, folded."""
LATER = frozenset({"customer_number"})
CLUES = ("hetu", "ytunnus", "organisation_name", "first_names", "surname", "birth_date")
REQUIRED = {PartyKind.PERSON: "surname", PartyKind.ORGANISATION: "organisation_name"}


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that belong together; folded until one of them is needed."""

    title: str
    items: list[tuple[str, list[Field]]]
    open: bool


def form(desk: Desk) -> Response:
    """The empty form."""
    return _show(desk, {}, {})


def begin(desk: Desk) -> Response:
    """The form begun with what was searched for in vain."""
    return _show(desk, forms.given(desk.form.multi_items()), {})


def alike(desk: Desk) -> Response:
    """Customers like the one being entered: a part of the page, or the form again without scripts."""
    sent = forms.given(desk.form.multi_items())
    text = _clue(sent)
    hits: list[Hit] = []
    names: dict[int, str] = {}
    if len(text) >= ALIKE_FROM:
        with desk.read() as tx:
            hits = parties.search(tx, desk.register.vault, text, limit=ALIKE_MAX).hits
            names = names_of(access.organisations(tx))
    if desk.partial:
        return desk.show("part/alike.html", hits=hits, names=names, asked=bool(text))
    return _show(desk, sent, {}, hits=hits, names=names, asked=True)


def create(desk: Desk) -> Response:
    """Take the customer, or show the form again with every fault at its field."""
    sent = forms.given(desk.form.multi_items())
    number = sent.pop("customer_number", "").strip()
    try:
        with desk.write() as tx:
            created = deliveries.create(
                tx,
                desk.register.vault,
                organisation_id=access.organisation(tx, desk.field("organisaatio")).id,
                parts=sent,
                customer_number=number or None,
                rules=desk.register.rules(clock.day(tx.at)),
                idempotency_key=desk.field("kerta") or None,
            )
    except (Rejected, Conflict) as error:
        said = desk.face.phrases.tell(error, desk.tongue.code)
        mistake = Mistake(said.sentence, "", said.language)
        found = (
            forms.mistakes(desk.tongue, error, mistake) if isinstance(error, Rejected) else {error.field or "": mistake}
        )
        return _show(desk, sent | {"customer_number": number}, found, status=error.status)
    if created.party_id is None:
        return desk.show("doubt.html", explanation=EXPLANATIONS[created.doubt or Reason.MIXED_IDENTITY])
    return desk.go(f"/asiakas/{created.party_id}", done="luotu" if created.new else "olemassa")


def _show(
    desk: Desk,
    values: Mapping[str, str],
    mistakes: Mapping[str, Mistake],
    *,
    status: int = 200,
    hits: list[Hit] | None = None,
    names: Mapping[int, str] | None = None,
    asked: bool = False,
) -> Response:
    wish = desk.field("laji") or desk.query("laji")
    kind = PartyKind(wish) if wish in set(PartyKind) else PartyKind.PERSON
    own = _own_organisations(desk)
    shown = _groups(desk, kind, values, mistakes)
    known = {field.name for group in shown for _, fields in group.items for field in fields} | LATER
    return desk.show(
        "create.html",
        status=status,
        kind=kind,
        groups=shown,
        organisations=own,
        organisation=desk.field("organisaatio") or (own[0].code if len(own) == 1 else ""),
        number=values.get("customer_number", ""),
        mistakes=mistakes,
        listed=[(name, forms.label_of(desk.tongue, name), one) for name, one in mistakes.items()],
        known=known,
        once=desk.field("kerta") or secrets.token_urlsafe(12),
        hits=hits or [],
        names=names or {},
        asked=asked,
    )


def _own_organisations(desk: Desk) -> list[Organisation]:
    viewer = desk.viewer
    with desk.register.door.read(viewer, Action.ORGANISATION_READ, desk.purpose, case=desk.case) as tx:
        found = access.organisations(tx)
    return [one for one in found if one.ended_at is None and viewer.reaches(one.id)]


def _groups(
    desk: Desk, kind: PartyKind, values: Mapping[str, str], mistakes: Mapping[str, Mistake]
) -> list[FieldGroup]:
    found = []
    for title, names in labels.GROUPS:
        items = []
        for name in names:
            item = BY_NAME[name]
            if kind not in item.kinds or name in LATER:
                continue
            made = forms.fields(desk.tongue, item, values, mistakes, required=REQUIRED[kind] == name)
            items.append((item.label.in_(desk.tongue.code), made))
        used = any(field.value or field.mistake for _, fields in items for field in fields)
        if items:
            found.append(FieldGroup(title, items, title in FIRST_GROUPS or used))
    return found


def _clue(sent: Mapping[str, str]) -> str:
    """What of a form tells a customer best: a code that holds, else names and the date of birth."""
    for path, check in (("hetu", numbers.hetu), ("ytunnus", numbers.ytunnus)):
        code = check(sent.get(path, ""))
        if code is not None:
            return code
    words = [sent.get(path, "").strip() for path in CLUES[2:-1]]
    if not any(words):
        return ""
    born = BY_PATH["birth_date"][1].kind.parse(sent.get("birth_date", ""))
    return " ".join(word for word in [*words, "" if isinstance(born, Reason) else str(born)] if word)


PAGES = (
    Page("/asiakas/uusi", form, Action.ORGANISATION_READ, leads_to=Action.CUSTOMER_CREATE),
    Page("/asiakas/uusi", create, Action.CUSTOMER_CREATE, "POST"),
    Page("/asiakas/uusi/alku", begin, Action.ORGANISATION_READ, "POST", leads_to=Action.CUSTOMER_CREATE),
    Page("/asiakas/uusi/samat", alike, Action.CUSTOMER_SEARCH, "POST", leads_to=Action.CUSTOMER_CREATE),
)
