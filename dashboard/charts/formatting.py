"""Formats of numbers and days: those of the account, where Harvest provides them."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from dashboard.config.currencies import currency_decimals
from dashboard.metrics.catalog import Unit
from dashboard.metrics.labels import DECIMAL, MINUS, THOUSANDS, decimal_marks, format_number

NONE = "—"

_SIGNS = {
    "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CNY": "CN¥", "INR": "₹", "KRW": "₩",
    "BRL": "R$", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$", "MXN": "MX$", "HKD": "HK$",
    "SGD": "S$", "ILS": "₪", "VND": "₫", "PLN": "zł", "CZK": "Kč",
}  # fmt: skip
_COMPACT_FROM = 100_000
_DAY = re.compile(r"(%[dmYybB]|[-./, ])+")
_MOST_CHANGE = 2  # times the earlier value: more is no percentage to compare


@dataclass(frozen=True, slots=True)
class Formats:
    """The marks an account writes its numbers with.

    `clock` writes hours as HH:MM instead of decimally. `sign` and `code` say where the currency
    goes: "before", "after" or "none"; it is never left out altogether, `code` steps in.
    """

    decimal: str = DECIMAL
    thousands: str = THOUSANDS
    clock: bool = False
    sign: str = "before"
    code: str = "none"
    day_format: str = "%d %b %Y"

    @classmethod
    def from_company(
        cls,
        *,
        decimal: str | None,
        thousands: str | None,
        time: str | None,
        sign: str | None,
        code: str | None,
        day: str | None,
    ) -> "Formats":
        """From the company's settings as Harvest spells them; the default where it is silent."""
        plain = cls()
        mark, separator = decimal_marks(decimal, thousands)
        return cls(
            decimal=mark,
            thousands=separator,
            clock=time == "hours_minutes",
            sign=(sign or plain.sign).removeprefix("symbol_"),
            code=(code or plain.code).removeprefix("iso_code_"),
            day_format=day if day and _DAY.fullmatch(day) else plain.day_format,
        )

    @property
    def separators(self) -> str:
        """As Plotly wants them for an axis: the decimal mark, then what groups thousands."""
        return f"{self.decimal}{self.thousands}"

    def format_value(self, value: float | None, unit: Unit, currency: str | None = None) -> str:
        """In full, as a table shows it."""
        match unit:
            case Unit.HOURS:
                return self.format_hours(value)
            case Unit.SHARE:
                return self.format_share(value)
            case Unit.MONEY | Unit.RATE:
                return self.format_money(value, currency)
            case Unit.COUNT:
                return self._or_none(value, self.format_number)
            case Unit.DAYS:
                return self._or_none(value, lambda number: self.format_number(number, 1))

    def format_headline(self, value: float | None, unit: Unit, currency: str | None = None) -> str:
        """In brief, as a card shows it: money without cents, and compact when it is large."""
        if unit is Unit.MONEY:
            return self._or_none(value, lambda number: self._brief_money(number, currency))
        if unit is Unit.HOURS and value is not None and abs(value) >= _COMPACT_FROM:
            return self._or_none(value, self.format_number)
        return self.format_value(value, unit, currency)

    def format_hours(self, value: float | None) -> str:
        return self._or_none(value, self._clock_hours if self.clock else self._decimal_hours)

    def format_share(self, value: float | None) -> str:
        return self._or_none(value, lambda number: f"{self.format_number(number * 100, 1)}%")

    def format_money(self, value: float | None, currency: str | None) -> str:
        digits = currency_decimals(currency)
        return self._or_none(
            value,
            lambda number: self._with_currency(
                number, self.format_number(abs(number), digits), currency
            ),
        )

    def format_change(
        self, now: float | None, before: float | None, unit: Unit, currency: str | None = None
    ) -> str | None:
        """Return the change from `before` to `now`, with its sign; None if one is unknown.

        Points for a share, else percent of the absolute value before: from −1,000 to −500 is
        +50 %. From 0, from one sign to the other, and beyond 200 % a percentage has no meaning:
        then the difference itself. None for 0 after 0.
        """
        if now is None or before is None or math.isnan(now) or math.isnan(before):
            return None
        if unit is Unit.SHARE:
            return f"{self._signed_number((now - before) * 100)} pp"
        if now == before == 0:
            return None
        if before == 0 or now * before < 0 or abs(now - before) > _MOST_CHANGE * abs(before):
            return _with_sign(now - before, self.format_headline(now - before, unit, currency))
        return f"{self._signed_number((now - before) / abs(before) * 100)}%"

    def format_number(self, value: float, digits: int = 0) -> str:
        return format_number(value, digits, decimal=self.decimal, thousands=self.thousands)

    def format_day(self, day: date) -> str:
        return day.strftime(self.day_format)

    def _or_none(self, value: float | None, write: Callable[[float], str]) -> str:
        return NONE if value is None or math.isnan(value) else write(value)

    def _decimal_hours(self, value: float) -> str:
        return self.format_number(value, 2)

    def _clock_hours(self, value: float) -> str:
        minutes = round(abs(value) * 60)
        sign = MINUS if value < 0 and minutes else ""
        return f"{sign}{self.format_number(minutes // 60)}:{minutes % 60:02}"

    def _signed_number(self, value: float) -> str:
        return _with_sign(value, self.format_number(value, 1))

    def _brief_money(self, value: float, currency: str | None) -> str:
        size = abs(value)
        if size >= 999_950:
            text = f"{self.format_number(size / 1_000_000, 2)}M"
        elif size >= _COMPACT_FROM:
            text = f"{self.format_number(size / 1000, 1)}k"
        else:
            text = self.format_number(size)
        if currency not in _SIGNS:
            return self._with_currency(value, text, currency)
        # A card is narrow: the sign alone, where the account would put sign or code.
        place = self.code if self.sign == "none" else self.sign
        return replace(self, sign=place, code="none")._with_currency(value, text, currency)

    def _with_currency(self, value: float, text: str, currency: str | None) -> str:
        if currency:
            sign = _SIGNS.get(currency) if self.sign != "none" else None
            code = self.code if sign or self.code != "none" else "after"
            if sign:
                text = f"{sign}{text}" if self.sign == "before" else f"{text} {sign}"
            if code != "none":
                text = f"{currency} {text}" if code == "before" else f"{text} {currency}"
        return f"{MINUS}{text}" if value < 0 and _is_not_zero(text) else text


def _with_sign(value: float, text: str) -> str:
    """Put a plus in front of `text` if it writes more than zero; a minus it has already."""
    return f"+{text}" if value > 0 and _is_not_zero(text) else text


def _is_not_zero(text: str) -> bool:
    return any(digit in text for digit in "123456789")
