"""Only hash functions that OWASP ASVS 5.0 (appendix C) approves are used, by whatever road they are named."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from tests.house.reading import Module, a_module, dotted, house, keep

APPROVED = frozenset({"sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s"})
CALLED = frozenset({"file_digest", "new", "pbkdf2_hmac"})
"""What of ``hashlib`` is no hash function itself, and is told one."""
LIBRARIES = frozenset({"hashlib", "hashes"})
"""Where hash functions are named: the standard library's module, and that of ``cryptography``."""
NO_HASHES = frozenset({"exists"})
"""What a variable of that name is asked."""
FORSAKEN = ("md5", "sha1", "sha224", "ripemd160")
CODES_OF_APPS = "rekisteri.access.factors"
"""Where one-time codes are made (RFC 6238), as the apps that people have make them: with HMAC-SHA-1, which the appendix calls
legacy, kept for what is there already."""

LIST_OF_LEAKS = ("rekisteri.access.leaked", "sha1")
"""A public list of leaked passwords is kept by SHA-1, and looked up by it; it protects nothing here."""


def faults(modules: Iterable[Module]) -> Iterator[str]:
    for module in modules:
        for node in ast.walk(module.tree):
            for name in named(node):
                if (module.name, name) == LIST_OF_LEAKS:
                    continue
                if name.lower().replace("-", "") not in APPROVED:
                    yield f"{module.at(node)} uses {name}"
        if "pyotp" in module.text and module.name != CODES_OF_APPS:
            yield f"{module.name} makes codes with HMAC-SHA-1"


def named(node: ast.AST) -> Iterator[str]:
    """The hash functions a node names: an attribute of a library, what is imported from one, or a text."""
    match node:
        case ast.Attribute(attr=name) if dotted(node).rpartition(".")[0] in LIBRARIES:
            if name not in CALLED | NO_HASHES:
                yield name
        case ast.ImportFrom(module="hashlib", names=names):
            yield from (one.name for one in names)
        case ast.Constant(value=str(text)) if any(one in text.lower().replace("-", "") for one in FORSAKEN):
            yield text


def test_only_approved_hash_functions_are_used() -> None:
    keep("A hash function is one of those approved:", faults(house()))


def test_the_law_sees_others_by_every_road() -> None:
    sins = """
import hashlib
import pyotp
from hashlib import sha1
from cryptography.hazmat.primitives import hashes
hashlib.md5(b"")
hashlib.new("sha-1", b"")
hashes.SHA1()
hashlib.file_digest(source, "sha256")
hashes.SHA256()
"""
    found = list(faults([a_module("rekisteri.ground.sinner", sins)]))
    assert [one.rpartition(" ")[2] for one in found] == ["sha1", "md5", "sha-1", "SHA1", "HMAC-SHA-1"], found
