"""Minor units of currencies: how many decimal places an amount has, by ISO 4217."""

_DIGITS = {
    0: {
        "BIF", "BYR", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
        "VND", "VUV", "XAF", "XOF", "XPF",
    },
    3: {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"},
    4: {"CLF", "UYW"},
}  # fmt: skip
_USUAL = 2


def minor_digits(currency: str | None) -> int:
    """Return the decimal places of amounts in `currency`; two where it is not known."""
    return next((digits for digits, codes in _DIGITS.items() if currency in codes), _USUAL)


def decimals_sql(column: str) -> str:
    """Return the SQL expression of `minor_digits` for the currency in `column`."""
    cases = "".join(
        f" WHEN {column} IN ({', '.join(repr(code) for code in sorted(codes))}) THEN {digits}"
        for digits, codes in _DIGITS.items()
    )
    return f"CASE{cases} ELSE {_USUAL} END"
