"""The SQL of a few questions, whole: a change of meaning is a difference to read.

After a change that is meant, `python -m tests.dashboard.metrics.test_statement` writes it anew.
"""

from dataclasses import replace

import pytest

from dashboard.metrics.catalog import (
    BILLABLE_AMOUNT,
    COST_AMOUNT,
    DSO,
    EFFECTIVE_RATE,
    GROSS_MARGIN_AMOUNT,
    HOURS,
    OUTSTANDING_AMOUNT,
    OVERDUE_AMOUNT,
    UNPRICED_HOURS,
    UTILIZATION,
)
from dashboard.metrics.dimensions import AGE_BUCKET, CLIENT, MONTH, PROJECT, USER, WEEK
from dashboard.metrics.scope import Basis, time_filter
from dashboard.metrics.statement import Question, statement
from tests.dashboard.metrics.conftest import HERE, TWO_WEEKS

WHERE = time_filter({"and": [{"contains": {"client.name": "acme"}}, {"in": {"user.id": [1, 2]}}]})
QUESTIONS = {
    "utilization_by_user_and_week": Question(
        (UTILIZATION,), (USER, WEEK), replace(TWO_WEEKS, where=WHERE), 6, "EUR"
    ),
    "amounts_and_cost_by_client": Question(
        (BILLABLE_AMOUNT, EFFECTIVE_RATE, COST_AMOUNT), (CLIENT,), TWO_WEEKS, 0, "EUR"
    ),
    "owed_by_month_and_client": Question(
        (OVERDUE_AMOUNT, DSO), (MONTH, CLIENT), TWO_WEEKS, 0, "EUR"
    ),
    "owed_by_age": Question((OUTSTANDING_AMOUNT,), (AGE_BUCKET,), TWO_WEEKS, 0, "EUR"),
    "hours_and_owed_by_week": Question(
        (HOURS, OUTSTANDING_AMOUNT), (WEEK,), TWO_WEEKS, 6, "EUR", totals=True
    ),
    "margin": Question((GROSS_MARGIN_AMOUNT,), (), TWO_WEEKS, 0, "EUR"),
    "projects_within_clients": Question(
        (HOURS, UNPRICED_HOURS),
        (CLIENT, PROJECT),
        replace(TWO_WEEKS, basis=Basis.RAW),
        0,
        "EUR",
        subtotals=True,
    ),
}


def written(question: Question) -> str:
    text, values = statement(question)
    return f"{text}\n\n-- {', '.join(map(str, values))}\n"


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_sql_of_a_question_is_what_it_was(name: str) -> None:
    assert written(QUESTIONS[name]) == (HERE / "golden" / f"{name}.sql").read_text("utf-8")


if __name__ == "__main__":
    for name, question in QUESTIONS.items():
        (HERE / "golden" / f"{name}.sql").write_text(written(question), "utf-8")
