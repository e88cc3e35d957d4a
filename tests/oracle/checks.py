"""Oracle of the sample account, and comparison with values by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.oracle.metrics import Key, Oracle
from tests.oracle.readings import Readings, to_decimal
from tests.oracle.sample_account import HOLIDAYS, TODAY, make_account


def make_oracle(
    account: dict[str, Any] | None = None, fiscal_year_start: int = 1, **readings: Any
) -> Oracle:
    """Return the oracle of an account with some readings."""
    leave_tasks, account = frozenset({"Vacation"}), account or make_account()
    return Oracle(account, Readings(**readings), TODAY, leave_tasks, HOLIDAYS, fiscal_year_start)


def ratio(top: object, bottom: object) -> Fraction:
    """Return an exact quotient."""
    return Fraction(str(top)) / Fraction(str(bottom))


def assert_values(actual: dict[Key, Any], expected: dict[Any, Any]) -> None:
    """Compare values, where a missing key is 0 and a key may be written without a tuple."""
    keys = {key if isinstance(key, tuple) else (key,): v for key, v in expected.items()}
    exact = {k: None if v is None else to_decimal(Fraction(str(v))) for k, v in keys.items()}
    assert {k: v for k, v in actual.items() if v != 0} == exact
