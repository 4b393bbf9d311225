"""Catalogue: each data item declared once, as typed data; the rest of the house is derived.

Lives here: the words (purposes, roles, sources, retention), the items, the checks of their
values, the reasons a value is not taken, the assembly of a customer's sayings from checked
parts, and which database column holds which item. Tables owned: none. Public: everything
named below. Called by every room above; knows only ground.
"""

from rekisteri.catalogue.assemble import Rules, Sayings, assemble, judge
from rekisteri.catalogue.columns import BARE_BYTES, COLUMNS, KEYED, TECHNICAL
from rekisteri.catalogue.items import ITEMS
from rekisteri.catalogue.keeping import KEPT, RETENTIONS, TERMS, Retention, due_on, last_due, months_later, term
from rekisteri.catalogue.lookup import BY_NAME, BY_PATH, COVERED, OWN, STATED_BY_CLIENTS, heading, item_of_path, layout
from rekisteri.catalogue.model import Choice, Content, Item, Kind, Part, Scalar, Value
from rekisteri.catalogue.muster import FLAGS, LIST_MARK, LISTS, NO, SECRETS, YES, Columns, Muster, as_text, muster
from rekisteri.catalogue.plainly import plainly
from rekisteri.catalogue.reasons import EXPLANATIONS, Explanation, Fault, Reason
from rekisteri.catalogue.recipients import FILE as RECIPIENTS_FILE
from rekisteri.catalogue.recipients import FileForm, Recipient, Way
from rekisteri.catalogue.recipients import load as load_recipients
from rekisteri.catalogue.several import (
    MANY_MAX,
    each,
    find_path,
    masked,
    masked_content,
    objects,
    placed_path,
    with_secrets,
    without_secrets,
)
from rekisteri.catalogue.vocabulary import (
    BASES,
    OBJECTABLE,
    PARTY_KINDS,
    PURPOSES,
    ROLES,
    SOURCES,
    Disclosure,
    PartyKind,
    Purpose,
    Role,
    SourceKind,
    Text,
)

__all__ = [
    "BARE_BYTES",
    "BASES",
    "BY_NAME",
    "BY_PATH",
    "COLUMNS",
    "COVERED",
    "EXPLANATIONS",
    "FLAGS",
    "ITEMS",
    "KEPT",
    "KEYED",
    "LISTS",
    "LIST_MARK",
    "MANY_MAX",
    "NO",
    "OBJECTABLE",
    "OWN",
    "PARTY_KINDS",
    "PURPOSES",
    "RECIPIENTS_FILE",
    "RETENTIONS",
    "ROLES",
    "SECRETS",
    "SOURCES",
    "STATED_BY_CLIENTS",
    "TECHNICAL",
    "TERMS",
    "YES",
    "Choice",
    "Columns",
    "Content",
    "Disclosure",
    "Explanation",
    "Fault",
    "FileForm",
    "Item",
    "Kind",
    "Muster",
    "Part",
    "PartyKind",
    "Purpose",
    "Reason",
    "Recipient",
    "Retention",
    "Role",
    "Rules",
    "Sayings",
    "Scalar",
    "SourceKind",
    "Text",
    "Value",
    "Way",
    "as_text",
    "assemble",
    "due_on",
    "each",
    "find_path",
    "heading",
    "item_of_path",
    "judge",
    "last_due",
    "layout",
    "load_recipients",
    "masked",
    "masked_content",
    "months_later",
    "muster",
    "objects",
    "placed_path",
    "plainly",
    "term",
    "with_secrets",
    "without_secrets",
]
