"""Knowledge goes down the staircase only, and through the front door."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from tests.house.reading import PACKAGE, SIMULATORS, STEP, STEPS, Module, a_module, house, keep, room_of

# The demo command alone sets up the outside world beside the register.
DEMO = "rekisteri.cli.demo"
# Two commands start the faces that stand beside them; no face knows another otherwise.
STARTERS = frozenset({"rekisteri.cli.serve", DEMO})
FACES = STEPS[STEP["cli"]]
# Ground's modules are the house's tools and each is public; the others speak for their room.
OPEN_ROOMS = frozenset({"ground"})

OLD_SINS: frozenset[str] = frozenset()


def imports(module: Module) -> Iterator[tuple[ast.stmt, str]]:
    """Every name of the house that a module imports, in full."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module.name.split(".")[: None if module.door else -1]
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node, f"{base}.{alias.name}") for alias in node.names)


def faults(modules: Iterable[Module]) -> Iterator[str]:
    modules = tuple(modules)
    closed = {module.name for module in modules if not module.door}
    shown = {name for module in modules if module.door for name in shown_by(module)}
    for module in modules:
        if module.room and module.room not in STEP and module.room != SIMULATORS:
            yield f"{module.name}: the room '{module.room}' stands on no step of the staircase"
            continue
        for node, name in imports(module):
            room = room_of(name)
            if room in {"", module.room} or not name.startswith(f"{PACKAGE}.") or room == "__version__":
                continue
            if not may_know(module, room):
                yield f"{module.at(node)} knows {name}, which is not below it"
            elif room not in OPEN_ROOMS and (back_door := by_back_door(name, closed, shown)):
                yield f"{module.at(node)} goes past the front door of '{room}' to {back_door}"


def shown_by(door: Module) -> Iterator[str]:
    """What a front door shows: the names it takes from its own modules, as its own."""
    for node in ast.walk(door.tree):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{door.name}.{alias.asname or alias.name}" for alias in node.names)


def may_know(module: Module, room: str) -> bool:
    if room == SIMULATORS:
        return module.name == DEMO
    if module.room == SIMULATORS:
        return room == "ground"
    if module.name in STARTERS and room in FACES:
        return True
    return room in STEP and STEP[room] < STEP.get(module.room, 0)


def by_back_door(name: str, closed: set[str], shown: set[str]) -> str | None:
    """The module of another room that is named past its package, if one is."""
    parts = name.split(".")
    names = [".".join(parts[:end]) for end in range(3, len(parts) + 1)]
    # A function may bear the name of its module: at the end, what the door shows is the door's.
    return next((found for found in names if found in closed and not (found == name and found in shown)), None)


def test_every_room_knows_only_rooms_below_it_and_by_their_front_door() -> None:
    keep("Knowledge goes down the staircase, by the front door:", faults(house()), OLD_SINS)


def test_the_law_sees_a_step_up_a_back_door_an_unknown_room_and_a_stray_simulator() -> None:
    modules = [
        a_module("rekisteri.parties", "from rekisteri.parties.card import card", door=True),
        a_module("rekisteri.parties.card", ""),
        a_module("rekisteri.matching.place", "from rekisteri.parties import card"),
        a_module("rekisteri.parties.store", ""),
        a_module("rekisteri.audit.events", "from rekisteri import parties\nfrom rekisteri.ground import clock"),
        a_module("rekisteri.audit", "from .. import parties", door=True),
        a_module("rekisteri.rights.report", "from rekisteri.parties.store import Party"),
        a_module("rekisteri.rights.retain", "from rekisteri.parties.card import Card"),
        a_module("rekisteri.rights.erase", "from rekisteri.parties import store, Party"),
        a_module("rekisteri.web.pages", "from rekisteri import api, parties"),
        a_module("rekisteri.utils.text", ""),
        a_module("rekisteri.cli.serve", "from rekisteri import api, simulators, web"),
        a_module("rekisteri.cli.show", "from rekisteri import web"),
        a_module("rekisteri.cli.demo", "from rekisteri import simulators"),
        a_module("rekisteri.simulators.vtj", "from rekisteri import parties\nfrom rekisteri import ground"),
        a_module("rekisteri.ground.clock", "def f():\n    import rekisteri.access"),
    ]
    assert sorted(faults(modules)) == [
        "rekisteri.audit.events:1 knows rekisteri.parties, which is not below it",
        "rekisteri.audit:1 knows rekisteri.parties, which is not below it",
        "rekisteri.cli.serve:1 knows rekisteri.simulators, which is not below it",
        "rekisteri.cli.show:1 knows rekisteri.web, which is not below it",
        "rekisteri.ground.clock:2 knows rekisteri.access, which is not below it",
        "rekisteri.rights.erase:1 goes past the front door of 'parties' to rekisteri.parties.store",
        "rekisteri.rights.report:1 goes past the front door of 'parties' to rekisteri.parties.store",
        "rekisteri.rights.retain:1 goes past the front door of 'parties' to rekisteri.parties.card",
        "rekisteri.simulators.vtj:1 knows rekisteri.parties, which is not below it",
        "rekisteri.utils.text: the room 'utils' stands on no step of the staircase",
        "rekisteri.web.pages:1 knows rekisteri.api, which is not below it",
    ]
