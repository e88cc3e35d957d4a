"""The rows of the tables, those that somebody will add as well."""

from datetime import date

import pytest

from dashboard.config.errors import MetricError
from dashboard.metrics import catalog, dimensions
from dashboard.metrics.catalog import METRICS, Metric, Ratio, Unit
from dashboard.metrics.dimensions import DIMENSIONS, Dimension, period_label
from dashboard.metrics.labels import find_by_name
from dashboard.metrics.metric import Fact, metric_facts

every_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=lambda row: row.id)


@every_metric
def test_a_metric_says_what_it_means_and_where_that_is_said(metric: Metric) -> None:
    assert metric.label
    assert metric.doc.endswith(".")
    assert metric.formula
    assert metric.source.startswith("https://")
    assert metric.good in (-1, 0, 1)


@every_metric
def test_money_says_whose_and_nothing_else_does(metric: Metric) -> None:
    if metric.unit in (Unit.MONEY, Unit.RATE):
        assert metric.money is not None
    elif not isinstance(metric, Ratio):
        assert metric.money is None


@every_metric
def test_a_ratio_of_two_amounts_is_of_one_currency(metric: Metric) -> None:
    if isinstance(metric, Ratio) and metric.denominator.money:
        assert metric.money is metric.denominator.money


@every_metric
def test_a_ratio_over_capacity_has_a_name_for_selections(metric: Metric) -> None:
    if isinstance(metric, Ratio):
        over_capacity = Fact.CAPACITY in metric_facts(metric)
        assert bool(metric.over_selection) == over_capacity


def test_every_constant_is_in_its_table_under_its_own_name() -> None:
    for module, kind, table in (
        (catalog, Metric, METRICS),
        (dimensions, Dimension, DIMENSIONS),
    ):
        named_here = {
            name.lower(): value
            for name, value in vars(module).items()
            if isinstance(value, kind) and not name.startswith("_")
        }
        assert named_here == table


def test_every_measure_has_an_id_of_its_own() -> None:
    sums = {measure for metric in METRICS.values() for measure in metric.measures}

    assert len({measure.id for measure in sums}) == len(sums)


def test_no_metric_is_called_as_a_dimension_or_a_column_is() -> None:
    assert not METRICS.keys() & (DIMENSIONS.keys() | {"currency", "level"})


def test_a_name_nobody_knows_is_refused_with_the_nearest() -> None:
    with pytest.raises(MetricError, match="no metric called 'utilisation'") as raised:
        find_by_name(METRICS, "utilisation", "metric")

    assert raised.value.remedy == "Did you mean utilization?"
    assert find_by_name(METRICS, "hours", "metric") is catalog.HOURS


@pytest.mark.parametrize(
    ("dimension", "label"),
    [
        (dimensions.DAY, "1 Oct 2026"),
        (dimensions.WEEK, "1 Oct 2026"),
        (dimensions.MONTH, "Oct 2026"),
        (dimensions.QUARTER, "Q4 2026"),
        (dimensions.YEAR, "2026"),
    ],
)
def test_periods_are_labelled_by_what_they_are(dimension: Dimension, label: str) -> None:
    assert period_label(dimension, date(2026, 10, 1)) == label
