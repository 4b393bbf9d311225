"""An invoicing system of a client organisation: it is called with changes of its customers, and believes only the register.

It checks each call's signature by the published rule (Standard Webhooks 1.0), and deals with each event once, by its
id, whatever comes again. What it holds of its customers it holds by what it was told alone.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from rekisteri.ground import clock
from rekisteri.simulators.serving import Answered, Asked, Outsider, serving

TOLERANCE_S: Final = 300
STEM: Final = "whsec_"


@dataclass(slots=True)
class InvoicingSystem:
    """The system: its secrets, what it has met, what it holds. ``met`` are event ids in the order they took effect; ``watch``
    is told each of them."""

    secrets: list[str] = field(default_factory=list)
    now: Callable[[], datetime] = clock.now
    watch: Callable[[Mapping[str, Any]], None] | None = None
    met: list[str] = field(default_factory=list)
    again: int = 0
    forged: int = 0
    told: list[tuple[str, str]] = field(default_factory=list)
    customers: dict[str, dict[str, Any]] = field(default_factory=dict)
    sequences: dict[str, str] = field(default_factory=dict)
    disorder: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self, port: int = 0) -> AbstractContextManager[Outsider]:
        """Answer, on loopback, until the end."""
        return serving(Outsider(self.answer), port=port)

    def answer(self, asked: Asked) -> Answered:
        """Take one event; 401 for what the register has not signed."""
        if not self._genuine(asked):
            with self._lock:
                self.forged += 1
            return Answered(401, "text/plain", b"")
        event = json.loads(asked.body)
        with self._lock:
            if event["id"] in self.met:
                self.again += 1
            else:
                self._deal(event)
        return Answered(204, "text/plain", b"")

    def _deal(self, event: dict[str, Any]) -> None:
        number = event["subject"]
        if event["sequence"] <= self.sequences.get(number, ""):
            self.disorder.append(event["id"])
        self.sequences[number] = event["sequence"]
        self.met.append(event["id"])
        if self.watch is not None:
            self.watch(event)
        self.told.append((event["type"].rpartition(".")[2], number))
        data = event["data"]
        if data.get("ended"):
            self.customers.pop(number, None)
            return
        held = self.customers.setdefault(number, {"values": {}})
        held["values"] = {name: value for name, value in held["values"].items() if name not in data["items"]}
        held["values"] |= data["values"]
        for name in data["drop"]:
            held["values"].pop(name, None)
        held |= {"customer": data["customer"], "non_disclosure": data["non_disclosure"]}

    def _genuine(self, asked: Asked) -> bool:
        name, moment = asked.headers.get("webhook-id", ""), asked.headers.get("webhook-timestamp", "")
        if not moment.isdigit() or abs(self.now().timestamp() - int(moment)) > TOLERANCE_S:
            return False
        signed = f"{name}.{moment}.".encode() + asked.body
        given = [one.partition(",")[2] for one in asked.headers.get("webhook-signature", "").split()]
        return any(hmac.compare_digest(mark, one) for mark in self._marks(signed) for one in given)

    def _marks(self, signed: bytes) -> Iterable[str]:
        for secret in self.secrets:
            key = base64.b64decode(secret.removeprefix(STEM))
            yield base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
