"""Artificial identity codes for people of any age."""

from __future__ import annotations

from datetime import date

from stdnum.fi import hetu

SIGNS = {18: "+", 19: "-", 20: "A"}


def a_code(born: date, serial: int = 0) -> str:
    """The artificial identity code of somebody born on a day: individual numbers 900-999."""
    head = f"{born:%d%m%y}"
    individual = f"{900 + serial:03d}"
    check = hetu._calc_checksum(head + individual)
    code = f"{head}{SIGNS[born.year // 100]}{individual}{check}"
    assert hetu.is_valid(code, allow_temporary=True), code
    return code
