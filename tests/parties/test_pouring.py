"""Rows that COPY brings past the policies are refused where the policies would refuse them."""

from __future__ import annotations

from pathlib import Path

import pytest
from psycopg.errors import InsufficientPrivilege

from rekisteri import parties
from rekisteri.access import Action
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground import ids
from rekisteri.parties import Origin, poured
from rekisteri.parties.poured import Lines
from tests.builders import MORNING, World, a_viewer, a_world


def lines() -> Lines:
    return Lines(
        ids=ids.batch(1), row_nos=[2], keys=[b"1"], digests=[bytes(16)], organisations=[False], orders=[None],
        names=[b"Aho"], word_counts=[1], words=[b"naho"], contents=[b'{"surname":"Aho"}'], sealed=[None], codes={"hetu": [ids.fresh().bytes]},
    )  # fmt: skip


def origins(world: World) -> dict[str, Origin]:
    with world.register.door.write(world.maintainer, Action.IMPORT_RUN, Purpose.UPKEEP) as tx:
        return {one.code: Origin(parties.organisation_source(tx, one.id)) for one in (world.town, world.water)}


def test_an_act_brings_in_customers_of_its_own_organisations_alone(database_url: str, tmp_path: Path) -> None:
    with a_world(database_url, tmp_path) as world:
        sources = origins(world)
        own = a_viewer(Role.INTEGRATION, world.town)
        with world.register.door.write(own, Action.IMPORT_RUN, own.purposes()[0]) as tx:
            poured.allow(tx, sources[world.town.code])
            rows = poured.laid_out(sources[world.town.code], MORNING, lines())
            poured.identify(tx, rows)
            poured.bear(tx, sources[world.town.code], rows)
            assert tx.value("select current_user::text") == "rekisteri_app"
        assert world.sql("select name, turvakielto, words::text from parties.party") == [("Aho", "unknown", "'naho'")]
        with (
            pytest.raises(InsufficientPrivilege, match="customers of the source"),
            world.register.door.write(own, Action.IMPORT_RUN, own.purposes()[0]) as tx,
        ):
            poured.allow(tx, sources[world.water.code])


@pytest.mark.parametrize("table", ["party", "record", "statement", "identifier", "named"])
def test_the_tables_refuse_rows_of_an_act_that_brings_in_nobody(database_url: str, tmp_path: Path, table: str) -> None:
    pouring = {
        "party": "copy parties.party (id) from stdin (format binary)",
        "record": "copy parties.record (id) from stdin (format binary)",
        "statement": "copy parties.statement (id) from stdin (format binary)",
        "identifier": "copy parties.identifier (blind) from stdin (format binary)",
        "named": "copy parties.named (blind) from stdin (format binary)",
    }
    with a_world(database_url, tmp_path) as world:
        source = origins(world)[world.town.code]
        rows = poured.laid_out(source, MORNING, lines())
        with (
            pytest.raises(InsufficientPrivilege, match="may not bring in customers"),
            world.register.door.write(world.maintainer, Action.VTJ_CHECK, Purpose.UPKEEP) as tx,
        ):
            tx.pour(pouring[table], rows.parties)
        with (
            pytest.raises(InsufficientPrivilege, match="may not bring in customers"),
            world.register.door.write(world.maintainer, Action.VTJ_CHECK, Purpose.UPKEEP) as tx,
        ):
            poured.allow(tx, source)
        assert world.sql("select count(*) from parties.party") == [(0,)]
