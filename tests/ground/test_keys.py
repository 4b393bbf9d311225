"""Keys: sealed to their place, replaced while work goes on, cut out for good."""

from __future__ import annotations

import base64
import json
import os
import random
from pathlib import Path
from threading import Thread

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from rekisteri.ground.errors import Conflict, Missing, Unavailable
from rekisteri.ground.keys import KEY_NAMES, KeyFile, Lot, LotsInMemory, Vault
from rekisteri.ground.keys.lots import fresh
from rekisteri.ground.keys.vault import where

PLACE = "parties.statement|sealed|0191f3a0-0000-7000-8000-000000000001"
OTHER = "parties.statement|sealed|0191f3a0-0000-7000-8000-000000000002"
CODE = b'{"hetu":"240360-909P"}'


def a_vault(folder: Path) -> Vault:
    return Vault(KeyFile.ensure(folder / "keys.json"))


def test_a_value_opens_at_its_place_under_its_key_and_nowhere_else(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    sealed = vault.seal(CODE, key="secret", place=PLACE)
    assert vault.open(sealed, key="secret", place=PLACE) == CODE
    assert CODE not in sealed and sealed != vault.seal(CODE, key="secret", place=PLACE)
    for key, place in (("secret", OTHER), ("protected", PLACE), ("secret", PLACE.replace("sealed", "content"))):
        with pytest.raises(Unavailable):
            vault.open(sealed, key=key, place=place)
    with pytest.raises(Unavailable):
        Vault(KeyFile.ensure(tmp_path / "other.json"), vault.lots).open(sealed, key="secret", place=PLACE)


def test_many_values_open_at_one_go_as_they_open_one_by_one(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    places = [f"{PLACE}{number}" for number in range(70)]
    boxes = vault.seal_all([place.encode() for place in places], key="secret", places=places)
    boxes += [vault.seal(b"alone", key="secret", place=OTHER)]
    places += [OTHER]
    assert vault.open_all(boxes, key="secret", places=places) == [
        vault.open(box, key="secret", place=place) for box, place in zip(boxes, places, strict=True)
    ]
    for spoilt in (boxes[:1], [boxes[-1][:-1] + b"!"], [b""]):
        with pytest.raises(Unavailable):
            vault.open_all(spoilt, key="secret", places=[OTHER])


def test_every_changed_bit_and_every_cut_is_noticed(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    # Enough lots that a changed number names another one that is there.
    for _ in range(200):
        sealed = vault.seal(CODE, key="secret", place=PLACE)
    for bit in range(8 * len(sealed)):
        broken = bytearray(sealed)
        broken[bit // 8] ^= 1 << bit % 8
        with pytest.raises((Unavailable, Missing)):
            vault.open(bytes(broken), key="secret", place=PLACE)
    for length in range(len(sealed)):
        with pytest.raises((Unavailable, Missing)):
            vault.open(sealed[:length], key="secret", place=PLACE)


def test_many_threads_never_share_a_key(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    heads: list[tuple[int, int]] = []

    def work(count: int) -> None:
        for _ in range(8):
            boxes = vault.seal_all([CODE] * count, key="secret", places=[PLACE] * count)
            assert vault.open(boxes[-1], key="secret", place=PLACE) == CODE
            heads.extend(map(where, boxes))

    threads = [Thread(target=work, args=(count,)) for count in (1, 5, 64, 900)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heads) == len(set(heads)) == 8 * (1 + 5 + 64 + 900)


def test_values_of_before_lots_still_open(tmp_path: Path) -> None:
    key = os.urandom(32)
    keys = {name: base64.b64encode(key if name == "secret" else os.urandom(32)).decode() for name in KEY_NAMES}
    path = tmp_path / "keys.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps({"version": 1, "keys": keys}))
    nonce = os.urandom(12)
    old = bytes((1,)) + nonce + AESGCM(key).encrypt(nonce, CODE, f"{PLACE}|1".encode())
    vault = Vault(KeyFile.ensure(path))
    assert vault.open(old, key="secret", place=PLACE) == CODE
    fresh_box = vault.seal(b"new", key="secret", place=OTHER)
    assert vault.open_all([fresh_box, old], key="secret", places=[OTHER, PLACE]) == [b"new", CODE]
    with pytest.raises(Unavailable):
        vault.open(old, key="secret", place=OTHER)
    blind = vault.blind("hetu", "240360-909P")
    provider = KeyFile(path)
    provider.announce("secret")
    # The file of the old form has become one of the new, with the same keys in it.
    assert json.loads(path.read_text())["version"] == 2
    assert vault.open(old, key="secret", place=PLACE) == CODE
    assert vault.blind("hetu", "240360-909P") == blind


@given(st.integers(1, 9), st.data())
@settings(max_examples=60, deadline=None)
def test_a_leaf_cut_out_never_grows_again_and_all_others_do(depth: int, data: st.DataObject) -> None:
    lot = fresh(7, depth)
    leaves = lot.leaves()
    assert [lot.leaf(index) for index in range(1 << depth)] == leaves
    assert len(set(leaves)) == len(leaves)
    some = data.draw(st.lists(st.integers(0, (1 << depth) - 1), max_size=12))
    assert lot.some(some) == [leaves[index] for index in some]
    gone = data.draw(st.lists(st.integers(0, (1 << depth) - 1), max_size=12))
    cut = lot
    for index in gone:
        cut = cut.without([index])
    key = os.urandom(32)
    cut = Lot.opened(7, depth, cut.wrapped(key, "secret|1"), key, "secret|1")
    assert cut.nodes == lot.without(gone).nodes
    for index, leaf in enumerate(leaves):
        if index in gone:
            with pytest.raises(Missing):
                cut.leaf(index)
            with pytest.raises(Missing):
                cut.some([index ^ 1, index])
            # Nor is any node kept from which it would grow.
            way = {(1 << depth) + index >> step for step in range(depth + 1)}
            assert way.isdisjoint(cut.nodes)
            assert leaf not in cut.nodes.values()
        else:
            assert cut.leaf(index) == leaf
    for wrong in ((8, depth, key, "secret|1"), (7, depth, key, "secret|2"), (7, depth, os.urandom(32), "secret|1")):
        number, deep, with_key, bound = wrong
        with pytest.raises(Unavailable):
            Lot.opened(number, deep, cut.wrapped(key, "secret|1"), with_key, bound)


def test_a_key_file_is_its_owners_alone_whole_and_made_once(tmp_path: Path) -> None:
    file = KeyFile.ensure(tmp_path / "keys.json")
    assert file.path.stat().st_mode & 0o777 == 0o600
    before = file.path.read_bytes()
    assert KeyFile.ensure(file.path).path.read_bytes() == before
    assert list(tmp_path.glob("*.new")) == []
    for mode in (0o640, 0o604, 0o620):
        file.path.chmod(mode)
        with pytest.raises(Unavailable, match="chmod 600"):
            Vault(file)
    file.path.chmod(0o600)
    for broken in (b"", b"{", b"[]", before[: len(before) // 2], b'{"version": 2, "keys": {"secret": {}}}'):
        file.path.write_bytes(broken)
        with pytest.raises(Unavailable):
            Vault(file)
    file.path.unlink()
    with pytest.raises(Unavailable, match="missing"):
        Vault(file)


def test_a_turn_of_a_key_is_seen_at_once_by_every_vault_and_opens_what_was_before(tmp_path: Path) -> None:
    lots = LotsInMemory()
    provider = KeyFile.ensure(tmp_path / "keys.json")
    one, other = Vault(provider, lots), Vault(KeyFile(provider.path), lots)
    sealed, blind = one.seal(CODE, key="secret", place=PLACE), one.blind("hetu", "240360-909P")
    digest, token = one.digest(b"row"), one.token_hash("t")
    for name in ("secret", "blind", "digest", "token"):
        assert provider.announce(name) == provider.announce(name) == 2
        assert other.turning(name)
    # Announced: known to all, used by nobody yet.
    assert other.blind("hetu", "240360-909P") == blind and len(other.blinds("hetu", "240360-909P")) == 2
    assert other.former_blinds("hetu", ["240360-909P", None])[0][1] == blind
    assert other.blinds_of("hetu", ["240360-909P"]) == dict.fromkeys(other.blinds("hetu", "240360-909P"), "240360-909P")
    for name in ("secret", "blind", "digest", "token"):
        provider.promote(name)
        provider.promote(name)
    new = other.blind("hetu", "240360-909P")
    assert new[0] == 2 and len(new) == 17
    assert one.blinds("hetu", "240360-909P") == [new, blind]
    assert one.blind_all("hetu", ["240360-909P", None]) == [new, None]
    assert one.former_blinds("hetu", ["240360-909P", None]) == [(blind, new)]
    assert one.lift(digest) == one.digest(b"row") == one.digest_all(b"ro", [b"w"])[0] != digest
    assert one.digests(b"row") == [one.digest(b"row"), digest]
    assert one.lift(one.lift(digest)) == one.lift(digest) and one.lift(b"") == b""
    assert one.lift_all({"a": digest}) == {"a": one.digest(b"row")}
    assert one.token_hashes("t") == [one.lift_token_hash(token), token]
    later = one.seal(CODE, key="secret", place=PLACE)
    assert where(later)[0] != where(sealed)[0], "a new version seals from lots of its own"
    for box in (sealed, later):
        assert one.open(box, key="secret", place=PLACE) == other.open(box, key="secret", place=PLACE) == CODE
    for name in ("secret", "blind"):
        provider.retire(name)
        assert not other.turning(name)
    assert other.digest(b"row") == one.lift(digest)
    assert other.blinds("hetu", "240360-909P") == [new]
    with pytest.raises(Unavailable):
        other.open(sealed, key="secret", place=PLACE)
    assert other.open(later, key="secret", place=PLACE) == CODE


def test_indexes_differ_by_kind_and_key_and_cannot_be_made_without_it(tmp_path: Path) -> None:
    one, other = a_vault(tmp_path / "a"), a_vault(tmp_path / "b")
    codes = [f"{random.randrange(10**6):06}" for _ in range(50)]
    assert one.blind_all("hetu", codes) == [one.blind("hetu", code) for code in codes]
    assert set(one.blind_all("hetu", codes)).isdisjoint(one.blind_all("ytunnus", codes))
    assert set(one.blind_all("hetu", codes)).isdisjoint(other.blind_all("hetu", codes))
    assert one.digest_all(b"a", [b"b"]) == [one.digest(b"ab")]


def test_keys_in_the_clear_are_not_taken_where_a_token_is_set_nor_wrapped_ones_without(tmp_path: Path) -> None:
    class Turned:
        label = "a test's own"

        def wrap(self, plain: bytes, bound: bytes) -> bytes:
            return bytes(a ^ 7 for a in plain) + bound

        def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
            if not wrapped.endswith(bound):
                raise Unavailable
            return bytes(a ^ 7 for a in wrapped.removesuffix(bound))

    clear = KeyFile.ensure(tmp_path / "keys.json")
    blind = Vault(clear).blind("hetu", "x")
    with pytest.raises(Conflict):
        Vault(KeyFile(clear.path, Turned()))
    wrapped = clear.rewrap(Turned())
    assert Vault(wrapped).blind("hetu", "x") == blind
    with pytest.raises(Unavailable, match="a test's own"):
        Vault(clear)
