"""What is promised against what is: every difference between the notice and the running system.

Each difference is a sentence that says what was declared, what was found, and what to do. The
notice is true when there is none (register description, all sections; GDPR art. 5(2)).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from rekisteri import access
from rekisteri.access import Action, Read
from rekisteri.catalogue import COLUMNS, ITEMS, RETENTIONS, TECHNICAL, Purpose, Role, SourceKind
from rekisteri.ground import countries
from rekisteri.ground.clock import day
from rekisteri.rights import phrases
from rekisteri.rights.notice import Declared
from rekisteri.rights.retain import overdue
from rekisteri.rights.versions import contents, current, mark

NIGHTLY_WITHIN = timedelta(days=3)
"""So long may pass without a nightly run: a weekend when it did not come to an end."""
SCHEMAS_NOT_OURS = ("pg_catalog", "information_schema", "procrastinate")


@dataclass(frozen=True, slots=True)
class Difference:
    """One promise that does not hold: the section of the register description, what is wrong, what to do."""

    section: int
    subject: str
    told: str


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom something was sent to, of whose customers, and which items ever."""

    recipient: str
    organisation: str
    items: list[str]


def differences(tx: Read, declared: Declared, told: Iterable[Reached]) -> list[Difference]:
    """Every difference between what is declared and what is, by section; none when the notice is true.

    ``told`` is whoever has been told of customers, from the room that tells them.
    """
    found = [
        *_published(tx, declared),
        *_purposes(),
        *_columns(tx),
        *_sources(tx, declared),
        *_connections(declared, day(tx.at)),
        *_recipients(tx, declared, told),
        *_roles(tx),
        *_overdue(tx),
        *_nightly(tx),
    ]
    tx.note(found=len(found))
    return sorted(found, key=lambda one: (one.section, one.subject))


def _published(tx: Read, declared: Declared) -> Iterable[Difference]:
    newest = current(tx)
    if newest is None:
        yield Difference(3, "notice", "No notice has been published; publish one.")
    elif newest.mark != mark(contents(declared)):
        yield Difference(
            3,
            "notice",
            f"Version {newest.number} no longer says what is declared; look at the changes and publish anew.",
        )


def _overdue(tx: Read) -> Iterable[Difference]:
    """Nothing said of a customer stands past its time."""
    for klass, count in overdue(tx, day(tx.at)).items():
        yield Difference(5, klass, f"{count} words of customers are kept past their time; run `rekisteri nightly`.")


def _nightly(tx: Read) -> Iterable[Difference]:
    """Tables and sealed values are let go by the nightly run: it has been lately, or the promise of keeping is not kept."""
    last = tx.value(
        """
        select coalesce((select max(at) from rights.retention_run where not rehearsed),
                        (select min(published_at) from rights.notice))
        """
    )
    if last is not None and tx.at - last > NIGHTLY_WITHIN:
        yield Difference(
            5,
            "nightly",
            f"Nothing has been let go since {day(last)}; run `rekisteri nightly`, and see why it did not run.",
        )


def _purposes() -> Iterable[Difference]:
    """Every item serves a purpose some role may name, and every action that touches customers serves one of use."""
    for item in ITEMS:
        if not item.purposes & {Purpose.INVOICING, Purpose.COLLECTION}:
            yield Difference(4, item.name, "The item serves neither invoicing nor collection; it may not be kept.")
        if item.retention not in RETENTIONS:
            yield Difference(5, item.name, "The item has no declared time of keeping; declare one.")


def _columns(tx: Read) -> Iterable[Difference]:
    """Every column of the live database is declared; every declared one is there."""
    live = {
        f"{schema}.{table}.{column}"
        for schema, table, column in tx.tuples(
            """
            select n.nspname, c.relname, a.attname
            from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'm') and a.attnum > 0 and not a.attisdropped
              and not n.nspname like 'pg\\_%%' and not n.nspname = any (%(others)s)
            """,
            others=list(SCHEMAS_NOT_OURS),
        )
    }
    for column in sorted(live - COLUMNS.keys() - TECHNICAL):
        yield Difference(5, column, "The database has a column nobody declared; declare what it holds, or drop it.")
    for column in sorted((COLUMNS.keys() | TECHNICAL) - live):
        yield Difference(5, column, "The catalogue declares a column the database has not; run the migrations.")


def _sources(tx: Read, declared: Declared) -> Iterable[Difference]:
    """Whoever delivered is a declared source; the population register only under its permission."""
    rows = tx.tuples(
        "select distinct kind from parties.source s where exists (select from parties.record r where r.source_id = s.id)"
    )
    delivered = {SourceKind(kind) for (kind,) in rows}
    stating = {source for item in ITEMS for source in item.ranks}
    for source in sorted(delivered - stating):
        yield Difference(
            6, source.value, "A source has delivered that no item declares; declare what it may state, or end it."
        )
    if SourceKind.VTJ in delivered and declared.permission is None:
        yield Difference(9, "vtj", "The population register has delivered but no permission number is set; set it.")


def _connections(declared: Declared, on: date) -> Iterable[Difference]:
    for one in declared.connections:
        if not countries.inside(one.country, on):
            yield Difference(8, one.name, "A declared connection goes outside the EU and EEA; end it.")


def _recipients(tx: Read, declared: Declared, told: Iterable[Reached]) -> Iterable[Difference]:
    """Whoever has been told of customers is declared, for the organisation whose they are, with every item sent."""
    known = {one.name: one for one in declared.recipients}
    organisations = {one.code for one in access.organisations(tx)}
    for one in declared.recipients:
        if not countries.inside(one.country, day(tx.at)):
            yield Difference(8, one.name, "A declared recipient is outside the EU and EEA; end it.")
        if one.organisation not in organisations:
            yield Difference(
                7, one.name, "A recipient is declared for an organisation the register does not know; name it."
            )
    for reached in told:
        wanted = known.get(reached.recipient)
        if wanted is None:
            yield Difference(
                7,
                reached.recipient,
                "Somebody has been told of customers who is not declared any more; declare it, or say when it ended.",
            )
        elif wanted.organisation != reached.organisation:
            yield Difference(
                7, reached.recipient, "A recipient has been told of another organisation's customers than declared."
            )
        elif beyond := sorted(set(reached.items) - set(wanted.fields)):
            yield Difference(
                7,
                reached.recipient,
                f"A recipient has been told more than is declared: {', '.join(beyond)}; declare it, or have it dropped.",
            )


def _roles(tx: Read) -> Iterable[Difference]:
    """Every role in use is one the notice tells of, and carries some action."""
    told = phrases.ROLES_DO.keys()
    used = {Role(role) for (role,) in tx.tuples("select distinct role from access.grant where ended_at is null")}
    for role in sorted(used - told):
        yield Difference(9, role.value, "Accounts have a role the notice does not tell of; describe it.")
    carried = {role for action in Action for role in action.policy.roles}
    for role in sorted(used - carried):
        yield Difference(9, role.value, "Accounts have a role that carries no right; end the grants.")
