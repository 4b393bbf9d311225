"""Alarms are told on to the one declared place: signed, counts alone, when they are news, and never to anywhere else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from rekisteri.feeds import alarms
from rekisteri.simulators import Answered, Misdeed, Outsider
from rekisteri.simulators.serving import serving
from tests.cli.terminal import Terminal, a_staffed_terminal


@contextmanager
def a_receiver(patch: pytest.MonkeyPatch) -> Iterator[Outsider]:
    """A place that takes alarms, and the settings that declare it."""
    with serving(Outsider(lambda asked: Answered(204, "text/plain", b""))) as receiver:
        patch.setenv("REKISTERI_ALARM_URL", f"http://localhost:{receiver.port}/alarms")
        patch.setenv("REKISTERI_ALARM_COUNTRY", "FI")
        yield receiver


def raise_signals(url: str, *kinds: str) -> None:
    with psycopg.connect(url, autocommit=True) as owner:
        for kind in kinds:
            owner.execute(
                """
                insert into oversight.signal (id, kind, account_id, account, organisations, day, count, event_ids, raised_at)
                select uuidv7(), %s, id, handle, '{}', '2026-03-02', 61, '{}', now() from access.account where handle = 'invoicer'
                """,
                (kind,),
            )


def send(terminal: Terminal) -> bool:
    return bool(terminal.types("alarms", "--send", "--json").json["sent"])


def test_alarms_are_told_on_signed_when_they_are_news_and_name_nobody(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    assert terminal.types("alarms", "--send").code == 4, "nothing is declared, so nothing leaves"
    with a_receiver(monkeypatch) as receiver:
        assert not send(terminal), "all is clear and always was"
        raise_signals(database_url, "spike", "night")
        assert terminal.types("alarms", "--json").json == {
            "alarms": {"signals_night": 1, "signals_spike": 1},
            "sent": False,
        }
        assert receiver.asked == [], "looking tells nobody"
        assert send(terminal)
        assert not send(terminal), "nothing has changed"
        monkeypatch.setattr(alarms, "REMINDED", timedelta(0))
        assert send(terminal), "a day has passed and they are still open"
        with psycopg.connect(database_url, autocommit=True) as owner:
            owner.execute("update oversight.signal set closed_at = now(), verdict = 'justified', reason = 'x'")
        assert send(terminal), "that all is clear again is news"
        assert not send(terminal), "once"
        (secret,) = terminal.types("alarms", "--secret").out.split()
        key = base64.b64decode(secret.removeprefix("whsec_"))
        counts = []
        for one in receiver.asked:
            headers = {name.lower(): value for name, value in one.headers.items()}
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + one.body
            mark = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
            assert headers["webhook-signature"] == f"v1,{mark}"
            counts.append(json.loads(one.body)["data"])
            assert b"invoicer" not in one.body and b"kuusilahti" not in one.body
        assert counts == [{"signals_night": 1, "signals_spike": 1}] * 2 + [{}]
        declared = terminal.types("connection", "list", "--json").out
        assert "alarms" in declared and "never whose" in declared
        with psycopg.connect(database_url) as owner:
            told = owner.execute("select detail from audit.event where detail ->> 'connection' = 'alarms'").fetchall()
        assert len(told) == len(counts), "each stands in the log before it leaves"


def test_alarms_that_nobody_took_go_again_and_leave_for_no_country_outside(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = a_staffed_terminal(database_url, tmp_path, monkeypatch, capsys)
    raise_signals(database_url, "spike")
    with a_receiver(monkeypatch) as receiver:
        receiver.misbehave(Misdeed(Answered(500, "text/plain", b"")))
        assert terminal.types("alarms", "--send").code == 6
        assert send(terminal), "what was not taken is news still"
        assert len(receiver.asked) == 2
        for country in ("US", ""):
            monkeypatch.setenv("REKISTERI_ALARM_COUNTRY", country)
            assert terminal.types("alarms", "--send").code == 2, "checked at the start"
        monkeypatch.delenv("REKISTERI_ALARM_COUNTRY")
        undeclared = terminal.types("alarms", "--send")
        assert undeclared.code == 2 and "REKISTERI_ALARM_COUNTRY" in undeclared.err
        monkeypatch.setenv("REKISTERI_ALARM_COUNTRY", "FI")
        monkeypatch.setenv("REKISTERI_ALARM_URL", "http://alarms.example.fi/x")
        assert terminal.types("alarms", "--send").code == 2, "without TLS nothing leaves the machine"
