"""Readings of Harvest's documents, exact numbers and currency decimals.

Harvest's documents leave some rules open. `Readings` names each open rule and the reading to use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any, Literal

Record = Mapping[str, Any]

#: ISO 4217 minor units other than 2, and the currencies with them.
DECIMALS: Mapping[int, str] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}


@dataclass(frozen=True)
class Readings:
    """One reading for each rule that Harvest leaves open.

    amounts: "entry" rounds each amount of hours and rate before it is added. "row" and "exact"
        leave the sums of this package exact. Only reports differ between those two.
    running: "in" counts running timers, "out" ignores them everywhere.
    fixed_fee_uninvoiced: "fee_less_invoiced", or "zero" for no uninvoiced fixed fees at all.
    budget_hours: "all" counts every entry with the flag `budgeted`, "billable" only billable ones.
    retainer_draw: "line_kind" reads negative lines of a kind in `retainer_kinds` as draws.
        "own_invoice" reads the amount that settles an invoice without a payment as a draw.
    """

    amounts: Literal["entry", "row", "exact"] = "exact"
    running: Literal["in", "out"] = "in"
    fixed_fee_uninvoiced: Literal["zero", "fee_less_invoiced"] = "fee_less_invoiced"
    budget_hours: Literal["all", "billable"] = "all"
    retainer_draw: Literal["line_kind", "own_invoice"] = "line_kind"
    retainer_kinds: frozenset[str] = frozenset({"Retainer"})


def parse_number(value: Any) -> Fraction:
    """Return a JSON number as an exact fraction, and null as 0."""
    return Fraction(0) if value is None else Fraction(str(value))


def to_decimal(value: Fraction) -> Decimal:
    """Return a fraction as a decimal of at most 50 digits."""
    with localcontext() as context:
        context.prec = 50
        return Decimal(value.numerator) / Decimal(value.denominator)


def currency_decimals(currency: str) -> int:
    """Return the number of decimals of a currency, 2 where ISO 4217 names no other."""
    return next((n for n, codes in DECIMALS.items() if currency in codes.split()), 2)


def round_money(value: Fraction, currency: str) -> Fraction:
    """Round an amount to the decimals of its currency, halves away from zero."""
    unit = Decimal(1).scaleb(-currency_decimals(currency))
    with localcontext() as context:
        context.prec = 50
        return Fraction(to_decimal(value).quantize(unit, rounding=ROUND_HALF_UP))
