"""Keys and field encryption: named keys in versions, values sealed to their place, keyed indexes.

``Vault`` seals and opens values and makes blind indexes, digests and hashes of tokens; it is
what rooms are given. Its named keys come from a provider: ``KeyFile``, a file with strict
rights, whose keys may in turn be wrapped by a key that never leaves a hardware token
(``token.Token``). Values are sealed from ``lots``: a lot is one random secret from which
thousands of one-time keys grow, and of which a single one can be cut out for good
(``forgetting``). ``turning`` is the protocol by which a key is replaced while work goes on.
"""

from rekisteri.ground.keys.keyfile import KeyFile
from rekisteri.ground.keys.lots import Lot, Lots, LotsInDatabase, LotsInMemory
from rekisteri.ground.keys.ring import CHAINED, KEY_NAMES, SEALING, KeyProvider, Ring, Versions, Wrap
from rekisteri.ground.keys.vault import Vault

__all__ = [
    "CHAINED",
    "KEY_NAMES",
    "SEALING",
    "KeyFile",
    "KeyProvider",
    "Lot",
    "Lots",
    "LotsInDatabase",
    "LotsInMemory",
    "Ring",
    "Vault",
    "Versions",
    "Wrap",
]
