"""The demo's population register: reached by what it tells, and living on when it is told to, over its own restarts."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from rekisteri import simulators
from rekisteri.cli.commands import run
from rekisteri.cli.frame import Frame
from rekisteri.ground import clock
from rekisteri.ground.errors import Unavailable
from rekisteri.ground.settings import Settings
from rekisteri.simulators.vtj_people import citizens
from rekisteri.sources.vtj import changes_setup, query_setup
from tests.builders import a_world
from tests.sources.vtj.following import customers, run_following

SEED, PEOPLE = 1, 30


def test_days_go_by_and_following_brings_the_changes_in(database_url: str, tmp_path: Path) -> None:
    home = tmp_path / "demo"
    with simulators.population_register(home, SEED, PEOPLE):
        told = json.loads((home / "vtj.json").read_text("utf-8"))["settings"]
        with a_world(database_url, tmp_path, **told) as world:
            world.clock.at = clock.now()
            customers(world, citizens(SEED, PEOPLE))
            assert run_following(world).tally.counts["read"] > PEOPLE // 2
            lived = simulators.let_live(home, 20)
            assert lived.changes > 0
            assert lived.today == clock.day(clock.now()) + timedelta(days=20)
            assert run_following(world).tally.counts["changes"] == lived.changes
            assert query_setup(world.register.settings).permission == simulators.PERMISSION
    with pytest.raises(Unavailable, match="rekisteri demo"):
        simulators.let_live(home, 1)
    with simulators.population_register(home, SEED, PEOPLE):
        assert simulators.let_live(home, 1).today == lived.today + timedelta(days=1)
    assert (home / "vtj.json").stat().st_mode & 0o077 == 0


def test_a_demos_commands_reach_it_unless_somebody_has_set_another(tmp_path: Path) -> None:
    with simulators.population_register(tmp_path, SEED, PEOPLE) as url:
        (tmp_path / "demo.json").write_text("{}", "utf-8")
        settings = Frame(Settings(home=tmp_path), False, None, None, None).settled(2)
        assert changes_setup(settings).url.startswith(url)
        own = Settings(home=tmp_path, vtj_changes_url="https://vtj.example/api/v1")
        assert changes_setup(Frame(own, False, None, None, None).settled(2)).url == "https://vtj.example/api/v1"


def test_days_do_not_pass_where_no_demo_is_running(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--home", str(tmp_path), "demo", "--let-days-pass", "3"]) == Unavailable.exit_code
    assert "rekisteri demo" in capsys.readouterr().err
    with simulators.population_register(tmp_path, SEED, PEOPLE):
        assert run(["--home", str(tmp_path), "--json", "demo", "--let-days-pass", "3"]) == 0
        assert json.loads(capsys.readouterr().out)["changes"] > 0
