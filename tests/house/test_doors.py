"""A route does the act it says: its handler opens the door for that one, and for the few that are told here."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from tests.house.reading import Module, a_module, house, keep

BESIDE = {
    "read": {"CUSTOMER_HISTORY"},
    "carry_out_erasure": {"RIGHTS_REQUEST"},
}
"""Handlers that go through the door for another act too: the card as it was once is history; an erasure is read back as the
request it was of. The door decides of each."""


def acts_of(nodes: Iterable[ast.AST]) -> set[str]:
    """The acts named anywhere in these nodes."""
    return {
        one.attr
        for node in nodes
        for one in ast.walk(node)
        if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == "Action"
    }


def faults(modules: Iterable[Module]) -> Iterator[str]:
    for module in modules:
        if module.room != "api":
            continue
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.FunctionDef):
                continue
            said = acts_of(node.decorator_list)
            if len(said) > 1:
                yield f"{module.at(node)} {node.name} says {', '.join(sorted(said))}"
            done = acts_of(node.body) - said - BESIDE.get(node.name, set())
            if said and done:
                yield f"{module.at(node)} {node.name} says {', '.join(said)} and does {', '.join(sorted(done))}"


def test_every_handler_of_the_api_does_the_act_its_route_says() -> None:
    keep("A route does the act it says:", faults(house()))


def test_the_law_sees_a_handler_that_does_another_act() -> None:
    sin = """
@desk.get("/customers/{party_id}", Action.CUSTOMER_READ)
def card(party_id, caller):
    with caller.read(Action.CUSTOMER_PROTECTED) as tx:
        return tx
"""
    found = list(faults([a_module("rekisteri.api.sinner", sin)]))
    assert found == ["rekisteri.api.sinner:3 card says CUSTOMER_READ and does CUSTOMER_PROTECTED"], found
