"""Versions of the notice: what was published when, what changed since, which one somebody was shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from rekisteri.access import Read, Write
from rekisteri.catalogue import Text
from rekisteri.ground.errors import Conflict, Missing
from rekisteri.rights.notice import Declared, Form, document
from rekisteri.rights.requests import Channel

MARK_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Version:
    """A published notice: its number, when and by whom, and its mark."""

    number: int
    published_at: datetime
    published_by: str
    mark: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed between two versions, in words."""

    section: str
    told: Text


def contents(declared: Declared) -> dict[str, Any]:
    """Every form of the notice as JSON has it, by form."""
    return {form.value: document(form, declared).plain() for form in Form}


def mark(content: Mapping[str, Any]) -> str:
    """The mark of a content: equal contents have equal marks, on any machine."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()[:MARK_DIGITS]


def publish(tx: Write, declared: Declared) -> Version:
    """Keep what the register says of itself now as the newest version. Raises ``Conflict`` where nothing changed."""
    content = contents(declared)
    newest = current(tx)
    if newest is not None and newest.mark == mark(content):
        raise Conflict("The published notice says this already; nothing has changed since.")
    number = 1 if newest is None else newest.number + 1
    tx.run(
        """
        insert into rights.notice (number, published_at, published_by, mark, content)
        values (%(number)s, %(at)s, %(by)s, %(mark)s, %(content)s::jsonb)
        """,
        number=number,
        at=tx.at,
        by=tx.act.viewer.handle,
        mark=mark(content),
        content=orjson.dumps(content).decode(),
    )
    tx.note(notice=number)
    return Version(number, tx.at, tx.act.viewer.handle, mark(content))


def current(tx: Read) -> Version | None:
    """The newest version; None before the first."""
    return next(iter(versions(tx)), None)


def versions(tx: Read) -> list[Version]:
    """Every version, the newest first."""
    return tx.all(Version, "select number, published_at, published_by, mark from rights.notice order by number desc")


def content_of(tx: Read, number: int) -> dict[str, Any]:
    """What a version said. Raises ``Missing``."""
    found = tx.value("select (select content from rights.notice where number = %(number)s)", number=number)
    if found is None:
        raise Missing("There is no such version of the notice.")
    return dict(found)


def shown(tx: Write, channel: Channel, party_id: UUID) -> int | None:
    """Write down that the newest version was shown to a customer, and how; once for each version. Its number, if any.

    GDPR art. 12(1): that somebody was informed can be shown afterwards, with the very words.
    """
    newest = current(tx)
    if newest is None:
        return None
    tx.run(
        """
        insert into rights.notice_shown (number, party_id, channel, shown_at)
        select %(number)s, %(party_id)s, %(channel)s, %(at)s
        where not exists (
            select from rights.notice_shown where number = %(number)s and party_id = %(party_id)s)
        """,
        number=newest.number,
        party_id=party_id,
        channel=channel.value,
        at=tx.at,
    )
    tx.note(notice=newest.number)
    return newest.number


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What changed from one content to another, in words, form by form and section by section."""
    found: list[Change] = []
    for form in Form:
        old, new = (_lines(content.get(form.value, {})) for content in (before, after))
        found += _differences(form.value, old, new)
    return found


def _differences(form: str, old: Mapping[str, dict[str, Text]], new: Mapping[str, dict[str, Text]]) -> Iterable[Change]:
    for code in [*new, *(code for code in old if code not in new)]:
        was, now = old.get(code, {}), new.get(code, {})
        for key in [key for key in now if key not in was]:
            yield Change(f"{form} {code}", _told(now[key], "Uutta", "Nytt", "New"))
        for key in [key for key in was if key not in now]:
            yield Change(f"{form} {code}", _told(was[key], "Pois", "Borttaget", "Gone"))


def _told(text: Text, fi: str, sv: str, en: str) -> Text:
    return Text(f"{fi}: {text.fi}", f"{sv}: {text.sv}", f"{en}: {text.en}")


def _lines(document_: Mapping[str, Any]) -> dict[str, dict[str, Text]]:
    """Each section's statements by section code: paragraphs, entries and rows, each under its Finnish words."""
    found: dict[str, dict[str, Text]] = {}
    for section in document_.get("sections", ()):
        texts = [Text(**one) for one in section["paragraphs"]]
        texts += [_beside(entry["term"], entry["told"]) for entry in section["entries"]]
        texts += [_beside(*row) for table in section["tables"] for row in table["rows"]]
        found[section["code"]] = {text.fi: text for text in texts}
    return found


def _beside(*parts: Mapping[str, str]) -> Text:
    return Text(*(" – ".join(part[language] for part in parts) for language in ("fi", "sv", "en")))
