"""Decimal places of currencies by ISO 4217, for screens, files, reports and comparisons.

Source: ISO 4217 list one, https://www.six-group.com/dam/download/financial-information/
data-center/iso-currrency/lists/list-one.xml (spelled so). Codes that were withdrawn, the second
block of zeros, are in list three, which has no minor units: they keep those of their last edition
of list one.
"""

from decimal import Decimal

_USUAL = 2
_DECIMALS: dict[str, int] = {
    **dict.fromkeys(
        (
            "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
            "VND", "VUV", "XAF", "XOF", "XPF",
            "ADP", "BEF", "BYB", "BYR", "ESP", "GRD", "ITL", "LUF", "MGF", "PTE", "TPE", "TRL",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}  # fmt: skip


def currency_decimals(currency: str | None) -> int:
    """Return the digits after the decimal mark of amounts in `currency`; 2 for unknown codes."""
    return _DECIMALS.get((currency or "").upper(), _USUAL)


def smallest_unit(currency: str | None) -> Decimal:
    """Return the smallest amount in `currency`, such as 0.01."""
    return Decimal(1).scaleb(-currency_decimals(currency))


def decimals_sql(column: str) -> str:
    """Return the SQL expression of `decimals` for the currency in `column`."""
    codes = {
        places: ", ".join(f"'{code}'" for code, result in _DECIMALS.items() if result == places)
        for places in sorted(set(_DECIMALS.values()))
    }
    cases = "".join(f" WHEN {column} IN ({listed}) THEN {n}" for n, listed in codes.items())
    return f"CASE{cases} ELSE {_USUAL} END"
