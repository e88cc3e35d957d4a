"""A page of restricted figures is in the audit log: once for each question, not for each rerun."""

import sqlite3
from contextlib import closing

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access.audit_log import AuditAction, AuditActor, Event, audit_log
from dashboard.access.rights import EVERYTHING, make_viewer
from dashboard.config.errors import MetricError
from dashboard.config.settings import Settings
from dashboard.exports import export
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import open_current
from dashboard.web.menu import MENU
from tests.dashboard.components.conftest import TWO_WEEKS


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

    app.switch_page("../pages/hours.py").run()

    assert not app.exception
    assert not app.error
    assert app.metric


def test_whether_figures_are_restricted_depends_on_who_sees_them() -> None:
    member = make_viewer(
        user_id=1, name="", access_roles=["member"], teammates=(), managed=(), shared_budgets=()
    )
    rates = make_viewer(
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


def test_the_page_shows_what_was_done_and_whether_the_log_is_whole(
    app: AppTest, published: Settings
) -> None:
    log = audit_log(published.cache_dir / "1")
    ada = AuditActor("Ada [x](https://evil.example)", 11, "0123456789abcdef")
    began = log.record_event(
        Event(who=ada, did=AuditAction.BEGAN, what="wip.csv", period="2026-01-01..2026-01-31")
    )
    log.record_event(
        Event(who=ada, did=AuditAction.ENDED, what="wip.csv", rows=7, bytes=900, sha256="ab" * 32,
              completes=began)
    )  # fmt: skip
    log.record_event(Event(who=AuditActor("Bob"), did=AuditAction.BEGAN, what="hours.csv"))

    app.switch_page("../pages/audit.py").run()
    app.selectbox(key="person").select("Ada [x](https://evil.example)").run()

    assert not app.exception
    assert any("each as it was written" in one.value for one in app.markdown)
    (table,) = app.dataframe
    assert table.value["Who"].tolist() == ["Ada [x](https://evil.example)"]
    assert table.value["Did"].tolist() == ["took a file"]
    assert table.value["Rows"].tolist() == [7]
    assert table.value["SHA-256"].tolist() == ["ab" * 32]

    with closing(sqlite3.connect(log.path)) as file, file:
        file.execute("DROP TRIGGER unchanged")
        file.execute("UPDATE entries SET name = 'Bob' WHERE number = 2")
    app.run()

    assert "Entry 2 was changed." in app.error[0].value


def test_the_log_as_a_file(app: AppTest, published: Settings) -> None:
    log = audit_log(published.cache_dir / "1")
    for name in ("Ada", "Bob", "Bob"):
        log.record_event(Event(who=AuditActor(name), did=AuditAction.LOOKED, what="wip"))
    with closing(open_current(published.cache_dir, "1")) as snapshot:
        today = published.today_in(None)
        scope = Scope(today, today, today=today)

        def rows(**also: str) -> int:
            file = export.export_table("audit", "csv", scope, also, published, snapshot)
            assert b"".join(file.chunks)
            return file.rows.count

        assert (rows(), rows(person="Bob"), rows(what="data"), rows(days="1")) == (3, 2, 0, 3)
        with pytest.raises(MetricError, match="no number of days"):
            rows(days="-1")
