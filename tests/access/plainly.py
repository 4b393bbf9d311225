"""The plain page of the access policy (``plain.txt``), read; and what it says of any one cell: the oracle.

Knows nothing of how the house decides: no rule of ``rekisteri.access`` is used here, only its
words. What the code says is told in the form of the page, so that a difference is one line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rekisteri.access import PURPOSES_OF_ROLE, Action
from rekisteri.access.tables import (
    TABLES,
    ActedFor,
    AnyAct,
    Anybody,
    AnyCustomer,
    Customers,
    Logged,
    Nobody,
    OfAccount,
    OfOrganisation,
    Opened,
    Rows,
    Switched,
    Table,
    Within,
)
from rekisteri.catalogue import ITEMS, Item

PAGE = Path(__file__).with_name("plain.txt")
SECTIONS = ("roles", "actions", "items", "tables")
Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Act:
    """An action as the page has it."""

    reach: str
    roles: Words
    purposes: Words
    writes: Words
    opens: Words
    marks: Words


@dataclass(frozen=True, slots=True)
class Field:
    """An item as the page has it."""

    readers: Words
    purposes: Words
    stated_by: Words
    covered: bool
    sealed: Words


@dataclass(frozen=True, slots=True)
class Kept:
    """A table as the page has it: rows, commands with their columns, who writes, and whether only what is own."""

    rows: tuple[str, ...]
    commands: Words
    writers: tuple[str, ...]
    keeps: str


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page."""

    roles: dict[str, Words]
    actions: dict[str, Act]
    items: dict[str, Field]
    tables: dict[str, Kept]

    def carries(self, role: str, action: str, purpose: str) -> bool:
        """Whether somebody of one role may do an action for a purpose."""
        act = self.actions[action]
        return role in act.roles and purpose in act.purposes & self.roles[role]


@dataclass(frozen=True, slots=True)
class Here:
    """Who acts, in which action: what the database is told of an act."""

    act: Act | None
    role: str = ""
    organisations: frozenset[int] = frozenset()
    everywhere: bool = False
    account: str = ""
    party: str = ""
    log_of: Words = frozenset()
    """The parties a data subject's log is of."""
    between: Words = frozenset()
    """Areas a connection may between acts."""

    @property
    def reach(self) -> str:
        """How far it sees: staff of the service centre see every customer where others see their own."""
        if self.act is None:
            return ""
        return "all" if self.act.reach == "own" and self.everywhere else self.act.reach

    @property
    def writes(self) -> Words:
        """Areas it writes."""
        return self.act.writes if self.act else self.between

    @property
    def opens(self) -> Words:
        """Areas it sees."""
        return self.act.writes | self.act.opens if self.act else self.between

    @property
    def log(self) -> str:
        """How the log opens: to a data subject their own; to one of an organisation its acts; else whole."""
        if not self.marked("log"):
            return "off"
        if self.reach == "self":
            return "self"
        return "on" if self.everywhere or self.role in ("administrator", "sequencer") else "own"

    def marked(self, mark: str) -> bool:
        """Whether the action bears a mark."""
        return self.act is not None and mark in self.act.marks


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of a row, whatever its table: whose customer it concerns, whose word it is, who the customer is.

    ``of_house``: its source is the service centre itself, no client organisation.
    """

    customer_of: frozenset[int]
    stated_for: int
    of_house: bool
    party: str
    account: str
    order: str


def meets(page: Page, here: Here, table: str, row: Row) -> bool:
    """Whether an act meets a row of a table."""
    kind, *more = page.tables[table].rows
    words = frozenset(more)
    match kind:
        case "anybody":
            return True
        case "any-act":
            return here.act is not None
        case "any-customer":
            return here.reach in ("own", "all") or (here.reach == "self" and "customers" in here.writes)
        case "opened" | "acted":
            theirs = here.everywhere or not here.organisations.isdisjoint(row.customer_of)
            opened = bool(here.opens & (words - {"self"})) and (kind == "opened" or theirs)
            return opened or _of_self(here, words, row)
        case "account":
            return bool(here.opens & words) or ("own_account" in here.opens and row.account == here.account)
        case "switch":
            return here.marked(more[0])
        case "log":
            own = not here.organisations.isdisjoint(row.customer_of)
            return {"on": True, "own": own, "self": row.party in here.log_of}.get(here.log, False)
        case "customers":
            return _concerns(here, words, row)
        case "organisation":
            areas = words - {"veiled", "self"}
            open_ = bool(here.opens & areas) if areas else here.reach in ("own", "all")
            veiled = "veiled" in words and row.order == "on" and not here.marked("protected")
            return (open_ and _acts_for(here, row) and not veiled) or _of_self(here, words, row)
        case "within":
            return all(here.marked(mark) for mark in more[1:]) and meets(page, here, more[0], row)
        case "nobody":
            return False
    raise AssertionError(f"{table}: the page says '{kind}', which is no kind of rows")


def may_write(page: Page, here: Here, table: str, command: str, row: Row) -> bool:
    """Whether an act may carry out a command on a row, as far as its areas go."""
    kept = page.tables[table]
    words, excepted = _writers(kept.writers)
    mine_alone = next((name for name, commands in excepted.items() if command in commands and name != "anybody"), None)
    if mine_alone is not None:
        return mine_alone in here.writes
    if command in excepted.get("anybody", ()) or words == {"anybody"}:
        allowed = True
    elif "switch" in words:
        allowed = here.marked(next(iter(words - {"switch"})))
    elif kept.rows[0] == "account" and "own_account" in words:
        others = words - {"own_account"}
        mine = "own_account" in here.writes and row.account == here.account
        allowed = bool(here.writes & others) or mine
    else:
        allowed = bool(here.writes & words)
    if command == "delete" and kept.rows[0] == "within":
        allowed = allowed and all(here.marked(mark) for mark in kept.rows[2:])
    return allowed


@cache
def _writers(said: tuple[str, ...]) -> tuple[Words, dict[str, Words]]:
    """Who writes a table, and for whom some commands are excepted."""
    who, *but = " ".join(said).split(" but ")
    return frozenset(who.split()), {name: frozenset(commands) for name, *commands in map(str.split, but)}


def may_leave(page: Page, here: Here, table: str, row: Row) -> bool:
    """Whether an act that writes may leave this row behind: in some tables only one of its own organisations."""
    match page.tables[table].keeps:
        case "own":
            return _acts_for(here, row)
        case "own-source":
            return _acts_for(here, row) or row.of_house
        case "own-self-or-house":
            return _acts_for(here, row) or row.party == here.party or row.of_house
        case _:
            return True


def shows(page: Page, item: str, role: str, purpose: str, order: str, *, everywhere: bool) -> str:
    """How an item of a customer is shown to somebody of one role, by the state of the non-disclosure order."""
    field = page.items[item]
    if role not in field.readers or purpose not in field.purposes:
        return "purpose"
    if field.covered and order == "on":
        return "turvakielto_on"
    if field.covered and order == "unknown" and not everywhere:
        return "own_word"
    return "shown"


def _concerns(here: Here, words: Words, row: Row) -> bool:
    match here.reach:
        case "all":
            return True
        case "own":
            if "stated" in words:
                return row.stated_for in here.organisations
            return "own" in words and not here.organisations.isdisjoint(row.customer_of)
        case "self":
            return "self" in words and row.party == here.party
        case _:
            return False


def _of_self(here: Here, words: Words, row: Row) -> bool:
    return "self" in words and here.reach == "self" and row.party == here.party


def _acts_for(here: Here, row: Row) -> bool:
    return here.everywhere or row.stated_for in here.organisations


@cache
def page() -> Page:
    """The page, read."""
    sections = lines()
    cells = {name: [_cells(line) for line in sections[name]] for name in SECTIONS}
    return Page(
        {name: _set(purposes) for name, purposes in cells["roles"]},
        {
            name: Act(reach, _set(roles), _set(purposes), _set(areas), _set(opens), _set(marks))
            for name, reach, roles, purposes, areas, opens, marks in cells["actions"]
        },
        {
            name: Field(_set(readers), _set(purposes), _set(stated), covered == "covered", _set(sealed))
            for name, readers, purposes, stated, covered, sealed in cells["items"]
        },
        {
            name: Kept(tuple(rows.split()), _set(commands), tuple(writers.split()), own)
            for name, rows, commands, writers, own in cells["tables"]
        },
    )


@cache
def lines() -> dict[str, list[str]]:
    """The lines of each section, with the words that stand for several written out."""
    sections: dict[str, list[str]] = {}
    groups: dict[str, str] = {}
    name = ""
    for line in PAGE.read_text("utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
            sections[name] = []
        elif line and not line.startswith("#") and name == "words":
            word, meaning = _cells(line)
            groups[word] = meaning
        elif line and not line.startswith("#"):
            sections[name].append(" | ".join(groups.get(cell, cell) for cell in _cells(line)))
    return sections


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def _set(cell: str) -> Words:
    return frozenset() if cell == "-" else frozenset(cell.split())


def as_coded() -> dict[str, list[str]]:
    """What the code says, in the form of the page."""
    return {
        "roles": [_line(role, _said(purposes)) for role, purposes in PURPOSES_OF_ROLE.items()],
        "actions": [_action(action) for action in Action],
        "items": [_item(item) for item in ITEMS],
        "tables": [_table(table) for table in TABLES],
    }


def normal(line: str) -> str:
    """A line whose words stand in the order of letters: their order says nothing."""
    return " | ".join(" ".join(sorted(cell.split())) for cell in _cells(line))


def differences() -> Iterator[str]:
    """Every line of the code that the page has not, and the other way round."""
    coded = as_coded()
    for name in SECTIONS:
        written = {normal(line): line for line in lines()[name]}
        said = {normal(line): line for line in coded[name]}
        yield from (f"[{name}] the code says: {said[one]}" for one in said.keys() - written.keys())
        yield from (f"[{name}] the page says: {written[one]}" for one in written.keys() - said.keys())


def _action(action: Action) -> str:
    policy = action.policy
    marks = [mark for mark in ("protected", "log", "fresh", "implied") if getattr(policy, mark)]
    return _line(
        policy.name, policy.reach, _said(policy.roles), _said(policy.purposes), _said(policy.writes),
        _said(policy.opens), _said(marks),
    )  # fmt: skip


def _item(item: Item) -> str:
    sealed = ["whole"] if item.secret else [part.name for part in item.parts if part.secret]
    covered = "covered" if item.covered else "-"
    return _line(item.name, _said(item.readers), _said(item.purposes), _said(item.ranks), covered, _said(sealed))


def _table(table: Table) -> str:
    commands = [f"{command}({','.join(columns)})" if columns else command for command, columns in table.writes]
    writers = _said(table.areas) if table.areas else f"switch {table.switch}" if table.switch else "anybody"
    but = f" but anybody {' '.join(table.freely)}" if table.freely else ""
    but += f" but {' '.join(sorted(table.leaves))} delete" if table.leaves else ""
    return _line(table.name, _rows(table.rows), _said(commands), writers + but, _keeps(table.keeps))


def _keeps(condition: str) -> str:
    if "source_id" in condition:
        return "own-source"
    if "party_id" in condition:
        return "own-self-or-house"
    return "own" if condition else "-"


def _rows(rows: Rows) -> str:
    match rows:
        case Anybody():
            return "anybody"
        case AnyAct():
            return "any-act"
        case AnyCustomer():
            return "any-customer"
        case Opened(areas=areas) | ActedFor(areas=areas):
            word = "acted" if isinstance(rows, ActedFor) else "opened"
            return " ".join([word, *sorted(areas), *_marks(self=getattr(rows, "self", ""))])
        case OfAccount(areas=areas):
            return f"account {_said(areas)}"
        case Switched(name=name):
            return f"switch {name}"
        case Logged():
            return "log"
        case Customers(own=own, self=self):
            whose = "stated" if "organisation_id" in own else "own"
            return " ".join(["customers", *([whose] if own else []), *(["self"] if self else [])])
        case OfOrganisation(areas=areas, veil=veil, self=self):
            return " ".join(["organisation", *sorted(areas), *_marks(veiled=veil, self=self)])
        case Within(condition=condition, switch=switch):
            return f"within {condition.partition(' from ')[2].split()[0]} {switch}".strip()
        case Nobody():
            return "nobody"


def _marks(**conditions: str) -> list[str]:
    return [name for name, condition in conditions.items() if condition]


def _said(words: object) -> str:
    found = [str(word) for word in words]  # type: ignore[attr-defined]
    return " ".join(found) or "-"


def _line(*cells: str) -> str:
    return " | ".join(cells)
