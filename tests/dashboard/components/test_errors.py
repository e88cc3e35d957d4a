"""Faults become one sentence, and say nothing that is not for the reader."""

import logging
import re

import pytest
from streamlit.testing.v1 import AppTest


def explained() -> None:
    from dashboard.components.errors import show_errors
    from dashboard.config.errors import MetricError

    with show_errors():
        raise MetricError("No [such](https://evil.example) thing.", remedy="Ask for *less*.")


def refused() -> None:
    from dashboard.components.errors import show_errors
    from harvest_client import Unauthorized

    with show_errors():
        raise Unauthorized("/users/me", 401)


def unforeseen() -> None:
    from dashboard.components.errors import log_unexpected

    assert log_unexpected(ValueError("the token is swordfish"))


def ours() -> None:
    from dashboard.components.errors import show_errors

    with show_errors():
        raise ZeroDivisionError


def test_an_error_is_its_sentence_and_its_remedy() -> None:
    (error,) = AppTest.from_function(explained).run().error

    assert error.value == (
        "No \\[such\\]\\(https\u2060\\:\\/\\/evil\\.example\\) thing\\.\n\nAsk for \\*less\\*\\."
    )


def test_401_names_the_token_and_the_account_on_a_page() -> None:
    (error,) = AppTest.from_function(refused).run().error

    told = error.value.replace("\\", "")
    assert "HARVEST_ACCESS_TOKEN" in told
    assert "HARVEST_ACCOUNT_ID" in told


def test_a_fault_of_ours_is_a_reference_here_and_a_trace_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        (error,) = AppTest.from_function(unforeseen).run().error

    reference = re.search(r"`([0-9a-f]{8})`", error.value)
    assert reference
    assert "swordfish" not in error.value
    (record,) = (one for one in caplog.records if one.name == "dashboard.components.errors")
    assert reference.group(1) in record.getMessage()
    assert record.exc_info


def test_a_bug_is_not_explained_away() -> None:
    app = AppTest.from_function(ours).run()

    assert not app.error
    assert app.exception
