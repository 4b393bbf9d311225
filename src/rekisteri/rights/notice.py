"""The privacy notice, written from what is declared: it cannot say what the register does not do.

Three forms of one truth: the register description of twelve sections that people know (the
form of the Personal Data Act 523/1999 §§ 10 and 24), the notice of GDPR articles 13 and 14,
and the record of processing of article 30 with the information-pool description
(Information Management Act 906/2019 § 5). Pure: the same declaration gives the same document.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rekisteri.catalogue import (
    BASES,
    ITEMS,
    PARTY_KINDS,
    PURPOSES,
    RETENTIONS,
    ROLES,
    SOURCES,
    Item,
    PartyKind,
    Purpose,
    Recipient,
    Role,
    SourceKind,
    Text,
)
from rekisteri.ground.egress import Connection
from rekisteri.rights import phrases as p
from rekisteri.rights.document import Document, Entry, Section, Table, joined, same
from rekisteri.rights.house import Contact, House


class Form(StrEnum):
    """Which document."""

    DESCRIPTION = "description"
    """The old form of twelve sections."""
    NOTICE = "notice"
    """GDPR articles 13 and 14."""
    RECORD = "record"
    """GDPR article 30, with the information-pool description."""


@dataclass(frozen=True, slots=True)
class Declared:
    """Everything the documents are written from."""

    house: House
    permission: str | None
    """Number of the permission to the population register; None where it is not used."""
    connections: Sequence[Connection] = ()
    items: Sequence[Item] = ITEMS
    recipients: Sequence[Recipient] = ()
    """Who is told of customers, for a client organisation that invoices or collects (register description § 7)."""


def document(form: Form, declared: Declared) -> Document:
    """The document of a form, in the three languages."""
    match form:
        case Form.DESCRIPTION:
            return Document(form, p.DESCRIPTION_TITLE, tuple(_description(declared)))
        case Form.NOTICE:
            return Document(form, p.NOTICE_TITLE, tuple(_notice(declared)))
        case Form.RECORD:
            return Document(form, p.RECORD_TITLE, tuple(_record(declared)))


def _description(declared: Declared) -> Iterable[Section]:
    """The twelve sections, in the words the operator's own form uses."""
    house = declared.house
    yield Section("1", p.CONTROLLER, entries=_controller(house))
    yield Section("2", p.CONTACT, entries=_contact(house.contact))
    yield Section("3", p.REGISTER_NAME, (house.register_name.text,))
    yield Section("4", p.PURPOSE, (p.PURPOSE_TOLD,), entries=_purposes((Purpose.INVOICING, Purpose.COLLECTION)))
    yield Section("5", p.CONTENT, (p.CONTENT_TOLD,), tables=(_content(declared.items),))
    yield Section("6", p.SOURCES, entries=_sources(declared.items))
    yield Section("7", p.DISCLOSURES, (p.NO_DISCLOSURES, *_told(declared), p.ONE_OFF), tables=_systems(declared))
    yield Section("8", p.TRANSFERS, (p.NO_TRANSFERS,), tables=_recipients(declared.connections))
    yield Section(
        "9",
        p.PROTECTION,
        (p.MANUAL, *_vtj(declared.permission), p.COMPUTER, p.NON_DISCLOSURE),
        entries=_roles(),
    )
    yield Section("10", p.ACCESS, (p.ACCESS_TOLD, p.ACCESS_WHERE), entries=_contact(house.contact))
    yield Section("11", p.RECTIFICATION, (p.RECTIFICATION_TOLD,))
    yield Section("12", p.OTHER, (p.OTHER_TOLD, p.COMPLAINT), entries=_authority(house))


def _notice(declared: Declared) -> Iterable[Section]:
    """Every point of articles 13(1)–(2) and 14(1)–(2), each named by its own."""
    house = declared.house
    yield Section("13.1.a 14.1.a", p.CONTROLLER, entries=(*_controller(house), *_contact(house.contact)))
    yield Section("13.1.b 14.1.b", p.OFFICER, entries=_contact(house.officer))
    yield Section("13.1.c 14.1.c", p.PURPOSE, (p.PURPOSE_TOLD,), entries=_purposes(Purpose, basis=True))
    yield Section("14.1.d", p.CONTENT, (p.CONTENT_TOLD,), tables=(_content(declared.items),))
    yield Section(
        "13.1.e 14.1.e",
        p.RECIPIENTS,
        (p.RECIPIENTS_TOLD, p.ONE_OFF),
        tables=(*_systems(declared), *_recipients(declared.connections)),
    )
    yield Section("13.1.f 14.1.f", p.TRANSFERS, (p.NO_TRANSFERS,))
    yield Section("13.2.a 14.2.a", p.KEPT, entries=_retentions())
    yield Section("14.2.f", p.SOURCES, entries=_sources(declared.items))
    yield Section("13.2.b 14.2.c", p.RIGHTS, (p.ACCESS_TOLD, p.RECTIFICATION_TOLD, p.OTHER_TOLD, p.NO_PORTABILITY))
    yield Section("13.2.d 14.2.e", p.COMPLAIN, (p.COMPLAINT,), entries=_authority(house))
    yield Section("13.2.c 14.2.d", p.CONSENT, (p.NO_CONSENT,))
    yield Section("13.2.e", p.DUTY, (p.DUTY_TOLD,))
    yield Section("13.2.f 14.2.g", p.DECISIONS, (p.NO_DECISIONS,))
    yield Section("32", p.PROTECTION, (p.COMPUTER, p.NON_DISCLOSURE), entries=_roles())


def _record(declared: Declared) -> Iterable[Section]:
    """Article 30(1)(a)–(g), then what an information pool's description adds."""
    house = declared.house
    yield Section("30.1.a", p.CONTROLLER, entries=(*_controller(house), *_contact(house.officer)))
    yield Section("30.1.b", p.PURPOSE, entries=_purposes(Purpose, basis=True))
    yield Section("30.1.c", p.CONTENT, (p.SUBJECTS_TOLD,), tables=(_catalogue(declared.items),))
    yield Section(
        "30.1.d", p.RECIPIENTS, (p.RECIPIENTS_TOLD,), tables=(*_systems(declared), *_recipients(declared.connections))
    )
    yield Section("30.1.e", p.TRANSFERS, (p.NO_TRANSFERS,))
    yield Section("30.1.f", p.KEPT, entries=_retentions())
    yield Section("30.1.g", p.PROTECTION, (p.COMPUTER, p.NON_DISCLOSURE), entries=_roles())
    yield Section("pool", p.POOL, (house.register_name.text, p.POOL_TOLD, *_vtj(declared.permission)))
    yield Section("pool.sources", p.SOURCES, entries=_sources(declared.items))


def _controller(house: House) -> tuple[Entry, ...]:
    one = house.controller
    return (
        Entry(p.NAME, same(one.name)),
        Entry(p.YTUNNUS, same(one.ytunnus)),
        Entry(p.ADDRESS, same(one.address)),
        Entry(p.PHONE, same(one.phone)),
        Entry(p.EMAIL, same(one.email)),
    )


def _contact(one: Contact) -> tuple[Entry, ...]:
    told = ((p.NAME, one.name), (p.ADDRESS, one.address), (p.PHONE, one.phone), (p.EMAIL, one.email))
    return tuple(Entry(term, same(text)) for term, text in told if text)


def _authority(house: House) -> tuple[Entry, ...]:
    one = house.authority
    told = ((p.ADDRESS, one.address), (p.PHONE, one.phone), (p.EMAIL, one.email))
    return (Entry(p.NAME, one.name.text), *(Entry(term, same(text)) for term, text in told if text))


def _purposes(wanted: Iterable[Purpose], *, basis: bool = False) -> tuple[Entry, ...]:
    return tuple(Entry(PURPOSES[one], BASES[one] if basis else p.USES[one]) for one in wanted)


def _content(items: Sequence[Item]) -> Table:
    rows = tuple((item.label, item.need, joined([PARTY_KINDS[kind] for kind in _kinds(item)])) for item in items)
    return Table(p.CONTENT, (p.ITEM, p.NEED, p.OF_WHOM), rows)


def _catalogue(items: Sequence[Item]) -> Table:
    """The whole declaration: item, whose, what for, from whom, who sees, covered or not, how long and by which law."""
    rows = tuple(
        (
            item.label,
            joined([PARTY_KINDS[kind] for kind in _kinds(item)]),
            joined([PURPOSES[one] for one in Purpose if one in item.purposes]),
            joined([SOURCES[one] for one in item.ranks]),
            joined([ROLES[one] for one in Role if one in item.readers]),
            p.YES if item.covered else p.NO,
            p.kept(RETENTIONS[item.retention]),
            RETENTIONS[item.retention].ground,
        )
        for item in items
    )
    head = (p.ITEM, p.OF_WHOM, p.PURPOSE, p.SOURCES, p.READERS, p.COVERED, p.KEPT, p.GROUND)
    return Table(p.CONTENT, head, rows)


def _kinds(item: Item) -> list[PartyKind]:
    return [kind for kind in PartyKind if kind in item.kinds]


def _sources(items: Sequence[Item]) -> tuple[Entry, ...]:
    """Each source with the items it may state."""
    return tuple(
        Entry(SOURCES[source], joined([item.label for item in items if source in item.ranks]))
        for source in SourceKind
        if any(source in item.ranks for item in items)
    )


def _told(declared: Declared) -> tuple[Text, ...]:
    return (p.SYSTEMS_TOLD,) if declared.recipients else ()


def _systems(declared: Declared) -> tuple[Table, ...]:
    """Every declared recipient: who, of whose customers, why, on what ground, which items, in which country."""
    rows = tuple(
        (
            one.title.text,
            same(one.organisation),
            PURPOSES[one.purpose],
            one.ground.text,
            joined([item.label for item in one.items]),
            same(one.country),
        )
        for one in declared.recipients
    )
    head = (p.NAME, p.CLIENT, p.PURPOSE, p.LAWFUL, p.ITEMS, p.COUNTRY)
    return (Table(p.SYSTEMS, head, rows),) if rows else ()


def _recipients(connections: Sequence[Connection]) -> tuple[Table, ...]:
    """Every declared way out, by name, country and what for."""
    rows = tuple((same(one.name), same(one.country.upper()), same(one.purpose)) for one in connections)
    return (Table(p.CONNECTIONS, (p.NAME, p.COUNTRY, p.PURPOSE), rows),) if rows else ()


def _roles() -> tuple[Entry, ...]:
    """Each role with the items it may see."""
    return tuple(Entry(ROLES[role], p.ROLES_DO[role]) for role in Role if role in p.ROLES_DO)


def _retentions() -> tuple[Entry, ...]:
    return tuple(Entry(one.label, joined([p.kept(one), one.ground], ": ")) for one in RETENTIONS.values())


def _vtj(permission: str | None) -> tuple[Text, ...]:
    return () if permission is None else (p.vtj(permission),)
