"""Sender notices to the banks: per organisation with each bank's state, composed, issued, ended."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from starlette.responses import Response

from rekisteri import access, payers
from rekisteri.access import Action
from rekisteri.catalogue import Text
from rekisteri.ground.errors import Conflict, Rejected
from rekisteri.sources import banks
from rekisteri.sources.banks import Account, Asked, InvoiceType, Means, Notice
from rekisteri.web import labels
from rekisteri.web.banks import bank_names
from rekisteri.web.desk import Desk, Page, names_of

ROWS = 3
"""So many identifiers may be asked for in the form; a notice that asks for more is composed as a file."""
TONGUES = ("fi", "sv", "en")


@dataclass(frozen=True, slots=True)
class Input:
    """A field of the form: its name, its label, what stands under it, and its width."""

    name: str
    label: str
    hint: str
    width: str
    required: bool


SMALL = frozenset({"seller_id", "postcode", "industry", "bic"})
OPTIONAL = frozenset({"industry", "new_sender_address", "new_sender_operator"})
GROUPS = tuple(
    (
        title,
        [
            Input(
                name, labels.NOTICE_FIELDS[name], labels.NOTICE_HINTS.get(name, ""), "s" if name in SMALL else "m",
                name not in OPTIONAL,
            )
            for name in names
        ],
    )
    for title, names in labels.NOTICE_GROUPS
)  # fmt: skip
"""The fields of a notice, by what they are about."""


def notices(desk: Desk) -> Response:
    """Every notice the viewer may see, by organisation, with the orders in force under each."""
    with desk.read() as tx:
        found = banks.notices(tx)
        names = names_of(access.organisations(tx))
        states = {one.id: banks.deliveries(tx, one.id) for one in found}
    return desk.show("bank_notices.html", notices=found, names=names, states=states)


def notice(desk: Desk) -> Response:
    """One notice: what it says, and how it stands at each bank."""
    notice_id = desk.path_id("notice_id")
    with desk.read() as tx:
        versions = banks.versions(tx, notice_id)
        sent = banks.deliveries(tx, notice_id)
        organisation_id = banks.notice_organisation(tx, notice_id)
        head = next(one for one in banks.notices(tx, organisation_id=organisation_id) if one.id == notice_id)
        names = names_of(access.organisations(tx))
        of_banks = bank_names(banks.intermediators(tx))
    return desk.show(
        "bank_notice.html",
        head=head,
        versions=versions,
        said=versions[0].notice,
        deliveries=sent,
        name=names[organisation_id],
        bank_names=of_banks,
        services=banks.SERVICES,
        codes=banks.CODES,
        holding=sorted({one.bank for one in sent if one.state != "refused" and one.action != "delete"}),
    )


def form(desk: Desk) -> Response:
    """The form of a new notice, or of the next version of one."""
    return _form(desk, {})


def _form(desk: Desk, sent: dict[str, str], *, error: Rejected | None = None) -> Response:
    known = desk.request.path_params.get("notice_id")
    organisation_id = None
    with desk.register.door.read(desk.viewer, Action.BANK_NOTICES, desk.purpose, case=desk.case) as tx:
        every = access.organisations(tx)
        listed = [one for one in banks.intermediators(tx) if one.kind == "bank"]
        reasons = payers.payment_reasons(tx)
        if known is not None:
            newest = banks.versions(tx, desk.path_id("notice_id"))[0]
            organisation_id = banks.notice_organisation(tx, desk.path_id("notice_id"))
            sent = sent or _typed(newest.notice)
    codes = {one.id: one.code for one in every}
    own = [one for one in every if one.ended_at is None and desk.viewer.reaches(one.id)]
    said = desk.face.phrases.tell(error, desk.tongue.code) if error else None
    return desk.show(
        "bank_notice_form.html",
        status=error.status if error else 200,
        groups=GROUPS,
        values=sent,
        rows=range(1, ROWS + 1),
        types=banks.TYPES,
        type_names=labels.IDENTIFIERS,
        means_names=labels.MEANS,
        banks=listed,
        chosen=sent.get("banks", "").split(),
        services=banks.SERVICES,
        organisations=[(one.code, one.name) for one in own],
        organisation=codes.get(organisation_id or 0, sent.get("organisation", "")),
        reasons=[(codes[one.organisation_id], one.code, one.name) for one in reasons if one.organisation_id in codes],
        known=known,
        said=said,
        wrong=error.field if error else None,
    )


def draft(desk: Desk) -> Response:
    """Keep what the form says as a draft, or tell what the banks would refuse."""
    sent = {name: value.strip() for name, value in desk.form.multi_items() if isinstance(value, str)}
    sent["banks"] = " ".join(desk.fields("bank"))
    try:
        made = _notice(sent)
        with desk.write() as tx:
            notice_id = banks.draft(tx, access.organisation(tx, sent.get("organisation", "")).id, made)
    except Rejected as error:
        return _form(desk, sent, error=error)
    return desk.go(f"/pankit/ilmoitus/{notice_id}", done="luonnos")


def _notice(sent: dict[str, str]) -> Notice:
    """The notice the form says. Raises ``Rejected`` for an identifier of no type."""

    def text(name: str) -> Text:
        return Text(*(sent.get(f"{name}.{tongue}", "") for tongue in TONGUES))

    iban, bic = sent.get("iban", "").replace(" ", ""), sent.get("bic", "")
    return Notice(
        payment_reason=sent.get("payment_reason", ""),
        si_identifier=sent.get("si_identifier", ""),
        seller_id=sent.get("seller_id", ""),
        names=text("names"),
        unit_number=sent.get("unit_number", ""),
        street=sent.get("street", ""),
        postcode=sent.get("postcode", ""),
        town=sent.get("town", ""),
        industry=sent.get("industry", ""),
        web_name="",
        web_address="",
        sender_address=sent.get("sender_address", ""),
        sender_operator=sent.get("sender_operator", ""),
        new_sender_address=sent.get("new_sender_address", ""),
        new_sender_operator=sent.get("new_sender_operator", ""),
        accounts=(Account(iban, bic, iban, bic),),
        free_text=text("free_text") if any(sent.get(f"free_text.{tongue}") for tongue in TONGUES) else None,
        invoice_types=(InvoiceType(text("type"), tuple(_asked(sent))),),
        service=sent.get("service", ""),
        due_day_accepted=sent.get("due_day_accepted") == "k",
        times_accepted=sent.get("times_accepted") == "k",
        reference_prefix=sent.get("reference_prefix", "") if sent.get("reference_tells") == "k" else None,
        banks=tuple(sent.get("banks", "").split()),
    )


def _asked(sent: dict[str, str]) -> list[Asked]:
    found = []
    for row in range(1, ROWS + 1):
        type_ = sent.get(f"asked{row}.type", "")
        if not type_:
            continue
        means = sent.get(f"asked{row}.means", "") or next(iter(banks.TYPES.get(type_, (Means.OTHER,)))).value
        if means not in set(Means):
            raise Rejected("An identifier of that type can't mean that; see the list of types.", field="asked")
        said = Text(*(sent.get(f"asked{row}.{tongue}", "") for tongue in TONGUES))
        found.append(Asked(type_, Means(means), said))
    return found


def _typed(notice: Notice) -> dict[str, str]:
    """A notice as its form would have it."""
    kind, account = notice.invoice_types[0], notice.accounts[0]
    typed = {
        name: str(getattr(notice, name) or "")
        for name in (
            "payment_reason", "si_identifier", "seller_id", "unit_number", "street", "postcode", "town", "industry",
            "service", "reference_prefix",
        )
    }  # fmt: skip
    typed |= {
        "sender_address": notice.new_sender_address or notice.sender_address,
        "sender_operator": notice.new_sender_operator or notice.sender_operator,
        "iban": account.new_iban,
        "bic": account.new_bic,
        "banks": " ".join(notice.banks),
        "due_day_accepted": "k" if notice.due_day_accepted else "",
        "times_accepted": "k" if notice.times_accepted else "",
        "reference_tells": "" if notice.reference_prefix is None else "k",
    }
    texts = {"names": notice.names, "type": kind.label, "free_text": notice.free_text}
    texts |= {f"asked{row}": asked.label for row, asked in enumerate(kind.asked[:ROWS], 1)}
    for name, text in texts.items():
        if text is not None:
            typed |= {f"{name}.{tongue}": text.in_(tongue) for tongue in TONGUES}
    for row, asked in enumerate(kind.asked[:ROWS], 1):
        typed |= {f"asked{row}.type": asked.type, f"asked{row}.means": asked.means.value}
    return typed


def issue(desk: Desk) -> Response:
    """Make the draft the notice's word."""
    notice_id = desk.path_id("notice_id")
    with desk.write() as tx:
        banks.issue(tx, notice_id)
    return desk.go(f"/pankit/ilmoitus/{notice_id}", done="annettu")


def ending(desk: Desk) -> Response:
    """Whom an ending at the chosen banks would concern: shown before anything is done."""
    return _ending(desk, desk.request.query_params.getlist("pankki"))


def _ending(desk: Desk, chosen: list[str], *, error: Rejected | Conflict | None = None) -> Response:
    notice_id: UUID = desk.path_id("notice_id")
    with desk.register.door.read(desk.viewer, Action.BANK_ANNOUNCE, desk.purpose, case=desk.case) as tx:
        hit = banks.affected(tx, notice_id, chosen)
        newest = banks.versions(tx, notice_id)[0]
        of_banks = bank_names(banks.intermediators(tx))
    return desk.show(
        "bank_ending.html",
        status=error.status if error else 200,
        notice_id=notice_id,
        said=newest.notice,
        affected=hit,
        chosen=chosen,
        bank_names=of_banks,
        error=desk.face.phrases.tell(error, desk.tongue.code) if error else None,
    )


def end(desk: Desk) -> Response:
    """End the notice at the chosen banks, as it was shown."""
    notice_id = desk.path_id("notice_id")
    chosen = desk.fields("pankki")
    count = desk.field("vahvistettu")
    try:
        with desk.write() as tx:
            banks.end(tx, notice_id, chosen, confirmed=int(count) if count.isascii() and count.isdigit() else -1)
    except (Rejected, Conflict) as error:
        return _ending(desk, chosen, error=error)
    return desk.go(f"/pankit/ilmoitus/{notice_id}", done="paatetaan")


PAGES = (
    Page("/pankit", notices, Action.BANK_NOTICES),
    Page("/pankit/ilmoitus/uusi", form, None, leads_to=Action.BANK_ANNOUNCE),
    Page("/pankit/ilmoitus/uusi", draft, Action.BANK_ANNOUNCE, "POST"),
    Page("/pankit/ilmoitus/{notice_id}", notice, Action.BANK_NOTICES),
    Page("/pankit/ilmoitus/{notice_id}/muuta", form, None, leads_to=Action.BANK_ANNOUNCE),
    Page("/pankit/ilmoitus/{notice_id}/muuta", draft, Action.BANK_ANNOUNCE, "POST"),
    Page("/pankit/ilmoitus/{notice_id}/anna", issue, Action.BANK_ANNOUNCE, "POST"),
    Page("/pankit/ilmoitus/{notice_id}/paata", ending, Action.BANK_ANNOUNCE),
    Page("/pankit/ilmoitus/{notice_id}/paata", end, Action.BANK_ANNOUNCE, "POST"),
)
