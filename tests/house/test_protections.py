"""The page of protections and limits says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from rekisteri.access import passwords, sessions, signin
from rekisteri.api import edge, imports, pace, signing
from rekisteri.api.desk import LIMIT_MAX
from rekisteri.audit import events, store
from rekisteri.ground.settings import Settings
from rekisteri.sources.banks import mandate_wire
from rekisteri.web import deliveries

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanation" / "protections.md").read_text("utf-8")
MIB, GIB = 1 << 20, 1 << 30


def default(name: str) -> int:
    value = Settings.model_fields[name].default
    assert isinstance(value, int)
    return value


def test_the_page_tells_how_guessing_is_stopped_by_the_numbers_that_hold() -> None:
    for said in (
        f"at least {passwords.PASSWORD_MIN} characters",
        f"{signin.FAILURES_MAX} wrong ones in a row lock the account for {signin.LOCK_MINUTES} minutes",
        "`password_words`",
    ):
        assert said in PAGE
    assert "password_words" in Settings.model_fields


def test_the_page_tells_how_long_sessions_live_and_every_way_of_signing_in() -> None:
    for said in (
        f"{default('session_minutes')} minutes; of a data subject {sessions.SUBJECT_LIFE.seconds // 60} minutes",
        f"| {default('idle_minutes')} minutes | `idle_minutes` |",
        f"| {default('step_up_minutes')} minutes | `step_up_minutes` |",
    ):
        assert said in PAGE
    for way in ("OpenID", "password", "strong identification", "DPoP", "mutual TLS"):
        assert way in PAGE


def test_the_page_tells_the_limits_of_what_one_caller_may_ask() -> None:
    for said in (
        f"{default('calls_per_second')} a second on average, {pace.BURST_S} seconds' worth",
        f"| a question's body | {edge.BODY_BYTES_MAX // MIB} MiB |",
        f"| {imports.ROWS_BYTES_MAX // MIB} MiB |",
        f"| {imports.DELIVERY_BYTES_MAX // GIB} GiB, read row by row |",
        f"| {mandate_wire.DOCUMENT_BYTES_MAX // MIB} MiB |",
        f"| a page of a list | {LIMIT_MAX} |",
        f"| {events.SINGLE_ROWS_MAX}; beyond in blocks |",
        f"| {store.EXTRACT_MAX:,} events |",
    ):
        assert said in PAGE


def test_the_page_tells_what_is_costly_and_what_bounds_it() -> None:
    told = PAGE.partition("## What is slow or costly")[2].partition("\n## ")[0]
    minutes = re.findall(
        r"statement_timeout = '(\d+)min'", (ROOT / "src/rekisteri/ground/database.py").read_text("utf-8")
    )
    assert len(minutes) == 1
    for said in (
        f"{signing.AT_ONCE} at once (API)",
        f"{deliveries.AT_ONCE} deliveries at once by the pages",
        f"{store.EXTRACT_MAX:,} events",
        f"ends after {minutes[0]} minutes",
        "`pool_size`",
    ):
        assert said in told
    assert "pool_size" in Settings.model_fields
    for costly in ("delivery", "batch of who pays", "snapshot", "extract", "search", "access package", "signing in"):
        assert costly in told


def test_the_page_sets_time_frames_and_names_the_libraries_that_are_renewed_first() -> None:
    frames = [int(days) for days in re.findall(r"\| (\d+) days \|", PAGE)]
    assert len(frames) == 4
    assert frames == sorted(frames)
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE))
    risky = re.findall(r"`([a-z0-9-]+)`", PAGE.rpartition("renewed first:")[2])
    assert len(risky) >= 8
    assert set(risky) <= locked


def test_the_page_lists_what_is_written_where_down_to_every_logger() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    loggers = set(re.findall(r'get_logger\("([\w.]+)"\)', source))
    assert loggers
    for written in ("`audit.event`", "standard error", "PostgreSQL's own log", "`oversight.signal`", *loggers):
        assert written in PAGE
