"""A new customer by hand: a form from the catalogue, customers alike offered while it is filled in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.responses import Response

from rekisteri import access, parties
from rekisteri.access import Action, Organisation
from rekisteri.catalogue import BY_NAME, BY_PATH, EXPLANATIONS, STATED_BY_CLIENTS, PartyKind, Reason
from rekisteri.ground import clock, numbers
from rekisteri.ground.errors import Conflict, Rejected
from rekisteri.parties import Hit
from rekisteri.sources import organisations as deliveries
from rekisteri.web import forms, labels
from rekisteri.web.desk import Desk, Page, names_of
from rekisteri.web.forms import Field, Mistake

ALIKE_MAX = 5
ALIKE_FROM = 3
FIRST_ITEMS = {
    PartyKind.PERSON: (
        "surname", "first_names", "hetu", "birth_date", "turvakielto", "phone", "email", "permanent_address",
    ),
    PartyKind.ORGANISATION: (
        "organisation_name", "ytunnus", "contact_person", "phone", "email", "permanent_address", "einvoice_address",
    ),
}  # fmt: skip
"""What a form opens with; the rest is there, folded."""
ELSEWHERE = frozenset({"customer_number"})
CLUES = ("hetu", "ytunnus", "organisation_name", "first_names", "surname", "birth_date")
REQUIRED = {PartyKind.PERSON: "surname", PartyKind.ORGANISATION: "organisation_name"}


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that belong together; folded until one of them is needed."""

    title: str
    single: list[Field]
    several: list[tuple[str, list[Field]]]
    open: bool

    @property
    def fields(self) -> list[Field]:
        """Every field of the group."""
        return self.single + [field for _, fields in self.several for field in fields]


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
    code = desk.field("organisaatio")
    try:
        if not code:
            raise Rejected("Choose the client organisation whose customer it is.", field="organisaatio")
        with desk.write() as tx:
            created = deliveries.create(
                tx,
                desk.register.vault,
                organisation_id=access.organisation(tx, code).id,
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
    return desk.show(
        "create.html",
        status=status,
        kind=kind,
        groups=shown,
        organisations=[(one.code, one.name) for one in own],
        organisation=desk.field("organisaatio") or (own[0].code if len(own) == 1 else ""),
        number=values.get("customer_number", ""),
        mistakes=mistakes,
        listed=[(name, _label(desk, name), one) for name, one in mistakes.items()],
        once=desk.field("kerta") or secrets.token_urlsafe(12),
        hits=hits or [],
        names=names or {},
        asked=asked,
    )


def _label(desk: Desk, name: str) -> str:
    return desk.say("Asiakasorganisaatio") if name == "organisaatio" else forms.label_of(desk.tongue, name)


def _own_organisations(desk: Desk) -> list[Organisation]:
    viewer = desk.viewer
    with desk.register.door.read(viewer, Action.ORGANISATION_READ, desk.purpose, case=desk.case) as tx:
        found = access.organisations(tx)
    return [one for one in found if one.ended_at is None and viewer.reaches(one.id)]


def _groups(
    desk: Desk, kind: PartyKind, values: Mapping[str, str], mistakes: Mapping[str, Mistake]
) -> list[FieldGroup]:
    first = FIRST_ITEMS[kind]
    rest = [
        (title, tuple(name for name in names if name not in first and kind in BY_NAME[name].kinds))
        for title, names in labels.GROUPS
    ]
    found = []
    for title, names in [(labels.BASICS, first), *rest]:
        single: list[Field] = []
        several: list[tuple[str, list[Field]]] = []
        for name in names:
            item = BY_NAME[name]
            if name in ELSEWHERE or item.path(item.parts[0]) not in STATED_BY_CLIENTS:
                continue
            made = forms.fields(desk.tongue, item, values, mistakes, required=REQUIRED[kind] == name)
            if item.scalar:
                single += made
            else:
                several.append((item.label.in_(desk.tongue.code), made))
        group = FieldGroup(title, single, several, open=title == labels.BASICS)
        if any(field.value or field.mistake for field in group.fields):
            group = replace(group, open=True)
        if group.fields:
            found.append(group)
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
