"""The inventory of keys, algorithms and certificates is whole: what the code has of them stands on its page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from rekisteri import audit, feeds, payers, rights, wiring
from rekisteri.access import openid, proofs, providers, tokens
from rekisteri.audit.witness import WITNESS_KEY_NAMES
from rekisteri.ground.keys import KEY_NAMES
from rekisteri.ground.settings import Settings
from tests.house.reading import Module, a_module, house, keep

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanation" / "cryptography.md").read_text("utf-8")
LIBRARIES = ("cryptography.hazmat.primitives", "argon2", "pyrage", "pyotp", "signxml.algorithms")
"""Where primitives come from."""
NO_PRIMITIVES = frozenset(
    {"Encoding", "encrypt", "decrypt", "serialization", "hashes", "rsa", "RecipientError", "InvalidHashError",
     "VerificationError", "Ed25519PublicKey", "SignatureMethod", "CanonicalizationMethod", "SignatureConstructionMethod"}
)  # fmt: skip
"""Forms of keys, errors, the other half of a pair, and lists whose members are named by attribute."""


def primitives(modules: Iterable[Module]) -> Iterator[str]:
    """What the house takes from libraries of cryptography, by the name it is used under."""
    for module in modules:
        for node in ast.walk(module.tree):
            match node:
                case ast.ImportFrom(module=str(source), names=names) if source.startswith(LIBRARIES):
                    yield from (one.name for one in names if one.name not in NO_PRIMITIVES)
                case ast.Import(names=names):
                    yield from (one.name for one in names if one.name.startswith(LIBRARIES))
                case ast.Attribute(value=ast.Name(id="SignatureMethod" | "CanonicalizationMethod"), attr=name):
                    yield name


def untold(names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if f"`{name}`" not in PAGE})


def test_every_key_and_every_file_of_keys_stands_in_the_inventory_with_its_period() -> None:
    names = {*KEY_NAMES, *audit.LOG_KEY_NAMES, *WITNESS_KEY_NAMES, *payers.OFFICE_KEY_NAMES, *feeds.KEY_NAMES}
    assert len(names) >= 9
    keep("Write the key into the inventory:", untold(names))
    rows = {row.split("`")[1]: row for row in PAGE.splitlines() if row.startswith("| `")}
    for name in names:
        assert re.search(r"\| \d years? \|", rows[name]), name
    made = set(re.findall(r'^[A-Z_]*KEYS = "([\w.-]+)"', Path(wiring.__file__).read_text("utf-8"), re.MULTILINE))
    assert made and made <= set(wiring.KEY_FILES), "a file of keys that no backup of keys holds"
    keep("Write the file into the inventory:", untold(name for name in wiring.KEY_FILES if name != rights.ERASED_FILE))


def test_every_primitive_and_algorithm_in_use_stands_in_the_inventory() -> None:
    assert {"AESGCM", "HKDF", "Ed25519PrivateKey", "PasswordHasher", "pyotp"} <= set(primitives(house()))
    keep("Write the primitive into the inventory:", untold(primitives(house())))
    told = {*proofs.ALGORITHMS, *tokens.ALGORITHMS, *providers.SIGNATURES, *openid.OPENERS}
    keep("Write the algorithm into the inventory:", untold(told))
    assert f"RSA of {proofs.RSA_BITS_MIN} bits" in PAGE and f"RSA of {openid.PROVIDERS_RSA_BITS_MIN} bits" in PAGE


def test_every_setting_that_names_a_certificate_stands_in_the_inventory() -> None:
    named = [name for name, field in Settings.model_fields.items() if "(PEM)" in (field.description or "")]
    assert len(named) >= 6
    keep("Write the setting into the inventory:", untold(f"REKISTERI_{name.upper()}" for name in named))


def test_the_law_sees_a_primitive_that_is_not_told() -> None:
    sins = """
import pyotp
from argon2 import low_level
from cryptography.hazmat.primitives.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
SignatureMethod.RSA_SHA1
"""
    found = list(primitives([a_module("rekisteri.ground.sinner", sins)]))
    assert untold(found) == ["RSA_SHA1", "TripleDES", "low_level"]
