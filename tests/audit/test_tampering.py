"""Whatever is done to a log afterwards is found, and nothing is found where nothing was done."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from rekisteri import audit
from rekisteri.audit import Fault, Trust
from rekisteri.audit.entries import ENTRY_BYTES
from tests.audit import logs
from tests.builders import MORNING, World, a_world

MUTATIONS = int(os.environ.get("EVIDENCE_MUTATIONS", "320"))
"""How many random mutations of each family; ten thousand take some minutes."""


@dataclass(slots=True)
class Case:
    """A witnessed log as files, whom its verifier trusts, and what a thief could hold."""

    world: World
    home: Path
    folder: Path
    trust: Trust
    known: Trust

    def verify(self, folder: Path, trust: Trust | None = None) -> audit.Verdict:
        return audit.verify(folder, trust or self.trust, logs.NOW)

    def copy(self, name: str) -> Path:
        place = self.home / name
        if place.exists():
            shutil.rmtree(place)
        return Path(shutil.copytree(self.folder, place))


@contextmanager
def a_case(database_url: str, home: Path) -> Iterator[Case]:
    """Three days of events, sealed and co-signed each day by two witnesses, exported."""
    with a_world(database_url, home) as world:
        witnesses = [logs.a_witness(world, home, name) for name in ("tietosuoja", "kuusilahti")]
        for day, count in enumerate((90, 260, 170)):
            world.clock.pass_days(1 if day else 0)
            logs.append(world, count, seed=day, at=world.clock.at)
            world.register.log.seal()
            logs.cosign(world, *witnesses, at=world.clock.at)
        folder = home / "exported"
        logs.export(world, folder)
        keys = [witness.key for witness in witnesses]
        kept = [note for one in witnesses if (note := one.last(world.register.log.origin))]
        yield Case(
            world, home, folder, Trust.of(world.register.log.keys, keys, 2),
            Trust.of(world.register.log.keys, keys, 2, known=kept),
        )  # fmt: skip


def test_a_clean_log_verifies_at_every_size_and_after_every_way_of_growing(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        witness = logs.a_witness(world, tmp_path, "tietosuoja")
        folder, draw = tmp_path / "exported", random.Random(4)
        trust = Trust.of(world.register.log.keys, [witness.key], 1)
        for turn in range(14):
            logs.append(world, draw.choice((1, 2, 7, 60, 120)), seed=turn, at=world.clock.at)
            size = world.register.log.seal().size
            if turn % 2 == 0:
                logs.cosign(world, witness, at=world.clock.at)
            logs.export(world, folder)
            verdict = audit.verify(folder, trust, logs.NOW)
            assert verdict.findings == []
            assert (verdict.size, verdict.origin) == (size, world.register.log.origin)
            fresh = tmp_path / f"fresh-{turn}"
            logs.export(world, fresh)
            again = audit.verify(fresh, trust, logs.NOW)
            assert again.holds and again.witnessed == verdict.witnessed > 0
            world.clock.pass_days(0.3)
        assert verdict.size > 300
        compared = logs.compared(world, folder, trust, logs.NOW)
        assert compared.findings == []
        assert (compared.events, compared.erased, compared.unsealed) == (verdict.size, 0, 0)


def test_every_flipped_bit_is_found(database_url: str, tmp_path: Path) -> None:
    draw = random.Random(11)
    with a_case(database_url, tmp_path) as case:
        assert case.verify(case.folder).findings == []
        files = [path for path in sorted(case.folder.rglob("*")) if path.is_file()]
        weights = [path.stat().st_size for path in files]
        for _ in range(MUTATIONS):
            path = draw.choices(files, weights)[0] if draw.random() < 0.7 else draw.choice(files)
            content = path.read_bytes()
            place = draw.randrange(
                _proving(content) if "checkpoint" in path.as_posix().partition("exported")[2] else len(content)
            )
            changed = bytearray(content)
            changed[place] ^= 1 << draw.randrange(8)
            path.write_bytes(changed)
            verdict = case.verify(case.folder)
            assert not verdict.holds, (path, place)
            path.write_bytes(content)
        assert case.verify(case.folder).findings == []


def _proving(note: bytes) -> int:
    """How much of a checkpoint proves something by itself: text and the log's own line.

    A witness's line is one of several copies; a changed one counts as none, and where none is left that is found.
    """
    signatures = note.index(b"\n\n") + 2
    own = note.index(b"\n", signatures) + 1
    return own


def test_every_lost_cut_or_swapped_file_is_found(database_url: str, tmp_path: Path) -> None:
    draw = random.Random(12)
    with a_case(database_url, tmp_path) as case:
        tiles = [path for path in sorted((case.folder / "tile").rglob("*")) if path.is_file()]
        for path in [case.folder / "checkpoint", *tiles]:
            content = path.read_bytes()
            path.unlink()
            assert not case.verify(case.folder).holds, path
            for cut in (0, draw.randrange(len(content)), len(content) - 1):
                path.write_bytes(content[:cut])
                assert not case.verify(case.folder).holds, (path, cut)
            path.write_bytes(content + b"\x00")
            assert not case.verify(case.folder).holds, path
            path.write_bytes(content)
        one, other = tiles[0], tiles[1]
        first, second = one.read_bytes(), other.read_bytes()
        one.write_bytes(second)
        other.write_bytes(first)
        assert not case.verify(case.folder).holds
        one.write_bytes(first)
        other.write_bytes(second)
        assert case.verify(case.folder).findings == []


Rewriting = Callable[[list[bytes], random.Random], list[bytes]]


def _alter(entries: list[bytes], draw: random.Random) -> list[bytes]:
    place, at = draw.randrange(len(entries)), draw.randrange(1, ENTRY_BYTES)
    changed = bytearray(entries[place])
    changed[at] ^= 1 << draw.randrange(8)
    return [*entries[:place], bytes(changed), *entries[place + 1 :]]


def _delete(entries: list[bytes], draw: random.Random) -> list[bytes]:
    place = draw.randrange(len(entries))
    return entries[:place] + entries[place + 1 :]


def _insert(entries: list[bytes], draw: random.Random) -> list[bytes]:
    place = draw.randrange(len(entries))
    forged = b"\x01" + draw.randbytes(16) + entries[place][17:25] + draw.randbytes(32)
    return [*entries[:place], forged, *entries[place:]]


def _reorder(entries: list[bytes], draw: random.Random) -> list[bytes]:
    one, other = draw.sample(range(len(entries)), 2)
    moved = list(entries)
    moved[one], moved[other] = moved[other], moved[one]
    return moved


def _double(entries: list[bytes], draw: random.Random) -> list[bytes]:
    one, other = draw.sample(range(len(entries)), 2)
    return [*entries[:one], entries[other], *entries[one + 1 :]]


def _cut(entries: list[bytes], draw: random.Random) -> list[bytes]:
    return entries[: draw.randrange(1, len(entries))]


def _grow(entries: list[bytes], draw: random.Random) -> list[bytes]:
    return [*_alter(entries, draw), entries[0][:1] + draw.randbytes(16) + entries[-1][17:25] + draw.randbytes(32)]


@pytest.mark.parametrize("rewrite", [_alter, _delete, _insert, _reorder, _double, _cut, _grow])
def test_a_history_written_anew_and_signed_with_the_stolen_key_is_caught_by_the_witnesses(
    database_url: str, tmp_path: Path, rewrite: Rewriting
) -> None:
    draw = random.Random(13)
    with a_case(database_url, tmp_path) as case:
        thief = logs.stolen(tmp_path, case.world.register.log.keys)
        entries = logs.entries_of(case.folder)
        for turn in range(max(2, MUTATIONS // 40)):
            place = case.copy("rewritten")
            logs.write_anew(place, rewrite(entries, draw), thief, keep_witnesses=turn % 2 == 0)
            verdict = case.verify(place)
            faults = {finding.fault for finding in verdict.findings}
            assert faults & {Fault.UNWITNESSED, Fault.FORGED}, (rewrite, turn)
            # With the checkpoint a witness has kept itself it is the history that is shown to be another.
            verdict = case.verify(place, case.known)
            faults = {finding.fault for finding in verdict.findings}
            assert faults & {Fault.INCONSISTENT, Fault.TRUNCATED}, (rewrite, turn)
        without = Trust.of(case.trust.log_keys)
        assert rewrite not in (_delete, _cut) or case.verify(place, without).holds, (
            "the key alone does not tell a thief's history"
        )


def test_a_log_rolled_back_to_an_older_witnessed_one_is_seen_to_be_old(database_url: str, tmp_path: Path) -> None:
    with a_case(database_url, tmp_path) as case:
        place = case.copy("rolled-back")
        older = min((place / "checkpoints").glob("*"))
        size = int(older.name)
        entries = logs.entries_of(place)[:size]
        note = older.read_bytes()
        shutil.rmtree(place / "checkpoints")
        logs.write_anew(place, entries, logs.stolen(tmp_path, case.trust.log_keys), keep_witnesses=False)
        (place / "checkpoint").write_bytes(note)
        assert case.verify(place).holds, "it was true once"
        assert case.verify(place).witnessed == size
        assert {one.fault for one in case.verify(place, case.known).findings} == {Fault.TRUNCATED}
        fresh = Trust.of(case.trust.log_keys, case.trust.witnesses, 2, fresh=timedelta(hours=12))
        verdict = audit.verify(place, fresh, MORNING + timedelta(days=3))
        assert {one.fault for one in verdict.findings} == {Fault.STALE}


TAMPERINGS = {
    "account": "update audit.event set account = 'joku-muu' where id = %s",
    "instant": "update audit.event set at = at + interval '1 second' where id = %s",
    "outcome": "update audit.event set outcome = case outcome when 'done' then 'refused' else 'done' end where id = %s",
    "purpose": "update audit.event set purpose = null where id = %s",
    "case": "update audit.event set case_reference = 'MUU-1' where id = %s",
    "roles": "update audit.event set roles = roles || '{maintainer}' where id = %s",
    "detail": 'update audit.event set detail = detail || \'{"item": "email"}\' where id = %s',
    "salt": "update audit.event set salt = decode(md5(encode(salt, 'hex')), 'hex') where id = %s",
    "subjects": "update audit.event set subjects = subjects || gen_random_uuid() where id = %s",
    "count": "update audit.event set subject_count = subject_count + 1 where id = %s",
    "session": "update audit.event set session_id = gen_random_uuid() where id = %s",
    "gone": "delete from audit.event where id = %s",
    "leaf": "update audit.leaf set at = at + interval '1 second' where event_id = %s",
    "leaf gone": "delete from audit.leaf where event_id = %s",
    "hidden": "delete from audit.subject where event_id = %s",
    "foreign": "insert into audit.subject (party_id, event_id) select gen_random_uuid(), %s",
    "stranger": "insert into audit.event select (e).* from (select jsonb_populate_record(e, jsonb_build_object("
    "'id', gen_random_uuid(), 'at', e.at - interval '9 days')) as e from audit.event e where id = %s) as made",
}


@pytest.mark.parametrize("seed", range(max(1, MUTATIONS // 320)))
def test_whatever_is_changed_in_the_database_is_found(database_url: str, tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    with a_case(database_url, tmp_path) as case:
        assert logs.compared(case.world, case.folder, case.trust, logs.NOW).findings == []
        ids = [one for (one,) in case.world.sql("select id from audit.event where cardinality(subjects) > 0")]
        for name, statement in TAMPERINGS.items():
            keep = "create table kept_event as table audit.event; create table kept_leaf as table audit.leaf; "
            keep += (
                "create table kept_subject as table audit.subject; create table kept_block as table audit.subject_block"
            )
            logs.as_owner(database_url, keep)
            logs.as_owner(database_url, statement, draw.choice(ids))
            verdict = logs.compared(case.world, case.folder, case.trust, logs.NOW)
            assert not verdict.holds, name
            back = "set session_replication_role = replica; "
            for table, kept in (
                ("event", "event"),
                ("leaf", "leaf"),
                ("subject", "subject"),
                ("subject_block", "block"),
            ):
                back += (
                    f"delete from audit.{table}; insert into audit.{table} table kept_{kept}; drop table kept_{kept}; "
                )
            logs.as_owner(database_url, back)
        assert logs.compared(case.world, case.folder, case.trust, logs.NOW).findings == []
        bulk = "update audit.subject_block set party_ids = party_ids[2:] where bucket = 3"
        logs.as_owner(database_url, bulk)
        found = logs.compared(case.world, case.folder, case.trust, logs.NOW).findings
        assert {one.fault for one in found} == {Fault.EVENT_ALTERED}


def test_erased_evidence_leaves_the_log_whole_and_evidence_erased_too_early_is_found(
    database_url: str, tmp_path: Path
) -> None:
    with a_case(database_url, tmp_path) as case:
        size = case.verify(case.folder).size
        later = MORNING.replace(year=MORNING.year + 5) + timedelta(days=1)
        world = case.world
        with world.register.database.connection() as connection:
            early = audit.forget(logs.Write(connection, MORNING + timedelta(days=300)))
            gone = audit.forget(logs.Write(connection, later))
        assert early == 0 and 0 < gone < size
        verdict = logs.compared(world, case.folder, case.trust, later)
        assert verdict.findings == []
        assert (verdict.erased, verdict.events) == (gone, size - gone)
        assert world.sql(
            "select count(*) from audit.subject s where not exists (select from audit.event where id = event_id)"
        ) == [(0,)]
        faults = {one.fault for one in logs.compared(world, case.folder, case.trust, logs.NOW).findings}
        assert faults == {Fault.EVENT_GONE}, "five years earlier the same loss would be a theft"
        logs.append(world, 1, at=later)
        world.register.log.seal()
        logs.export(world, case.folder)
        assert audit.verify(case.folder, Trust.of(world.register.log.keys), later).holds
