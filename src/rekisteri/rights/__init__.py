"""Rights: what the data subject may ask of the register, and what the register says of itself.

Lives here: whose register it is, the notice in its three forms written from what is declared, its
versions, and the check of the promises against the running system. Tables owned: all of
schema ``rights``. Public: what is named below. Called by the faces.
"""

from rekisteri.rights.document import Document, Entry, Section, Table
from rekisteri.rights.house import FILE as HOUSE_FILE
from rekisteri.rights.house import House, load
from rekisteri.rights.notice import Declared, Form, document
from rekisteri.rights.paper import pdf, spoken, text
from rekisteri.rights.promises import Difference, differences
from rekisteri.rights.versions import (
    Change,
    Version,
    changes,
    content_of,
    contents,
    current,
    mark,
    publish,
    show,
    versions,
)

__all__ = [
    "HOUSE_FILE",
    "Change",
    "Declared",
    "Difference",
    "Document",
    "Entry",
    "Form",
    "House",
    "Section",
    "Table",
    "Version",
    "changes",
    "content_of",
    "contents",
    "current",
    "differences",
    "document",
    "load",
    "mark",
    "pdf",
    "publish",
    "show",
    "spoken",
    "text",
    "versions",
]
