"""The log over the API: checkpoint, tiles, a witness's request and answer, who may and who may not."""

from __future__ import annotations

from pathlib import Path

from rekisteri import audit
from rekisteri.audit import WITNESS_KEY, Checkpoint, Note, Request, Signer, merkle
from rekisteri.audit.entries import unbundle
from rekisteri.catalogue import Role
from tests.api.world import a_world

MOMENT = 1_772_434_800


def test_tiles_make_the_tree_that_the_checkpoint_signs(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        auditor = world.headers(Role.AUDITOR)
        assert world.client.get("/audit/log/checkpoint", headers=auditor).status_code == 404
        for _ in range(260):
            world.client.get("/audit/witnesses", headers=auditor)
        world.register.log.seal()
        answer = world.client.get("/audit/log/checkpoint", headers=auditor)
        assert answer.headers["content-type"].startswith("text/plain")
        note = Note.parse(answer.text)
        told = Checkpoint.parse(note.text)
        assert note.signed_by(world.register.log.keys)
        assert told.size > 256

        def tile(place: str) -> bytes:
            found = world.client.get(f"/audit/log/tile/{place}", headers=auditor)
            assert found.status_code == 200, (place, found.text)
            return found.content

        rest = told.size - 256
        entries = [*unbundle(tile("entries/000")), *unbundle(tile(f"entries/001.p/{rest}"))]
        hashes = [merkle.leaf_hash(entry) for entry in entries]
        assert tile("0/000") == b"".join(hashes[:256])
        assert tile(f"0/001.p/{rest}") == b"".join(hashes[256:])
        assert tile("1/000.p/1") == merkle.fold(hashes[:256])
        assert merkle.fold(hashes) == told.root
        for missing in (
            f"0/001.p/{rest + 1}",
            "0/002",
            "1/000",
            "0/0",
            "8/000",
            "x",
            "entries/x000/000",
            "0/001.p/0",
            "1/001.p/1",
        ):
            assert world.client.get(f"/audit/log/tile/{missing}", headers=auditor).status_code == 404, missing


def test_a_witness_is_asked_and_answers(database_url: str, tmp_path: Path) -> None:
    witness = Signer("kuusilahti.example/log", WITNESS_KEY, bytes(range(32)))
    with a_world(database_url, tmp_path) as world:
        officer, integration = world.headers(Role.OFFICER), world.headers(Role.INTEGRATION)
        made = world.client.post("/audit/witnesses", json={"vkey": str(witness.key)}, headers=officer)
        assert (made.status_code, made.json()) == (201, {"name": witness.key.name})
        assert (
            world.client.post("/audit/witnesses", json={"vkey": str(witness.key)}, headers=integration).status_code
            == 403
        )
        assert world.client.post("/audit/witnesses", json={"vkey": "x"}, headers=officer).status_code == 422
        world.register.log.seal()
        answer = world.client.get("/audit/log/request?old=0", headers=integration)
        asked = Request.parse(answer.text)
        size = Checkpoint.parse(asked.note.text).size
        assert world.client.get(f"/audit/log/request?old={size + 1}", headers=integration).status_code == 409
        lines = str(witness.cosign(asked.note.text, MOMENT))
        kept = world.client.post("/audit/log/cosignatures", json={"size": size, "lines": lines}, headers=integration)
        assert kept.json() == {"witnesses": [witness.key.name]}
        forged = str(Signer(witness.key.name, WITNESS_KEY, bytes(32)).cosign(asked.note.text, MOMENT))
        wrong = world.client.post("/audit/log/cosignatures", json={"size": size, "lines": forged}, headers=integration)
        assert wrong.status_code == 422
        note = Note.parse(world.client.get("/audit/log/checkpoint", headers=integration).text)
        assert note.signed_by([witness.key]) == {witness.key: MOMENT}
        (told,) = world.client.get("/audit/witnesses", headers=officer).json()["witnesses"]
        assert (told["name"], told["size"], told["ended_at"]) == (witness.key.name, size, None)
        assert (
            world.client.post("/audit/witnesses/end", json={"name": witness.key.name}, headers=officer).status_code
            == 204
        )
        assert (
            world.client.post("/audit/witnesses/end", json={"name": witness.key.name}, headers=officer).status_code
            == 404
        )


def test_the_proof_of_an_event_is_for_those_who_watch(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        officer = world.headers(Role.OFFICER)
        event = world.client.get("/audit/events?limit=1", headers=officer).json()["events"][0]
        world.register.log.seal()
        path = f"/audit/events/{event['id']}/proof"
        proof = audit.Proof.parse(world.client.get(path, headers=officer).text)
        opened = audit.check_proof(proof, audit.Trust.of(world.register.log.keys))
        assert (opened["id"], opened["account"]) == (event["id"], event["account"])
        for role in (Role.INTEGRATION, Role.INVOICER, Role.MAINTAINER, Role.ADMINISTRATOR):
            assert world.client.get(path, headers=world.headers(role)).status_code == 403, role
        for role in (Role.INVOICER, Role.MAINTAINER, Role.COLLECTOR):
            assert world.client.get("/audit/log/checkpoint", headers=world.headers(role)).status_code == 403, role
