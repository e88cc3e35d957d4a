"""Query strings read as Harvest reads them: what is wrong is said, what is unknown is ignored."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from harvest_client.demo.refusals import Refusal, rejected

Query = Mapping[str, str]


def whole(text: str, name: str) -> int:
    if not text.isdecimal():
        raise rejected(f"{name} must be a whole number")
    return int(text)


def flag(text: str, name: str) -> bool:
    if text not in ("true", "false"):
        raise rejected(f"{name} must be true or false")
    return text == "true"


def day(text: str, name: str) -> date:
    """A day as `YYYY-MM-DD` or `YYYYMMDD`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise rejected(f"{name} is not a valid date") from None


def moment(text: str, name: str) -> datetime:
    """An instant in ISO 8601; UTC when it names no zone."""
    try:
        # In a query string that was not escaped, the plus of an offset arrives as a blank.
        read = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise rejected(f"{name} is not a valid date and time") from None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def plain(text: str, name: str) -> str:
    return text


def window(query: Query) -> tuple[date, date]:
    """A report's `from` and `to`; refused unless both are there and span 365 days at most."""
    missing = [name for name in ("from", "to") if name not in query]
    if missing:
        raise _required(missing)
    first, last = day(query["from"], "from"), day(query["to"], "to")
    if last < first:
        raise rejected("to must not be before from")
    if (last - first).days + 1 > 365:
        raise rejected("The report timeframe cannot exceed 1 year (365 days).")
    return first, last


def _required(names: list[str]) -> Refusal:
    return rejected(f"{' and '.join(names)} required")
