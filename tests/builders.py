"""What tests build their worlds from: a register, accounts, people, companies. No shared fixtures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from argon2 import PasswordHasher

from rekisteri import parties, sources, wiring
from rekisteri.access import Action, Viewer, Write
from rekisteri.access.accounts import Organisation, add_organisation, organisations
from rekisteri.catalogue import BY_PATH, Content, Purpose, Reason, Role, Rules, Sayings, Scalar, assemble
from rekisteri.ground.ids import AccountId
from rekisteri.ground.settings import Settings
from rekisteri.parties import Card, Lexicon, Origin, Said
from rekisteri.wiring import Register

WEAK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
MORNING = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
ALWAYS_FRESH = datetime(9999, 1, 1, tzinfo=UTC)
"""When whoever is only made up for a test has proved who they are."""

# Artificial identity codes of the public fact sheets; none can belong to a person.
AAPO = "240360-909P"
AAPO_TWIN = "240360Y909P"
AAPO_NEW = "240360-910R"
BEA = "020290-9027"
CALLE = "311299X904C"
DIDRIK = "050505A905R"
EEVA = "060606B906F"
FILIP = "010175-9072"


@dataclass(slots=True)
class Wall:
    """A clock on the wall that tests move; never goes by itself."""

    at: datetime = MORNING

    def __call__(self) -> datetime:
        return self.at

    def pass_days(self, days: float) -> date:
        """Let days pass; the new day."""
        self.at += timedelta(days=days)
        return self.at.date()


@dataclass(slots=True)
class World:
    """A register with a clock and two client organisations."""

    register: Register
    clock: Wall
    town: Organisation
    water: Organisation
    maintainer: Viewer = field(init=False)

    def __post_init__(self) -> None:
        self.maintainer = a_viewer(Role.MAINTAINER)

    def rules(self) -> Rules:
        """What is accepted today."""
        return self.register.rules(self.clock.at.date())

    def take(self, organisation: Organisation, *rows: Mapping[str, str], viewer: Viewer | None = None) -> sources.Taken:
        """Rows of a client organisation (raw texts by path, ``customer_number`` among them), through the road in."""
        with self.register.door.write(
            viewer or self.maintainer, Action.IMPORT_RUN, (viewer or self.maintainer).purposes()[0]
        ) as tx:
            parties.lock_identity(tx)
            source = parties.organisation_source(tx, organisation.id)
            sayings = [a_saying(self.register, row, self.rules()) for row in rows]
            taken = sources.take(tx, self.register.vault, Lexicon(), Origin(source), sayings)
        return taken

    def end(self, organisation: Organisation, *keys: str) -> None:
        """The organisation sends these customers no more."""
        with self.register.door.write(self.maintainer, Action.IMPORT_RUN, Purpose.UPKEEP) as tx:
            source = parties.organisation_source(tx, organisation.id)
            known = parties.known_records(tx, source.id, list(keys))
            ended = [(record.id, record.party_id) for record in known.values()]
            sources.fall_silent(tx, self.register.vault, Lexicon(), Origin(source), ended)

    def card(
        self,
        party_id: UUID,
        viewer: Viewer | None = None,
        *,
        purpose: Purpose | None = None,
        on: date | None = None,
        known_at: datetime | None = None,
    ) -> Card:
        """The card as a viewer sees it."""
        who = viewer or self.maintainer
        with self.register.door.read(who, Action.CUSTOMER_READ, purpose or who.purposes()[0]) as tx:
            card = parties.card(tx, self.register.vault, party_id, on=on, known_at=known_at)
        return card

    def find(self, text: str, viewer: Viewer | None = None, limit: int = 10) -> list[parties.Hit]:
        """What a search shows a viewer."""
        who = viewer or self.maintainer
        with self.register.door.read(who, Action.CUSTOMER_SEARCH, who.purposes()[0]) as tx:
            page = parties.search(tx, self.register.vault, text, limit=limit)
        return page.hits

    def correct(self, party_id: UUID, item: str, until: date | None = None, **parts: str) -> None:
        """A maintainer's correction; a part named ``value`` is the item's only one."""
        with self.register.door.write(self.maintainer, Action.CUSTOMER_CORRECT, Purpose.UPKEEP) as tx:
            raw = {"" if name == "value" else name: text for name, text in parts.items()}
            parties.correct(
                tx, self.register.vault, party_id, item, raw, rules=self.rules(), reason="customer told", until=until
            )

    def kept(self, party_id: UUID) -> Content:
        """The golden record as it is kept."""
        who = self.maintainer
        with self.register.door.read(who, Action.CUSTOMER_READ, who.purposes()[0]) as tx:
            kept = parties.contents(tx, [party_id])
            tx.saw(party_id)
        return kept[party_id]

    def sql(self, query: str, *parameters: object) -> list[tuple[object, ...]]:
        """What really stands in the database, past every policy."""
        with self.register.database.connection() as connection:
            connection.execute("reset role")
            rows = connection.execute(query.encode(), parameters).fetchall()
            connection.execute("set role rekisteri_app")
        return rows


@contextmanager
def a_world(database_url: str, home: Path, **changed: object) -> Iterator[World]:
    """A register on a fresh database: artificial codes only, weak passwords, a clock that stands still.

    ``changed`` are settings of its own.
    """
    clock = Wall()
    said: dict[str, object] = {"artificial_hetu": True, "ordinary_hetu": False, "pool_size": 4}
    settings = Settings(database_url=database_url, home=home, **(said | changed))  # type: ignore[arg-type]
    with wiring.opened(settings, now=clock, hasher=WEAK_HASHER) as register:
        with register.door.write(wiring.operator(), Action.ORGANISATION_MANAGE, Purpose.ADMINISTRATION) as tx:
            town, water = (_organisation(tx, *named) for named in ORGANISATIONS)
        yield World(register, clock, town, water)


ORGANISATIONS = (
    ("kuusilahti", "Kuusilahden kaupunki", "1234567-1"),
    ("vesi", "Granvikin vesi", "9999999-2"),
)


def _organisation(tx: Write, code: str, name: str, ytunnus: str) -> Organisation:
    """The organisation, made unless an earlier world of the same database made it."""
    known = {one.code: one for one in organisations(tx)}
    return known.get(code) or add_organisation(tx, code=code, name=name, ytunnus=ytunnus)


def a_viewer(role: Role, *organisations: Organisation, channel: str = "web") -> Viewer:
    """Somebody of one role: of the named organisations, or of the service centre's staff when none is named."""
    return Viewer(
        account_id=AccountId(UUID(int=len(role.value))),
        handle=f"test-{role.value}",
        name=f"Test {role.value}",
        roles=frozenset({role}),
        organisations=frozenset(one.id for one in organisations),
        every_organisation=not organisations,
        channel=channel,
        authenticated_at=ALWAYS_FRESH,
    )


def a_person(number: str, hetu: str | None = AAPO, /, **parts: str) -> dict[str, str]:
    """A person's row: a name and an address unless told otherwise; ``__`` in a name stands for the dot."""
    row = {
        "customer_number": number,
        "surname": "Kuvitteellinen",
        "first_names": "Aapo Testi",
        "permanent_address.street": "Esimerkkitie 7 A 12",
        "permanent_address.postcode": "00999",
        "permanent_address.town": "HELSINKI",
        "turvakielto": "e",
    }
    if hetu is not None:
        row["hetu"] = hetu
    return row | {name.replace("__", "."): text for name, text in parts.items()}


def a_company(number: str, ytunnus: str | None = "2769790-1", /, **parts: str) -> dict[str, str]:
    """A company's row."""
    row = {
        "customer_number": number,
        "organisation_name": "Keksitty Laiva Oy",
        "permanent_address.street": "Telakkakatu 1",
        "permanent_address.postcode": "20999",
        "permanent_address.town": "TURKU",
    }
    if ytunnus is not None:
        row["ytunnus"] = ytunnus
    return row | {name.replace("__", "."): text for name, text in parts.items()}


def a_saying(register: Register, row: Mapping[str, str], rules: Rules) -> Said:
    """The saying of a row that is known to hold; anything else is a mistake of the test."""
    scalars: dict[str, Scalar] = {}
    for path, raw in row.items():
        if path == "customer_number" or not raw:
            continue
        verdict = BY_PATH[path][1].kind.parse(raw)
        assert not isinstance(verdict, Reason), (path, verdict)
        scalars[path] = verdict
    said = assemble(scalars, rules)
    assert isinstance(said, Sayings), said
    digest = register.vault.digest(repr(sorted(row.items())).encode())
    return Said(row["customer_number"], said.kind, said.content, said.secrets, digest)


def only(taken: sources.Taken) -> UUID:
    """The party of the only row taken."""
    (party_id,) = taken.party_ids.values()
    return UUID(party_id)
