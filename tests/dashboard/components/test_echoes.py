"""A click that comes before the answer to the one before it sends fields as they were."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components import text_input_sync
from dashboard.config.settings import Settings
from tests.dashboard.components.conftest import TWO_WEEKS

ACME = '{"eq":{"client.id":10}}'


@pytest.fixture
def page(app: AppTest, published: Settings, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Hours of Acme; how fast this machine is has no say."""
    monkeypatch.setattr(text_input_sync, "ECHO", 60.0)
    app.query_params["period"] = TWO_WEEKS
    app.query_params["where"] = ACME
    return app.switch_page("../pages/hours.py").run()


def test_what_was_taken_back_is_not_brought_back_by_the_next_click(page: AppTest) -> None:
    page.button(key="chip_clients").click().run()

    page.text_input(key="where").set_value(ACME)
    page.text_input(key="period").set_value("12m").run()

    assert page.text_input(key="where").value == ""
    assert page.text_input(key="period").value == "12m"
    assert "chip_clients" not in keys(page)


def test_what_was_chosen_outlasts_a_popover_that_is_closed_at_once(page: AppTest) -> None:
    page.button(key="chip_clients").click().run()
    page.session_state["filters"] = True  # opened
    page.run()
    page.multiselect(key="_pick_clients").select(20).run()
    chosen = page.text_input(key="where").value

    page.text_input(key="where").set_value("").run()

    assert page.text_input(key="where").value == chosen == '{"in":{"client.id":[20]}}'
    assert "chip_clients" in keys(page)


def test_what_is_typed_counts(page: AppTest) -> None:
    page.button(key="chip_clients").click().run()

    page.text_input(key="where").set_value('{"eq":{"client.id":20}}').run()
    assert page.text_input(key="where").value == '{"eq":{"client.id":20}}'
    page.text_input(key="where").set_value(ACME).run()
    assert page.text_input(key="where").value == ACME


def test_later_even_what_was_there_before_counts(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_input_sync, "ECHO", 0.0)
    page.button(key="chip_clients").click().run()

    page.text_input(key="where").set_value(ACME).run()

    assert page.text_input(key="where").value == ACME
    assert "chip_clients" in keys(page)


def keys(page: AppTest) -> set[str | None]:
    return {button.key for button in page.button}
