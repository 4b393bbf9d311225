"""Hearing an answer to its end: no more of it, and no longer, than makes sense."""

from __future__ import annotations

import time

import httpx2

from rekisteri.sources.vtj.wire_soap import NoAnswer

PAUSES_MOST = 5
"""A whole answer may take so many time-outs. One bounds a pause alone, and a server may drip for ever without a long one."""


def heard(response: httpx2.Response, *, bytes_most: int, timeout_s: float) -> bytes:
    """The body of an answer under way. Raises ``NoAnswer``: too large, too slow, or packed and not to be unpacked."""
    last = time.monotonic() + PAUSES_MOST * timeout_s
    content = bytearray()
    try:
        for block in response.iter_bytes():
            content += block
            if len(content) > bytes_most:
                raise NoAnswer(f"An answer of more than {bytes_most >> 20} MiB came; it was not read.")
            if time.monotonic() > last:
                raise NoAnswer("No answer came in time: it began, and dripped.", passing=True)
    except httpx2.DecodingError:
        raise NoAnswer("An answer came that is packed and does not unpack.", passing=True) from None
    return bytes(content)
