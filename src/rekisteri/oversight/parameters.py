"""The parameters of odd looks: data that the data protection officer changes, not code."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from types import MappingProxyType

from rekisteri.access import Read, Write
from rekisteri.ground.errors import Rejected


@dataclass(frozen=True, slots=True)
class Parameters:
    """What counts as odd."""

    namesakes_most: int = 3
    """A name more persons bear than this tells nobody apart: no household and no colleague is known by it."""
    surname_most: int = 200
    """A surname at most so many persons bear makes its bearers kin."""
    search_most: int = 2
    """A search that showed at most so many customers was a look at them."""
    spike_least: int = 60
    """Fewer different customers a day are never a spike."""
    spike_factor: int = 3
    """So many times the account's usual day is one."""
    history_days: int = 28
    """The usual day is the middle one of so many days before; a case of so many days before explains a look."""
    night_from: int = 21
    """Off hours begin (Finnish time) …"""
    night_until: int = 6
    """… and end; weekends are off hours whole."""
    night_least: int = 6
    """So many different customers in one day's off hours are bulk at night."""


BOUNDS = MappingProxyType(
    {
        "namesakes_most": (1, 50),
        "surname_most": (1, 5_000),
        "search_most": (1, 50),
        "spike_least": (5, 10_000),
        "spike_factor": (2, 100),
        "history_days": (7, 120),
        "night_from": (12, 24),
        "night_until": (0, 12),
        "night_least": (2, 1_000),
    }
)
"""Between which values each may be set."""


def parameters(tx: Read) -> Parameters:
    """The parameters in force."""
    known = {field.name for field in fields(Parameters)}
    told = dict(tx.tuples("select name, value from oversight.parameter"))
    return Parameters(**(asdict(Parameters()) | {name: value for name, value in told.items() if name in known}))


def set_parameter(tx: Write, name: str, value: int) -> None:
    """Set one. Raises ``Rejected`` for a name there is none of, or a value out of its bounds."""
    if name not in BOUNDS:
        raise Rejected(f"The parameters are {', '.join(BOUNDS)}.", field="name")
    least, most = BOUNDS[name]
    if not least <= value <= most:
        raise Rejected(f"{name} is between {least} and {most}.", field="value")
    tx.run(
        """
        insert into oversight.parameter (name, value, changed_at, account_id)
        values (%(name)s, %(value)s, %(at)s, %(account_id)s)
        on conflict (name) do update
        set value = excluded.value, changed_at = excluded.changed_at, account_id = excluded.account_id
        """,
        name=name,
        value=value,
        at=tx.at,
        account_id=tx.act.viewer.account_id,
    )
    tx.note(parameter=name, value=value)
