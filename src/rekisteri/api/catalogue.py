"""The catalogue: every data item the register may hold, why, from whom, for whom and how long."""

from __future__ import annotations

from pydantic import Field
from starlette.responses import Response

from rekisteri.access import Action
from rekisteri.api.calling import Calling
from rekisteri.api.desk import Answer, Desk, told
from rekisteri.catalogue import (
    EXPLANATIONS,
    ITEMS,
    PURPOSES,
    RETENTIONS,
    ROLES,
    SOURCES,
    Choice,
    Item,
    Part,
    PartyKind,
    Purpose,
    Reason,
    Role,
    SourceKind,
    Text,
    layout,
)

desk = Desk("catalogue")


class Texts(Answer):
    """One text in three languages."""

    fi: str = Field(examples=["Sukunimi"])
    sv: str = Field(examples=["Efternamn"])
    en: str = Field(examples=["Surname"])


class PartAnswer(Answer):
    """One part of an item: one column of the standard layout."""

    name: str = Field(description="Empty for an item of one part.")
    path: str = Field(examples=["permanent_address.street"])
    column: str = Field(description="Heading in the standard layout.", examples=["osoite_katu"])
    label: Texts
    kind: str = Field(examples=["street"])
    codes: dict[str, Texts]
    secret: bool
    required: bool


class ItemAnswer(Answer):
    """A declared data item."""

    name: str = Field(examples=["surname"])
    label: Texts
    need: Texts = Field(description="Why the item is needed.")
    kinds: list[PartyKind]
    purposes: list[Purpose]
    sources: list[SourceKind] = Field(description="Who may state it, the most believed first.")
    readers: list[Role]
    choice: Choice = Field(description="How one value is chosen where several sources speak.")
    covered: bool = Field(description="Whether a non-disclosure order covers it.")
    secret: bool
    retention_years: int
    retention_ground: Texts
    parts: list[PartAnswer]


class ReasonAnswer(Answer):
    """Why a value is not taken, and how to mend it."""

    what: Texts
    mend: Texts


class CatalogueAnswer(Answer):
    """The catalogue whole."""

    items: list[ItemAnswer]
    layout: list[str] = Field(description="Headings of the standard layout, in order.")
    purposes: dict[Purpose, Texts]
    roles: dict[Role, Texts]
    sources: dict[SourceKind, Texts]
    reasons: dict[Reason, ReasonAnswer]


@desk.get("/catalogue", Action.CATALOGUE_READ, CatalogueAnswer)
def catalogue(caller: Calling) -> Response:
    """Every data item, the standard layout of files, and the words the register uses."""
    with caller.read(Action.CATALOGUE_READ):
        whole = CatalogueAnswer(
            items=[_item(item) for item in ITEMS],
            layout=[column for column, _, _ in layout()],
            purposes={purpose: _texts(text) for purpose, text in PURPOSES.items()},
            roles={role: _texts(text) for role, text in ROLES.items()},
            sources={source: _texts(text) for source, text in SOURCES.items()},
            reasons={
                reason: ReasonAnswer(what=_texts(told_.what), mend=_texts(told_.mend))
                for reason, told_ in EXPLANATIONS.items()
            },
        )
    return told(whole)


def _item(item: Item) -> ItemAnswer:
    retention = RETENTIONS[item.retention]
    return ItemAnswer(
        name=item.name,
        label=_texts(item.label),
        need=_texts(item.need),
        kinds=sorted(item.kinds),
        purposes=sorted(item.purposes),
        sources=list(item.ranks),
        readers=sorted(item.readers),
        choice=item.choice,
        covered=item.covered,
        secret=item.secret,
        retention_years=retention.years,
        retention_ground=_texts(retention.ground),
        parts=[_part(item, part) for part in item.parts],
    )


def _part(item: Item, part: Part) -> PartAnswer:
    return PartAnswer(
        name=part.name,
        path=item.path(part),
        column=part.column,
        label=_texts(part.label),
        kind=part.kind.name,
        codes={code: _texts(text) for code, text in part.kind.codes.items()},
        secret=part.secret,
        required=part.name in item.required_parts,
    )


def _texts(text: Text) -> Texts:
    return Texts(fi=text.fi, sv=text.sv, en=text.en)
