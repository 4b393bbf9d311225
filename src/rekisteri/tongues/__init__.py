"""Tongues: the three languages of the faces, and what the rooms say when they refuse, in each of them.

Lives here: the texts' translations, dates and numbers as each language writes them, the phrasebook of refusals.
Tables owned: none. Public: what is named below. Called by the faces.
"""

from rekisteri.tongues.names import ACTION_OF_NAME, ACTIONS, REFUSALS
from rekisteri.tongues.refusals import Phrasebook, Said, phrasebook
from rekisteri.tongues.tongue import FOLDER, LANGUAGES, NAMES, Tongue, choose, load

__all__ = [
    "ACTIONS",
    "ACTION_OF_NAME",
    "FOLDER",
    "LANGUAGES",
    "NAMES",
    "REFUSALS",
    "Phrasebook",
    "Said",
    "Tongue",
    "choose",
    "load",
    "phrasebook",
]
