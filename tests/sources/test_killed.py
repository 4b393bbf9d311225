"""Killing a delivery at any moment and taking it again ends as if it had been taken once."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from rekisteri.ground import migrations
from rekisteri.simulators import STANDARD, Form, Spoiler, clientele_of, rows, write_file, write_rows
from rekisteri.sources.organisations import intake
from tests.builders import a_world
from tests.sources.delivering import Delivery, deliver

CUSTOMERS = 1600
CHUNK_ROWS = 100
LAST = 3
"""Statements after which it may be too late to kill."""
MOMENTS = 20
BESIDE_EVERY = 5
"""Of the moments: another process makes the sheets ready then, which costs a second to begin."""
DIES_IN_S = 0.003
MEMORY_MOST_MIB = 500
MANY = 100_000

# Everything that stands in the register, but for identifiers, seals and the moments of the log.
STANDING = """
select line from (
    select 'party ' || concat_ws('|', kind, name, content, jsonb_path_query_array(winners, '$.keyvalue().key'), turvakielto,
                                 organisations, words, version)
    from parties.party
    union all
    select 'record ' || concat_ws('|', r.key, r.digest, r.turvakielto, r.since_on, r.ended_on, p.name, p.content)
    from parties.record r join parties.party p on p.id = r.party_id
    union all
    select 'statement ' || concat_ws('|', r.key, s.content, length(s.sealed), s.valid, s.recorded, s.row_no, b.file_name)
    from parties.statement s join parties.record r on r.id = s.record_id join sources.batch b on b.id = s.batch_id
    union all
    select 'protected ' || concat_ws('|', r.key, length(x.sealed))
    from parties.protected x join parties.statement s on s.id = x.statement_id join parties.record r on r.id = s.record_id
    union all
    select 'identifier ' || concat_ws('|', i.kind, i.blind, p.name, p.content)
    from parties.identifier i join parties.party p on p.id = i.party_id
    union all
    select 'judgement ' || concat_ws('|', r.key, j.verdict, j.rule)
    from parties.judgement j join parties.record r on r.id = j.record_id
    union all
    select 'work ' || concat_ws('|', record_key, reason, row_no, digest, decision) from parties.work
    union all
    select 'change ' || concat_ws('|', kind, items, organisations, sum(cardinality(party_ids)))
    from parties.change group by kind, items, organisations
    union all
    select 'word ' || word from parties.word
    union all
    select 'variant ' || concat_ws('|', variant, word) from parties.word_variant
    union all
    select 'batch ' || concat_ws('|', file_name, file_digest, mode, row_count, new_count, changed_count, unchanged_count,
                                 rejected_count, doubt_count, ended_count, dropped)
    from sources.batch
    union all
    select 'fault ' || concat_ws('|', row_no, fault_no, field, reason, outcome, length(raw)) from sources.fault
    union all
    select 'event ' || concat_ws('|', action, outcome, subject_count) from audit.event where action like 'import%%'
) as standing (line) order by line
"""


# References that PostgreSQL declares and does not enforce: rows that lead nowhere.
ASTRAY = """
select (select count(*) from parties.record r where not exists (select from parties.party p where p.id = r.party_id)),
       (select count(*) from parties.record r where not exists (select from parties.source s where s.id = r.source_id)),
       (select count(*) from parties.statement s where not exists (select from parties.record r where r.id = s.record_id)),
       (select count(*) from parties.identifier i where not exists (select from parties.party p where p.id = i.party_id))
"""


def a_spoilt_file(folder: Path) -> Path:
    path = folder / "asiakkaat.csv"
    spoiler = Spoiler(STANDARD, 5, 10.0)
    write_rows(path, STANDARD.columns, spoiler.spoil(rows(STANDARD, clientele_of(4, "kunta", CUSTOMERS))), Form())
    return path


def test_killed_at_any_moment_it_leaves_nothing_and_again_ends_the_same(
    database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    path = a_spoilt_file(tmp_path)
    with a_world(database_url, tmp_path) as world:
        clean = deliver(Delivery(database_url, tmp_path, world.town.id, path, CHUNK_ROWS))
        assert clean is not None
        once = world.sql(STANDING)
    migrations.migrate(empty_database_url)
    moments = random.Random(20)
    with a_world(empty_database_url, tmp_path) as world:
        delivery = Delivery(empty_database_url, tmp_path, world.town.id, path, CHUNK_ROWS)
        for moment in range(MOMENTS):
            statement = moments.randrange(clean.statements - LAST)
            dying = replace(delivery, dies_after=statement, dies_in_s=moments.uniform(0, DIES_IN_S))
            assert deliver(replace(dying, beside=moment % BESIDE_EVERY == 0)) is None
        assert world.sql("select count(*) from parties.party") == [(0,)]
        assert deliver(replace(delivery, beside=True)) is not None
        assert world.sql(STANDING) == once
        assert world.sql(ASTRAY) == [(0, 0, 0, 0)]


def test_a_large_delivery_is_taken_in_bounded_memory(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "asiakkaat.csv"
    write_file(path, STANDARD, clientele_of(7, "kunta", MANY), Form())
    with a_world(database_url, tmp_path) as world:
        told = deliver(Delivery(database_url, tmp_path, world.town.id, path, intake.CHUNK_ROWS))
        assert world.sql("select count(*) from parties.record") > [(MANY * 9 // 10,)]
    assert told is not None
    assert told.peak_mib <= MEMORY_MOST_MIB
