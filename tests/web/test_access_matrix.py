"""The access matrix over the pages: every role, for every purpose it may name, on every page, is answered as the plain
page of the policy says: who may is never told 403, who may not is told nothing else and it stands in the log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from httpx2 import Response

from rekisteri import web
from rekisteri.catalogue import Purpose, Role
from rekisteri.web import guard
from rekisteri.web.desk import Page
from tests.access.plainly import page as plain
from tests.web.browsing import ACCOUNTS, Office, Visitor, an_office, forms_of
from tests.web.subjects import a_subject
from tests.web.town import a_town

CELLS_LEAST = 900
NOBODYS = UUID(int=7)
"""An identifier nothing bears: who may ask is told that there is no such thing, who may not is refused."""
NAMED = {
    "number": "999999",
    "handle": "nobody",
    "item": "phone",
    "place": "0/000",
    "provider": "nobody",
    "language": "fi",
}

ENDING = ("session:open", "session:close", "account:own", "account:proof")
"""What may end the sign-in that the next page needs; everybody may do it."""


def filled(path: str) -> str:
    for name, value in NAMED.items():
        path = path.replace(f"{{{name}}}", value).replace(f"{{{name}:path}}", value)
    while "{" in path:
        path = path[: path.index("{")] + str(NOBODYS) + path[path.index("}") + 1 :]
    return path


def asked(visitor: Visitor, page: Page, token: str) -> Response:
    """The page as the visitor gets it, its form with nothing filled in."""
    if page.method == "GET":
        return visitor.client.get(filled(page.path), follow_redirects=False)
    return visitor.client.post(filled(page.path), data={guard.FORM_TOKEN: token}, follow_redirects=False)


def refusals(office: Office) -> int:
    return int(str(office.world.sql("select count(*) from audit.event where outcome = 'refused'")[0][0]))


def test_every_page_answers_every_role_as_the_plain_page_says(database_url: str, tmp_path: Path) -> None:
    wrong: list[str] = []
    cells = 0
    with an_office(database_url, tmp_path) as office:
        for role, visitor, purpose in askers(office):
            (token,) = {
                form.fields[guard.FORM_TOKEN][0] for form in forms_of(visitor.page) if guard.FORM_TOKEN in form.fields
            }
            for page in web.PAGES:
                acts = [one for one in (page.leads_to, page.action) if one is not None]
                if page.open or not acts or acts[-1].policy.name in ENDING:
                    continue
                before = refusals(office)
                status = asked(visitor, page, token).status_code
                cells += 1
                carried = all(plain().carries(role, one.policy.name, purpose) for one in acts)
                if carried is (status == 403) or status >= 500:
                    wrong.append(f"{page.method} {page.path} {role} {purpose}: {status}")
                elif not carried and refusals(office) == before:
                    wrong.append(f"{page.method} {page.path} {role} {purpose}: refused and not in the log")
    assert not wrong, f"{len(wrong)} of {cells} answers are not the plain page's:\n" + "\n".join(wrong[:40])
    assert cells >= CELLS_LEAST


def askers(office: Office) -> Iterator[tuple[Role, Visitor, Purpose]]:
    """Each role for each purpose it may name, and a data subject."""
    for handle, (role, _) in ACCOUNTS.items():
        for purpose in [one for one in Purpose if one in plain().roles[role]]:
            visitor = office.visitor(handle)
            if len(plain().roles[role]) > 1:
                visitor.send("/tarkoitus", {"tarkoitus": purpose.value})
            visitor.goto("/")
            yield role, visitor, purpose
    yield Role.SUBJECT, a_subject(office.world, a_town(office.world).aapo), Purpose.DATA_PROTECTION
