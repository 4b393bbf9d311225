"""Catalogue: each data item declared once, as typed data; the rest of the house is derived.

Lives here: the words (purposes, roles, sources, retention), the items, the checks of their
values, the reasons a value is not taken, the assembly of a customer's sayings from checked
parts, and which database column holds which item. Tables owned: none. Public: everything
named below. Called by every room above; knows only ground.
"""

from rekisteri.catalogue.assemble import Rules, Sayings, assemble, judge
from rekisteri.catalogue.columns import BARE_BYTES, COLUMNS, KEYED, TECHNICAL
from rekisteri.catalogue.items import ITEMS
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
    PARTY_KINDS,
    PURPOSES,
    RETENTIONS,
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
    "KEYED",
    "LISTS",
    "LIST_MARK",
    "MANY_MAX",
    "NO",
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
    "each",
    "find_path",
    "heading",
    "item_of_path",
    "judge",
    "layout",
    "load_recipients",
    "masked",
    "masked_content",
    "muster",
    "objects",
    "placed_path",
    "plainly",
    "with_secrets",
    "without_secrets",
]
