"""A row of a directory to what it says of a company: pure, nothing is looked up.

Of the e-invoice directory (sources: its published files) an address with its operator; of the business information
system names, addresses, the day of dissolution and insolvency. Nothing else of the row is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rekisteri.catalogue import BY_NAME, BY_PATH, Content, Fault, Reason, Rules, Scalar, judge
from rekisteri.ground import numbers
from rekisteri.sources.directories.layout import Directory, Layout, Placed
from rekisteri.sources.directories.paths import first, nodes

OVT_DIGITS = range(10, 16)
"""Digits of an OVT (0037, business ID, at most five more) without the zeros it begins with."""
OVT_COUNTRY = "37"
AUXILIARY_MAX = 20

Parts = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says of a company; ``rank`` orders several rows of one company, the least first."""

    content: Content
    rank: int = 0


def code(placed: Placed, row: Mapping[str, object]) -> str | None:
    """The business ID of a row; None for what is none."""
    return numbers.ytunnus(placed.first(row, row, "ytunnus"))


def observe(layout: Layout, placed: Placed, row: Mapping[str, object], rules: Rules) -> list[Said] | Fault:
    """What a row says, none where it says nothing that is kept; or what is wrong with it."""
    if layout.directory is Directory.EINVOICE:
        return _routes(layout, placed, row, rules)
    return _business(layout, placed, row, rules)


def _routes(layout: Layout, placed: Placed, row: Mapping[str, object], rules: Rules) -> list[Said] | Fault:
    """The addresses at which a company receives e-invoices."""
    found: list[Said] = []
    for view in placed.views(row):
        receives = placed.first(row, view, "receives").casefold()
        if receives and receives not in layout.receiving:
            continue
        told = {
            "einvoice_address.address": _whole(layout, placed.first(row, view, "address")),
            "einvoice_address.operator": _whole(layout, placed.first(row, view, "operator")),
        }
        if not any(told.values()):
            continue
        said = _stated("einvoice_address", told, rules)
        if isinstance(said, Fault):
            return said
        operator = told["einvoice_address.operator"]
        first_ones = layout.operators_first
        rank = first_ones.index(operator) if operator in first_ones else len(first_ones)
        found.append(Said(said, rank))
    return found


def _whole(layout: Layout, value: str) -> str:
    """An OVT with the zeros a spreadsheet has lost."""
    lost = layout.restore_zeros and value.isdigit() and value.startswith(OVT_COUNTRY) and len(value) in OVT_DIGITS
    return f"00{value}" if lost else value


def _business(layout: Layout, placed: Placed, row: Mapping[str, object], rules: Rules) -> list[Said] | Fault:
    told: list[tuple[str, Mapping[str, str]]] = []
    if name := placed.first(row, row, "name"):
        told.append(("organisation_name", {"organisation_name": name}))
    if gone := placed.first(row, row, "dissolved_on"):
        told.append(("dissolution_date", {"dissolution_date": gone}))
    for item, field in (("permanent_address", "visiting"), ("postal_address", "postal")):
        for node in _of(placed, row, field)[:1]:
            if parts := _address(layout.address, node):
                told.append((item, {f"{item}.{part}": text for part, text in parts.items()}))
    for node in _of(placed, row, "situations"):
        kind = layout.situations.get(first(node, layout.situation.get("type", ())))
        if kind is not None:
            since = first(node, layout.situation.get("since", ()))
            told.append(("insolvency", {"insolvency.kind": kind} | ({"insolvency.valid_from": since} if since else {})))
            break
    content: Content = {}
    for item, stated in told:
        said = _stated(item, stated, rules)
        if isinstance(said, Fault):
            return said
        content |= said
    names = _names(placed.texts(row, row, "auxiliary_names")[:AUXILIARY_MAX])
    if isinstance(names, Fault):
        return names
    if names:
        content["auxiliary_names"] = names
    return [Said(content)] if content else []


def _of(placed: Placed, row: object, field: str) -> list[object]:
    return [node for path in placed.paths(field) for node in nodes(row, path)]


def _names(told: Sequence[str]) -> list[str] | Fault:
    """Auxiliary names, each once."""
    found: dict[str, None] = {}
    for name in told:
        value = BY_PATH["organisation_name"][1].kind.parse(name)
        if isinstance(value, Reason):
            return Fault(value, "auxiliary_names")
        found[str(value)] = None
    return list(found)


def _address(parts: Parts, node: object) -> dict[str, str]:
    """An address as it stands on an envelope: a post office box before a street; empty where there is neither."""

    def told(name: str) -> str:
        return first(node, parts.get(name, ()))

    free = told("free")
    box = told("box")
    flat = f"{told('apartment')}{told('suffix')}"
    street = _joined([told("street"), told("number"), told("entrance"), flat])
    line = f"PL {box}" if box else free or street
    if not line:
        return {}
    found = {"street": line, "care_of": told("care_of"), "postcode": told("postcode"), "town": told("town"),
             "country": told("country")}  # fmt: skip
    return {name: text for name, text in found.items() if text}


def _joined(words: Iterable[str]) -> str:
    return " ".join(word for word in words if word)


def _stated(item: str, told: Mapping[str, str], rules: Rules) -> Content | Fault:
    """An item's value from texts by path, checked as everybody's; or what is wrong."""
    scalars: dict[str, Scalar] = {}
    for path, text in told.items():
        if not text:
            continue
        value = BY_PATH[path][1].kind.parse(text)
        if isinstance(value, Reason):
            return Fault(value, path)
        scalars[path] = value
    judged = judge(BY_NAME[item], scalars, rules)
    return judged if isinstance(judged, Fault) else judged[0]
