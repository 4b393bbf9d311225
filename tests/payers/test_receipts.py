"""Receipts: the same bytes years later, proved by a signature, hidden when an order comes on."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import orjson
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rekisteri import payers
from rekisteri.access import Action, Viewer
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground.errors import Missing
from rekisteri.payers import Kept, Receipted, signing
from tests.builders import AAPO, BEA, World, a_company, a_person, a_viewer, a_world
from tests.payers.asking import a_reason, answer, ask


def shown(world: World, receipt_id: UUID, viewer: Viewer | None = None, *, covered: bool = False) -> Kept:
    who = viewer or world.maintainer
    action = Action.PAYER_RECEIPT_COVERED if covered else Action.PAYER_RECEIPT
    with world.register.door.read(who, action, who.purposes()[0]) as tx:
        kept = payers.show(tx, world.register.vault, receipt_id)
    return kept


def proved(world: World, found: Receipted | Kept, body: bytes | None = None) -> bool:
    with world.register.door.read(world.maintainer, Action.PAYER_RECEIPT, Purpose.UPKEEP) as tx:
        valid = payers.verify(tx, found.receipt, found.body if body is None else body)
    return valid


def test_an_answer_is_shown_to_the_byte_after_the_customer_has_moved_and_any_change_of_it_is_seen(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        a_reason(world)
        world.take(world.town, a_person("1", AAPO))
        given_then = ask(world, "1")
        world.clock.pass_days(400)
        world.take(world.town, a_person("1", AAPO, permanent_address__street="Uusikatu 9"))
        assert answer(world, "1")["deliveries"][0]["lines"][1] == "Uusikatu 9"
        kept = shown(world, given_then.receipt.id)
        assert kept.body == given_then.body
        assert kept.receipt == given_then.receipt
        assert proved(world, kept)
        assert not proved(world, kept, kept.body.replace(b"Esimerkkitie", b"Esimerkkikuja"))
        text = payers.whole(kept.receipt, kept.body)
        again = payers.given(text)
        assert again is not None
        assert again == (kept.receipt, kept.body), "read from JSON it is the same receipt and the same bytes"
        assert payers.verify_with(world.register.office.signer.public, *again)
        assert payers.given(b'{"receipt": {}}') is None
        other = ask(world, "1")
        assert not payers.verify_with(world.register.office.signer.public, other.receipt, kept.body)


def test_a_receipt_is_its_organisations_and_sealed_where_it_lies(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        a_reason(world)
        a_reason(world, organisation=world.water)
        world.take(world.town, a_person("1", AAPO), a_company("2"))
        mine = ask(world, "1")
        assert shown(world, mine.receipt.id, a_viewer(Role.INVOICER, world.town)).body == mine.body
        with pytest.raises(Missing):
            shown(world, mine.receipt.id, a_viewer(Role.INVOICER, world.water))
        ((body, key_id, public),) = world.sql(
            "select r.body, r.key_id, k.public from payers.receipt r join payers.receipt_key k on k.id = r.key_id"
        )
        assert b"Esimerkkitie" not in bytes(body)  # type: ignore[call-overload]
        assert (key_id, bytes(public)) == (mine.receipt.key_id, world.register.office.signer.public)  # type: ignore[call-overload]
        seen = world.sql(
            "select e.action, e.subject_count from audit.event e where e.action like 'payer:%%' and e.outcome = 'done'"
        )
        assert sorted(seen) == [("payer:receipt", 1), ("payer:resolve", 1)]


def test_a_receipt_of_nobodys_or_by_no_known_key_is_refused_and_a_key_stays_as_it_is(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        a_reason(world)
        world.take(world.town, a_person("1", AAPO))
        ask(world, "1")
        again = """
            insert into payers.receipt (id, organisation_id, customer_id, party_ids, made_at, key_id, proof, signature, body)
            select gen_random_uuid(), coalesce(%s, organisation_id), customer_id, party_ids, made_at, coalesce(%s, key_id),
                   proof, signature, body
            from payers.receipt limit 1 returning true
        """
        assert world.sql(again, None, None) == [(True,)]
        for organisation_id, key_id in ((9999, None), (None, "0" * 16)):
            with pytest.raises(psycopg.errors.ForeignKeyViolation):
                world.sql(again, organisation_id, key_id)
        for change in (
            "delete from payers.receipt_key returning 1",
            "update payers.receipt_key set id = id returning 1",
        ):
            with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
                world.sql(change)


def test_when_a_non_disclosure_order_comes_on_the_old_answer_opens_by_a_maintainers_own_act_alone(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        a_reason(world)
        world.take(world.town, a_person("1", AAPO), a_person("2", BEA, surname="Muu"))
        before, other = ask(world, "1"), ask(world, "2")
        world.take(world.water, a_person("9", AAPO, turvakielto="k"))
        for viewer in (world.maintainer, a_viewer(Role.INVOICER, world.town)):
            with pytest.raises(Missing):
                shown(world, before.receipt.id, viewer)
        assert shown(world, before.receipt.id, covered=True).body == before.body
        assert shown(world, other.receipt.id).body == other.body


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=40), min_size=1, max_size=40, unique=True), st.data())
def test_one_signature_proves_each_of_many_and_nothing_else(bodies: list[bytes], data: st.DataObject) -> None:
    class Key:
        def key(self, name: str) -> bytes:
            assert name == signing.KEY_NAME
            return b"k" * 32

    signer = signing.Signer(Key())
    names = [UUID(int=place) for place in range(len(bodies))]
    signature, proofs = signer.sign([signing.leaf(*one) for one in zip(names, bodies, strict=True)])
    for name, body, proof in zip(names, bodies, proofs, strict=True):
        assert signing.verified(signer.public, name, body, proof, signature)
        assert not signing.verified(signer.public, name, body + b"x", proof, signature)
        assert not signing.verified(signer.public, UUID(int=999), body, proof, signature)
    place = data.draw(st.integers(0, len(bodies) - 1))
    whole = proofs[place] + signature
    at = data.draw(st.integers(0, len(whole) - 1))
    bent = bytearray(whole)
    bent[at] ^= 1 << data.draw(st.integers(0, 7))
    proof, sign = bytes(bent[: len(proofs[place])]), bytes(bent[len(proofs[place]) :])
    assert not signing.verified(signer.public, names[place], bodies[place], proof, sign)
    assert not signing.verified(b"\x01" * 32, names[place], bodies[place], proofs[place], signature)
    assert orjson.dumps(signer.key_id)
