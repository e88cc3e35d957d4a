"""Page parameters: the query parameters of a page, read and checked.

The page and its downloads share them:

- `period`: `30d`, `this_month`, …, or `2026-01-01..2026-02-15`
- `where`: a filter of the connector's language, as JSON
- `basis`: `rounded` or `raw`
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from dashboard.config.errors import MetricError
from dashboard.config.settings import Settings
from dashboard.metrics.bounds import find_span
from dashboard.metrics.period import Period
from dashboard.metrics.scope import FIELDS, RoundingBasis, Scope
from dashboard.store.snapshots import Snapshot
from harvest_client.search import Filter, canonical_json, parse_text

DEFAULT_PERIOD = "30d"


@dataclass(frozen=True, slots=True)
class PageParams:
    """Period, filter and rounding of a page; `scope` is the same with resolved days."""

    period: Period
    where: Filter | None
    basis: RoundingBasis
    scope: Scope

    def restrict(self, where: Filter | None) -> "PageParams":
        """Return the same question about the part that `where` selects too."""
        scope = self.scope.and_(where)
        return replace(self, where=scope.where, scope=scope)

    def to_params(self) -> dict[str, str]:
        """As query parameters again, without what is so by default."""
        request = {
            "period": str(self.period),
            "where": canonical_json(self.where) if self.where else "",
            "basis": self.basis.value,
        }
        usual = {"period": DEFAULT_PERIOD, "where": "", "basis": RoundingBasis.ROUNDED.value}
        return {name: value for name, value in request.items() if value != usual[name]}

    def to_query(self, **more: str) -> str:
        return urlencode(self.to_params() | more)


def parse_params(request: Mapping[str, str], settings: Settings, snapshot: Snapshot) -> PageParams:
    """Return the question that query parameters ask of an account.

    Raises `MetricError` or `SearchError` with a sentence for what cannot be understood.
    """
    period = Period.parse((request.get("period") or DEFAULT_PERIOD).strip())
    where = read_filter(request.get("where") or "")
    basis = _parse_basis(request.get("basis") or RoundingBasis.ROUNDED.value)
    today, fiscal_start = settings.today_in(snapshot.meta.timezone), settings.fiscal_start
    start, end = period.resolve(
        today=today,
        week_start=snapshot.meta.week_start,
        fiscal_start=fiscal_start,
        stored=find_span(snapshot, today) if period == Period("all") else None,
    )
    scope = Scope(start, end, where, basis, today=today, fiscal_start=fiscal_start)
    return PageParams(period, where, basis, scope)


def read_filter(text: str) -> Filter | None:
    """Return the filter in `text`, None where it is blank. Raises `SearchError`."""
    return parse_text(text, FIELDS) if text.strip() else None


def _parse_basis(text: str) -> RoundingBasis:
    try:
        return RoundingBasis(text)
    except ValueError:
        raise MetricError(
            f"There is no basis {text!r}.", remedy="It is `rounded` or `raw`."
        ) from None
