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
from dashboard.metrics.compiler import MetricQuery, compile_query
from dashboard.metrics.dimensions import AGE_BUCKET, CLIENT, MONTH, PROJECT, USER, WEEK
from dashboard.metrics.scope import RoundingBasis, time_filter
from tests.dashboard.metrics.conftest import HERE, TWO_WEEKS

WHERE = time_filter({"and": [{"contains": {"client.name": "acme"}}, {"in": {"user.id": [1, 2]}}]})
QUESTIONS = {
    "utilization_by_user_and_week": MetricQuery(
        (UTILIZATION,), (USER, WEEK), replace(TWO_WEEKS, where=WHERE), 6, "EUR"
    ),
    "amounts_and_cost_by_client": MetricQuery(
        (BILLABLE_AMOUNT, EFFECTIVE_RATE, COST_AMOUNT), (CLIENT,), TWO_WEEKS, 0, "EUR"
    ),
    "owed_by_month_and_client": MetricQuery(
        (OVERDUE_AMOUNT, DSO), (MONTH, CLIENT), TWO_WEEKS, 0, "EUR"
    ),
    "owed_by_age": MetricQuery((OUTSTANDING_AMOUNT,), (AGE_BUCKET,), TWO_WEEKS, 0, "EUR"),
    "hours_and_owed_by_week": MetricQuery(
        (HOURS, OUTSTANDING_AMOUNT), (WEEK,), TWO_WEEKS, 6, "EUR", totals=True
    ),
    "margin": MetricQuery((GROSS_MARGIN_AMOUNT,), (), TWO_WEEKS, 0, "EUR"),
    "projects_within_clients": MetricQuery(
        (HOURS, UNPRICED_HOURS),
        (CLIENT, PROJECT),
        replace(TWO_WEEKS, basis=RoundingBasis.RAW),
        0,
        "EUR",
        subtotals=True,
    ),
}


def written(question: MetricQuery) -> str:
    text, values = compile_query(question)
    return f"{text}\n\n-- {', '.join(map(str, values))}\n"


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_sql_of_a_question_is_what_it_was(name: str) -> None:
    assert written(QUESTIONS[name]) == (HERE / "golden" / f"{name}.sql").read_text("utf-8")


if __name__ == "__main__":
    for name, question in QUESTIONS.items():
        (HERE / "golden" / f"{name}.sql").write_text(written(question), "utf-8")
