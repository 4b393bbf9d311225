"""The notice: what the register says of itself, its versions, and whether it is true."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field
from starlette.responses import JSONResponse, Response

from rekisteri import feeds, rights
from rekisteri.access import Action
from rekisteri.api.calling import Calling
from rekisteri.api.desk import Answer, Desk, told

desk = Desk("notice")
FORM = Query(description="The old form of twelve sections, GDPR 13 and 14, or the record of processing of GDPR 30.")
NUMBER_MAX = 1_000_000


class TextAnswer(Answer):
    """One text in three languages."""

    fi: str
    sv: str
    en: str


class EntryAnswer(Answer):
    """A term and what is said of it."""

    term: TextAnswer
    told: TextAnswer


class TableAnswer(Answer):
    """Rows under headings."""

    caption: TextAnswer
    head: list[TextAnswer]
    rows: list[list[TextAnswer]]


class SectionAnswer(Answer):
    """One part of a document; its code is the section of the form or the article it answers."""

    code: str = Field(examples=["5", "13.1.c 14.1.c"])
    heading: TextAnswer
    paragraphs: list[TextAnswer]
    entries: list[EntryAnswer]
    tables: list[TableAnswer]


class DocumentAnswer(Answer):
    """A whole document in three languages."""

    code: str = Field(examples=["notice"])
    title: TextAnswer
    sections: list[SectionAnswer]


class VersionAnswer(Answer):
    """A published version."""

    number: int
    published_at: datetime
    published_by: str
    mark: str = Field(description="Equal contents have equal marks.")


class VersionsAnswer(Answer):
    """Every version, the newest first."""

    versions: list[VersionAnswer]


class ChangeAnswer(Answer):
    """One thing that changed."""

    section: str
    told: TextAnswer


class ChangesAnswer(Answer):
    """What changed from a version to what is declared now."""

    changes: list[ChangeAnswer]


class DifferenceAnswer(Answer):
    """One promise that does not hold."""

    section: int = Field(description="Of the register description.")
    subject: str
    told: str


class VerifyAnswer(Answer):
    """Whether the notice is true, and every difference where it is not."""

    true: bool
    differences: list[DifferenceAnswer]


@desk.get("/notice", Action.NOTICE_READ, DocumentAnswer)
def notice(caller: Calling, form: Annotated[rights.Form, FORM] = rights.Form.NOTICE) -> Response:
    """What the register says of itself now."""
    with caller.read(Action.NOTICE_READ):
        document = rights.document(form, caller.register.declared())
    return JSONResponse(document.plain())


@desk.get("/notice/versions", Action.NOTICE_READ, VersionsAnswer)
def versions(caller: Calling) -> Response:
    """Every published version, the newest first."""
    with caller.read(Action.NOTICE_READ) as tx:
        found = rights.versions(tx)
    return told(VersionsAnswer(versions=[_version(one) for one in found]))


@desk.post("/notice/versions", Action.NOTICE_PUBLISH, VersionAnswer, status=201)
def publish(caller: Calling) -> Response:
    """Keep what the register says now as the newest version."""
    with caller.write(Action.NOTICE_PUBLISH) as tx:
        made = rights.publish(tx, caller.register.declared())
    return told(_version(made), status=201)


@desk.get("/notice/versions/{number}/changes", Action.NOTICE_READ, ChangesAnswer)
def changes(number: Annotated[int, Path(ge=1, le=NUMBER_MAX)], caller: Calling) -> Response:
    """What changed since a version, in words."""
    with caller.read(Action.NOTICE_READ) as tx:
        before = rights.content_of(tx, number)
        now = rights.contents(caller.register.declared())
    found = rights.changes(before, now)
    return told(ChangesAnswer(changes=[ChangeAnswer(section=one.section, told=_text(one.told)) for one in found]))


@desk.get("/notice/verification", Action.NOTICE_VERIFY, VerifyAnswer)
def verify(caller: Calling) -> Response:
    """Compare what is declared with what is."""
    with caller.read(Action.NOTICE_VERIFY) as tx:
        found = rights.differences(tx, caller.register.declared(), feeds.reached(tx))
    return told(
        VerifyAnswer(
            true=not found,
            differences=[DifferenceAnswer(section=one.section, subject=one.subject, told=one.told) for one in found],
        )
    )


def _version(one: rights.Version) -> VersionAnswer:
    return VersionAnswer(number=one.number, published_at=one.published_at, published_by=one.published_by, mark=one.mark)


def _text(text: Any) -> TextAnswer:
    return TextAnswer(fi=text.fi, sv=text.sv, en=text.en)
