"""The sweep: the log's new leaves are gone through, and odd looks become signals. Again it changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from rekisteri import access, audit, parties
from rekisteri.access import Account, Read, Write
from rekisteri.audit import Glance
from rekisteri.catalogue import Content, Role
from rekisteri.ground import clock, ids
from rekisteri.oversight import rules
from rekisteri.oversight.canaries import canaries
from rekisteri.oversight.parameters import Parameters, parameters
from rekisteri.oversight.rules import Employee, Person, Raised

LEAVES_AT_ONCE = 50_000
EVENTS_KEPT = 50
"""So many events of one signal are named; the rest are counted."""
LOCK = 0x53575045
HOMES = ("permanent_address", "temporary_address")


@dataclass(frozen=True, slots=True)
class Swept:
    """How far the log is gone through, and what this sweep found."""

    until: int
    glances: int
    signals: int


def swept(tx: Read) -> int:
    """How many leaves have been gone through."""
    return int(tx.value("select coalesce(max(until), 0) from oversight.sweep"))


def sweep(tx: Write) -> Swept:
    """Go through the leaves that have come since the last sweep, as far as one transaction goes."""
    tx.value("select pg_advisory_xact_lock(%(lock)s)", lock=LOCK)
    start, last = swept(tx), audit.last_checkpoint(tx)
    end = min(last.size if last else 0, start + LEAVES_AT_ONCE)
    if end == start:
        return Swept(start, 0, 0)
    glances = audit.glances(tx, start, end)
    settings = parameters(tx)
    raised = [*_odd_looks(tx, glances, settings), *_odd_days(tx, glances, settings)]
    fresh = _write(tx, raised, {one.account_id: one for one in glances})
    tx.run(
        "insert into oversight.sweep (until, at, glances, signals) values (%(until)s, %(at)s, %(glances)s, %(signals)s)",
        until=end,
        at=tx.at,
        glances=len(glances),
        signals=fresh,
    )
    tx.note(glances=len(glances), signals=fresh)
    return Swept(end, len(glances), fresh)


def _odd_looks(tx: Write, glances: Sequence[Glance], settings: Parameters) -> Iterable[Raised]:
    accounts = {one.id: one for one in access.accounts(tx)}
    subjects = {party_id for glance in glances for party_id in glance.subjects}
    people = _people(tx, subjects)
    looking = {glance.account_id for glance in glances}
    employees: dict[UUID, Employee] = {}
    for one in accounts.values():
        if one.id in looking and (employee := _employee(tx, one, settings)):
            employees[one.id] = employee
    bearers: dict[UUID, set[UUID]] = {}
    for one in accounts.values():
        if Role.INTEGRATION not in one.roles and len(_words(one.name)) > 1:
            found = parties.namesakes(tx, one.name, most=settings.namesakes_most + 1)
            for party_id in found if len(found) <= settings.namesakes_most else ():
                bearers.setdefault(party_id, set()).add(one.id)
    colleagues = {party_id: frozenset(found) for party_id, found in bearers.items()}
    marked = frozenset(one.party_id for one in canaries(tx))
    return _unexplained(tx, list(rules.looks(glances, employees, people, colleagues, marked, settings)), settings)


def _unexplained(tx: Write, raised: Sequence[Raised], settings: Parameters) -> list[Raised]:
    """What was raised, without looks at customers whose case the account had in hand."""
    asked = [one for one in raised if one.kind in rules.EXCUSED and one.glance is not None and one.party_id is not None]
    if not asked:
        return list(raised)
    moments = [one.glance.at for one in asked if one.glance is not None]
    had: dict[tuple[UUID, UUID], list[datetime]] = {}
    for case in audit.cased(
        tx,
        sorted({one.account_id for one in asked}),
        sorted({one.party_id for one in asked if one.party_id is not None}),
        min(moments) - timedelta(days=settings.history_days),
        max(moments),
    ):
        had.setdefault((case.account_id, case.party_id), []).append(case.at)
    return [
        one
        for one in raised
        if one.party_id is None or not rules.in_hand(one, had.get((one.account_id, one.party_id), ()), settings)
    ]


def _odd_days(tx: Write, glances: Sequence[Glance], settings: Parameters) -> Iterable[Raised]:
    """Days of the accounts that looked: the days of these looks, and those before that tell what is usual."""
    looked = [glance for glance in glances if glance.action != audit.SEARCHED]
    if not looked:
        return ()
    first = min(clock.day(glance.at) for glance in looked)
    last = max(clock.day(glance.at) for glance in looked)
    since = datetime.combine(first - timedelta(days=settings.history_days), time.min, clock.HELSINKI)
    until = datetime.combine(last + timedelta(days=1), time.min, clock.HELSINKI)
    handles = sorted({glance.account for glance in looked})
    night = (settings.night_from, settings.night_until)
    days = audit.days(tx, handles, since, until, night=night)
    machines = {one.id for one in access.accounts(tx) if Role.INTEGRATION in one.roles}
    return rules.odd_days((one for one in days if one.account_id not in machines), first, settings)


def _people(tx: Read, party_ids: Iterable[UUID]) -> dict[UUID, Person]:
    wanted = list(party_ids)
    stands = parties.standings(tx, wanted)
    return {
        party_id: Person(
            names=_words(*_texts(content, ("surname", "first_names", "called_name"))),
            surnames=_words(*_texts(content, ("surname",))),
            homes=_homes(content),
            live=stands[party_id].live,
        )
        for party_id, content in parties.contents(tx, wanted).items()
        if party_id in stands
    }


def _employee(tx: Read, account: Account, settings: Parameters) -> Employee | None:
    """What the register itself knows of whoever bears the account's name; nothing is kept of it."""
    names = _words(account.name)
    if Role.INTEGRATION in account.roles or len(names) < 2:
        return None
    bearers = parties.namesakes(tx, account.name, most=settings.namesakes_most + 1)
    known = parties.contents(tx, bearers) if len(bearers) <= settings.namesakes_most else {}
    homes = frozenset().union(*(_homes(content) for content in known.values()))
    surname = account.name.split()[-1]
    kin = parties.namesakes(tx, surname, most=settings.surname_most + 1)
    rare = next(iter(_words(surname)), None) if len(kin) <= settings.surname_most else None
    return Employee(names, homes, rare)


def _texts(content: Content, items: Sequence[str]) -> list[str]:
    return [value for item in items if isinstance(value := content.get(item), str)]


def _words(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in parties.fold(text))


def _homes(content: Content) -> frozenset[str]:
    """A home as one text: the street with its number and flat, and the postcode; of someone whose home is open."""
    found = set()
    for item in HOMES:
        value = content.get(item)
        if isinstance(value, dict) and value.get("street") and value.get("postcode"):
            found.add(" ".join((*parties.fold(str(value["street"])), str(value["postcode"]))))
    return frozenset(found)


def _write(tx: Write, raised: Iterable[Raised], glance_of: dict[UUID, Glance]) -> int:
    """Signals of what was raised, one for each kind, account, customer and day; how many are new.

    A day's count is its latest; looks at a customer are counted one by one. What is closed stays as it was closed.
    """
    fresh = 0
    for one in raised:
        glance = one.glance or glance_of[one.account_id]
        day = one.day or clock.day(glance.at)
        events = [one.glance.event_id] if one.glance else []
        fresh += bool(
            tx.value(
                """
                insert into oversight.signal as known (id, kind, account_id, account, organisations, party_id, day, count,
                                                       event_ids, raised_at)
                values (%(id)s, %(kind)s, %(account_id)s, %(account)s, %(organisations)s, %(party_id)s, %(day)s, %(count)s,
                        %(events)s, %(at)s)
                on conflict (kind, account_id, party_id, day) do update
                set count = case when excluded.party_id is null then excluded.count else known.count + excluded.count end,
                    event_ids = case when cardinality(known.event_ids) < %(kept)s then known.event_ids || excluded.event_ids
                                     else known.event_ids end
                where known.closed_at is null
                returning xmax = 0
                """,
                id=ids.fresh(),
                kind=one.kind,
                account_id=one.account_id,
                account=glance.account,
                organisations=glance.organisations,
                party_id=one.party_id,
                day=day,
                count=one.count,
                events=events,
                at=tx.at,
                kept=EVENTS_KEPT,
            )
        )
        if one.party_id is not None:
            tx.saw(one.party_id)
    return fresh
