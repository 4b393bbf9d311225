"""Following VTJ killed at any moment, with changes sent twice and out of order, ends as a run nothing happened to.

``VTJ_KILLS=50`` in the environment kills so often; a few times always.
"""

from __future__ import annotations

import os
import random
from dataclasses import replace
from pathlib import Path

from rekisteri.ground import migrations
from rekisteri.simulators.serving import serving
from rekisteri.simulators.vtj_changes import PREFIX, ChangeService
from tests.builders import a_world
from tests.sources.vtj.following import a_bureau, customers, follow, words_hash
from tests.sources.vtj.following_apart import Flight, fly

KILLS = int(os.environ.get("VTJ_KILLS", "6"))
EPOCHS = 2
PEOPLE = 40
ACTS = 10
NOISE = 0.2
PAGE = 20
DIES_IN_S = 0.01

# Golden records, whom each is of told by nothing but the record itself; who is followed; what is kept apart.
STANDING = """
select line from (
    select 'party ' || concat_ws('|', name, content, turvakielto, organisations, words) from parties.party
    union all
    select 'followed ' || concat_ws('|', p.name, s.state) from sources.vtj_subscription s
    join parties.party p on p.id = s.party_id
    union all
    select 'held ' || count(*) from sources.vtj_held
    union all
    select 'task ' || concat_ws('|', t.kind, p.name, t.due_on, t.closed_at is null) from sources.vtj_task t
    join parties.party p on p.id = t.party_id where t.closed_at is null
) as standing (line) order by line
"""


def test_killed_at_any_moment_it_ends_as_a_clean_run(
    database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    migrations.migrate(empty_database_url)
    moments = random.Random(KILLS)
    killed = 0
    with (
        a_bureau(count=PEOPLE, page=PAGE) as bureau,
        a_world(database_url, tmp_path) as clean,
        a_world(empty_database_url, tmp_path) as harried,
    ):
        noisy = ChangeService(bureau.nation, page=PAGE, noise=NOISE).outsider()
        for world in (clean, harried):
            customers(world, bureau.nation.people)
        with serving(noisy):
            setup = bureau.setup(url=noisy.url + PREFIX, brake_least=1000)
            statements = 60
            for epoch in range(EPOCHS):
                assert follow(clean, bureau, brake_least=1000).stopped is None
                flight = Flight(empty_database_url, tmp_path, setup, harried.clock.at)
                for _ in range(KILLS * (epoch + 1) // EPOCHS - KILLS * epoch // EPOCHS):
                    after, within = moments.randrange(statements), moments.uniform(0, DIES_IN_S)
                    killed += fly(replace(flight, dies_after=after, dies_in_s=within)) is None
                statements = fly(flight) or statements
                # Whoever was in doubt is read anew by the next run at the latest.
                assert words_hash(harried) == words_hash(clean)
                assert harried.sql(STANDING) == clean.sql(STANDING)
                bureau.nation.pass_days(5, ACTS)
                for world in (clean, harried):
                    world.clock.pass_days(5)
    assert killed >= KILLS * 2 // 3
