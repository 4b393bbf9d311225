"""The pages served for a real browser: uvicorn on a free loopback port, and Debian's Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from starlette.types import ASGIApp

from tests.web.browsing import PASSWORD

AXE = Path(__file__).parent.parent / "vendor" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HOW = {"runOnly": RULES, "resultTypes": ["violations"], "preload": False}
"""Only what is wrong is described, and no sheet is fetched anew for rules not asked for: the same findings in a third of the time."""
SANDBOX = [] if os.geteuid() else ["--no-sandbox"]
FLAGS = [
    *SANDBOX, "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
START_S = 20.0


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The application at an address of this machine, for as long as the block lasts."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + START_S
        while not server.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(START_S)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium without a screen; skips where it is not installed (``.ci/run`` installs it)."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def somebody(browser: Browser, address: str, *, scripts: bool = True, width: int = 1280) -> BrowserContext:
    """A fresh browser profile at the register's address."""
    return browser.new_context(
        base_url=address, java_script_enabled=scripts, locale="fi-FI", viewport={"width": width, "height": 900}
    )


def sign_in(page: Page, handle: str, language: str = "fi") -> None:
    """Sign in by the form, in a language."""
    page.goto("/kirjaudu")
    page.click(f"button[name=kieli][value={language}]")
    page.fill("#tunnus", handle)
    page.fill("#salasana", PASSWORD)
    page.press("#salasana", "Enter")
    page.wait_for_selector("button.quiet")


def faults_of_access(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands: rule, what, and where."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("how => axe.run(document, how)", HOW)
    return [
        f"{one['id']}: {one['help']}: {node['target']} {node['html'][:160]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
