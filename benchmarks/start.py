"""From ``rekisteri demo`` to the first page, on a machine that is set up."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.figures import Figure

GOAL_S = 20
CUSTOMERS = 30_000
STARTED = re.compile(r"http://127\.0\.0\.1:\d+")


def measure() -> list[Figure]:
    """Start the demo from an empty folder and again on its data; the first page of each."""
    with tempfile.TemporaryDirectory(prefix="rekisteri-bench-") as folder:
        first = _first_page(Path(folder) / "demo")
        second = _first_page(Path(folder) / "demo")
    floor = _interpreter()
    return [
        Figure(f"first page of the demo, {CUSTOMERS:,} customers imported first", f"{first:.1f} s", f"{floor:.2f} s (python -c pass)",
               f"{first / floor:.0f} x", f"<= {GOAL_S} s", first <= GOAL_S),
        Figure("first page of a second start on the same data", f"{second:.1f} s", f"{floor:.2f} s (python -c pass)",
               f"{second / floor:.0f} x", f"<= {GOAL_S} s", second <= GOAL_S),
    ]  # fmt: skip


def _first_page(home: Path) -> float:
    began = time.perf_counter()
    demo = subprocess.Popen(
        [str(Path(sys.executable).with_name("rekisteri")), "demo", "--home", str(home), "--customers", str(CUSTOMERS), "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert demo.stdout is not None
        for line in demo.stdout:
            if address := STARTED.search(line):
                with urllib.request.urlopen(address[0]) as page:  # noqa: S310 - our own loopback address
                    assert page.status == 200
                return time.perf_counter() - began
        raise RuntimeError("the demo ended without telling its address")
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(timeout=60)


def _interpreter() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - began
