"""A page of restricted figures is in the audit log: once for each question, not for each rerun."""

from streamlit.testing.v1 import AppTest

from dashboard.access.audit import audit_log
from dashboard.access.rights import EVERYTHING, Right, person
from dashboard.config import Settings
from dashboard.ui.menu import MENU
from tests.dashboard.ui.conftest import TWO_WEEKS


def entered(told: Settings) -> list[tuple[object, ...]]:
    return audit_log(told.cache_dir / told.account_id).rows(
        "SELECT did, what, period, filter FROM entries ORDER BY number"
    )


def test_a_view_is_entered_once_for_each_question(app: AppTest, published: Settings) -> None:
    app.query_params["period"] = TWO_WEEKS
    app.run().switch_page("../pages/hours.py").run()
    app.run()
    app.text_input(key="where").set_value('{"eq":{"client.id":10}}').run()
    app.switch_page("../pages/utilization.py").run()
    app.switch_page("../pages/data.py").run()

    days = "2026-01-05..2026-01-18"
    assert entered(published)[1:] == [
        ("looked at", "hours", days, ""),
        ("looked at", "hours", days, '{"eq":{"client.id":10}}'),
        ("looked at", "data", "", ""),
    ]
    assert entered(published)[0][1] == "overview"  # the start page


def test_a_page_that_cannot_be_recorded_is_shown(app: AppTest, published: Settings) -> None:
    (published.cache_dir / "1" / "audit.sqlite").mkdir()

    app.run().switch_page("../pages/hours.py").run()

    assert not app.exception
    assert not app.error
    assert app.metric


def test_whether_figures_are_restricted_depends_on_who_sees_them() -> None:
    member = person(
        user_id=1, name="", access_roles=["member"], teammates=(), managed=(), shared_budgets=()
    )
    rates = person(
        user_id=1, name="", access_roles=["manager", "billable_rates_manager"], teammates=(),
        managed=(), shared_budgets=(),
    )  # fmt: skip

    assert {page.name for page in MENU if page.is_restricted(EVERYTHING)} == {
        page.name for page in MENU
    } - {"utilization", "expenses", "explorer"}
    assert "hours" in {page.name for page in MENU if page.is_restricted(rates)}
    assert {page.name for page in MENU if page.is_restricted(member)} == {
        page.name for page in MENU if page.needs
    }
    assert Right.RATES in rates.rights
