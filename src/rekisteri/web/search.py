"""Search: one box for anything; what was typed travels by POST and never stands in an address."""

from __future__ import annotations

from starlette.responses import Response

from rekisteri import access, parties
from rekisteri.access import Action
from rekisteri.ground.errors import Missing, Rejected
from rekisteri.parties import SearchPage
from rekisteri.web.desk import Desk, Page, names_of
from rekisteri.web.recall import PAGES_MAX

PAGE_HITS = 20
EXACT = frozenset({"hetu", "ytunnus", "customer_number", "party"})
"""Kinds of search that name one customer: a single hit is opened at once."""
HIDDEN = frozenset({"hetu"})
"""Kinds of search whose text isn't shown again."""


def blank(desk: Desk) -> Response:
    """The search box, before anything is typed."""
    return desk.show("search.html", text="", page=None, names={}, fault=None)


def ask(desk: Desk) -> Response:
    """Take what was typed, remember it, and go to its results."""
    text = desk.field("haku")
    if not text:
        return desk.go("/haku")
    return desk.go(f"/haku/{desk.face.searches.keep(desk.viewer.account_id, text)}")


def results(desk: Desk) -> Response:
    """What was found; the one customer of an exact identifier is opened at once."""
    try:
        remembered = desk.face.searches.find(desk.viewer.account_id, desk.request.path_params["ticket"])
    except Missing:
        return desk.go("/haku")
    number = _page_number(desk, len(remembered.cursors))
    cursor = remembered.cursors[number - 2] if number > 1 else None
    try:
        with desk.read() as tx:
            page = parties.search(tx, desk.register.vault, remembered.text, limit=PAGE_HITS, cursor=cursor)
            names = names_of(access.organisations(tx))
    except Rejected as error:
        said = desk.face.phrases.tell(error, desk.tongue.code)
        return desk.show("search.html", status=422, text=remembered.text, page=None, names={}, fault=said)
    if number == 1 and page.query_class in EXACT and len(page.hits) == 1 and desk.may(Action.CUSTOMER_READ):
        return desk.go(f"/asiakas/{page.hits[0].party_id}")
    if page.cursor and len(remembered.cursors) < min(number, PAGES_MAX):
        remembered.cursors.append(page.cursor)
    return desk.show(
        "search.html",
        text="" if page.query_class in HIDDEN else remembered.text,
        page=page,
        number=number,
        first=(number - 1) * PAGE_HITS + 1,
        names=names,
        fault=None,
        new=_new_customer(page, remembered.text),
    )


def _page_number(desk: Desk, known: int) -> int:
    text = desk.query("sivu")
    number = int(text) if text.isascii() and text.isdigit() else 1
    return min(max(number, 1), known + 1)


def _new_customer(page: SearchPage, text: str) -> dict[str, str]:
    """What of the search a new customer's form may begin with: a name, nothing else."""
    if page.query_class != "words" or any(sign.isdigit() for sign in text):
        return {}
    words = text.split()
    if len(words) == 1:
        return {"surname": words[0]}
    return {"surname": words[-1], "first_names": " ".join(words[:-1]), "organisation_name": text}


PAGES = (
    Page("/haku", blank, None, leads_to=Action.CUSTOMER_SEARCH),
    Page("/haku", ask, None, "POST", leads_to=Action.CUSTOMER_SEARCH),
    Page("/haku/{ticket}", results, Action.CUSTOMER_SEARCH),
)
