"""A witness signs what continues what it signed, and nothing else; proofs of single events stand alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from rekisteri import audit
from rekisteri.audit import Checkpoint, Note, Proof, Request, Trust, check_proof, merkle
from rekisteri.ground.database import Read
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected
from tests.audit import logs
from tests.builders import MORNING, World, a_world

MOMENT = int(MORNING.timestamp())


def asked(world: World, old: int) -> Request:
    with world.register.database.connection() as connection:
        return audit.request(Read(connection, MORNING), old)


def test_a_witness_signs_each_continuation_and_remembers_it_durably(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        witness = logs.a_witness(world, tmp_path, "tietosuoja")
        for turn in range(4):
            logs.append(world, 90, seed=turn)
            size = world.register.log.seal().size
            wanted = Request.parse(str(asked(world, witness.signed(world.register.log.origin))))
            line = witness.cosign(wanted, MOMENT + turn)
            assert Note.parse(str(wanted.note.with_signatures([line]))).signed_by([witness.key]) == {
                witness.key: MOMENT + turn
            }
            assert witness.signed(world.register.log.origin) == size
            kept = witness.last(world.register.log.origin)
            assert kept is not None and set(kept.signed_by([witness.key])) == {witness.key}
        again = witness.cosign(asked(world, size), MOMENT + 99)
        assert again.value != line.value, "of the same size it signs again, with a new moment"


def test_a_witness_refuses_another_size_another_log_another_key_and_a_history_written_anew(
    database_url: str, tmp_path: Path
) -> None:
    with a_world(database_url, tmp_path) as world:
        witness = logs.a_witness(world, tmp_path, "tietosuoja")
        logs.append(world, 40)
        world.register.log.seal()
        with pytest.raises(Conflict) as conflict:
            witness.cosign(asked(world, 3), MOMENT)
        assert conflict.value.field == "0", "what add-checkpoint answers: the size it signed last"
        logs.cosign(world, witness)
        size = witness.signed(world.register.log.origin)
        logs.append(world, 40, seed=2)
        world.register.log.seal()
        good = asked(world, size)
        thief = logs.stolen(tmp_path, world.register.log.keys)
        there = Checkpoint.parse(good.note.text)

        def forged(checkpoint: Checkpoint) -> Note:
            return Note(checkpoint.text, (thief.sign(checkpoint.text),))

        rewritten = forged(replace(there, root=merkle.leaf_hash(b"another history")))
        for wrong, refusal in (
            (replace(good, old=size + 1), Conflict),
            (replace(good, old=0, proof=()), Conflict),
            (replace(good, proof=good.proof[:-1]), Rejected),
            (replace(good, proof=(*good.proof, bytes(32))), Rejected),
            (replace(good, note=rewritten), Rejected),
            (replace(good, note=forged(replace(there, size=size)), proof=()), Conflict),
            (replace(good, note=forged(replace(there, size=size - 1)), proof=()), Rejected),
            (replace(good, note=forged(replace(there, origin="muu/loki"))), Missing),
            (
                replace(good, note=Note(there.text, (witness._signer.cosign("x", 1),))),
                Refused,
            ),
        ):
            with pytest.raises(refusal):
                witness.cosign(wrong, MOMENT)
            assert witness.signed(world.register.log.origin) == size
        witness.cosign(good, MOMENT)


@pytest.mark.parametrize("wrong", ["", "old 1\n", "old 01\n\nx", "old -1\n\n", "old 1\nnot base64!\n\n", "new 1\n\n"])
def test_what_is_no_request_is_refused(wrong: str) -> None:
    with pytest.raises(Rejected):
        Request.parse(wrong)
    with pytest.raises(Rejected):
        Request.parse("old 1\n" + "AAAA\n" * 64 + "\nnote")


def test_the_register_takes_signatures_of_known_witnesses_alone(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        witness = logs.a_witness(world, tmp_path, "tietosuoja")
        logs.append(world, 3)
        size = world.register.log.seal().size
        wanted = asked(world, 0)
        line = str(witness.cosign(wanted, MOMENT))
        with logs.working(world) as tx:
            assert audit.accept(tx, size, line) == ["tietosuoja.example/log"]
            assert audit.accept(tx, size, line) == ["tietosuoja.example/log"], "again it changes nothing"
            found = audit.published(tx)
            assert found is not None and witness.key in found.signed_by([witness.key])
            for refusal, at, lines in (
                (Missing, size + 1, line),
                (Rejected, size, ""),
                (Rejected, size, line.replace("tietosuoja.example", "vieras.example")),
                (Rejected, size, line[:-6] + "AAA=\n"),
                (Rejected, size, "hello\n"),
            ):
                with pytest.raises(refusal):
                    audit.accept(tx, at, lines)
            (known,) = audit.witnesses(tx)
            assert (known.name, known.size, known.ended_at) == ("tietosuoja.example/log", size, None)
            with pytest.raises(Conflict):
                audit.add_witness(tx, str(witness.key))
            with pytest.raises(Rejected):
                audit.add_witness(tx, str(world.register.log.keys[0]))
            audit.end_witness(tx, known.name)
            with pytest.raises(Missing):
                audit.end_witness(tx, known.name)
            with pytest.raises(Rejected):
                audit.accept(tx, size, line)


def test_a_proof_of_one_event_stands_alone(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        witness = logs.a_witness(world, tmp_path, "tietosuoja")
        logs.append(world, 300)
        event = logs.an_event(subjects=[UUID(int=99)], case_reference="KANTELU-7")
        with world.register.database.connection() as connection:
            audit.append(connection, event)
        with logs.working(world) as tx, pytest.raises(Missing):
            audit.prove(tx, event.id)
        world.register.log.seal()
        logs.cosign(world, witness)
        with logs.working(world) as tx:
            proof = audit.prove(tx, event.id)
        trust = Trust.of(world.register.log.keys, [witness.key], 1)
        told = check_proof(Proof.parse(str(proof)), trust)
        assert (told["id"], told["case"], told["subjects"]) == (str(event.id), "KANTELU-7", [str(UUID(int=99))])
        other = json.loads(proof.event) | {"purpose": "collection"}
        for wrong in (
            replace(proof, event=json.dumps(other).encode()),
            replace(proof, event=b"{}"),
            replace(proof, event=b"\xff"),
            replace(proof, salt=bytes(16)),
            replace(proof, index=proof.index - 1),
            replace(proof, path=proof.path[1:]),
            replace(proof, note=Note(proof.note.text, proof.note.signatures[:1])),
        ):
            with pytest.raises(Rejected):
                check_proof(wrong, trust)
        with pytest.raises(Rejected):
            check_proof(proof, Trust.of([audit.VerifierKey(witness.key.name, audit.LOG_KEY, witness.key.public)]))
        for text in ("", "c2sp.org/tlog-proof@v1\n\n", str(proof).replace("index", "indeksi"), str(proof)[:60]):
            with pytest.raises(Rejected):
                Proof.parse(text)


def test_trust_is_told_in_the_right_keys() -> None:
    log = audit.Signer("a", audit.LOG_KEY, bytes(32)).key
    witness = audit.Signer("b", audit.WITNESS_KEY, bytes(32)).key
    assert Trust.of([log]).quorum == 0
    assert [
        Trust.of([log], [replace(witness, public=bytes([n]) * 32) for n in range(count)]).quorum for count in (1, 2, 3)
    ] == [1, 2, 2]
    for wrong in (([], []), ([witness], []), ([log], [log])):
        with pytest.raises(Rejected):
            Trust.of(*wrong)
    with pytest.raises(Rejected):
        Trust.of([log], [witness], 2)
