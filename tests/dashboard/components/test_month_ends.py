"""Pages, periods and commands on the days on which months, years and leap years end."""

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.__main__ import main
from dashboard.components.page_params import parse_params
from dashboard.config.settings import Settings
from dashboard.config.settings import load_settings as load_settings
from dashboard.metrics.period import RELATIVE
from dashboard.reports import LISTINGS
from tests.dashboard.components.test_pages import PAGES
from tests.dashboard.metrics.publishing import published
from tests.dashboard.metrics.worlds import world
from tests.soak import SOAK

pytestmark = pytest.mark.longer("month ends")

DAYS = [date(2025, 12, 31), date(2026, 1, 31), date(2024, 2, 29)]
DAYS += (
    [date(2026, 2, 28), date(2025, 11, 30), date(2026, 1, 1), date(2025, 10, 31), date(2028, 2, 29)]
    if SOAK
    else []
)
TURNING = [page for page in PAGES if SOAK or "utilization" in page or "overview" in page]


@pytest.mark.parametrize("today", DAYS, ids=str)
@pytest.mark.parametrize("fiscal_start", ["1", "4", "12"] if SOAK else ["12"])
def test_every_period_page_and_command_answers(
    app: AppTest,
    told: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    today: date,
    fiscal_start: str,
) -> None:
    monkeypatch.setenv("HARVEST_TODAY", today.isoformat())
    monkeypatch.setenv("HARVEST_FISCAL_YEAR_START", fiscal_start)
    with closing(published(tmp_path, world(1), today)) as snapshot:
        for period in RELATIVE:
            asked = parse_params({"period": period}, load_settings(), snapshot)
            assert asked.scope.start <= asked.scope.end
            for listing in list(LISTINGS.values()) if SOAK else []:
                listing.read(snapshot, asked.scope, {})
    year = ["--from", f"{today.year}-01-01", "--to", f"{today.year}-12-31"]
    out = ["--out", str(tmp_path / "out.csv")]

    codes = [
        main(["report", "hours,capacity_hours", "--by", "month", *year]),
        main(["report", "budget_spent,outstanding_amount", "--by", "quarter", *year]),
        main(["export", "overview", *year, *out]),
    ]

    assert codes == [0, 0, 0]
    assert "Traceback" not in capfd.readouterr().err
    for page in TURNING:
        app.query_params["period"] = "this_month"
        app.switch_page(f"../{page}").run()
        assert not app.exception
