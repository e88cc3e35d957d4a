import itertools
from datetime import UTC, date, datetime, timedelta, timezone
from urllib.parse import parse_qsl

import pytest

from harvest_client import ENTITIES, REPORTS, UsageError
from harvest_client.http.request_params import list_query, split_report_window

BERLIN = timezone(timedelta(hours=1))


def query(name: str, **given: object) -> dict[str, str]:
    return dict(parse_qsl(list_query(ENTITIES[name], given)))


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"is_running": True}, {"is_running": "true"}),
        ({"is_running": False}, {"is_running": "false"}),
        ({"is_running": "true"}, {"is_running": "true"}),
        ({"is_running": None}, {}),
        ({"user_id": 7}, {"user_id": "7"}),
        ({"user_id": "7"}, {"user_id": "7"}),
        ({"from_": date(2026, 1, 5)}, {"from": "2026-01-05"}),
        ({"from_": "2026-01-05"}, {"from": "2026-01-05"}),
        ({"from_": "20260105", "to": "20260105"}, {"from": "2026-01-05", "to": "2026-01-05"}),
        ({"from": "20260105"}, {"from": "2026-01-05"}),
        (
            {"updated_since": datetime(2026, 1, 5, 0, 30, 1, 999999, tzinfo=BERLIN)},
            {"updated_since": "2026-01-04T23:30:01Z"},
        ),
        (
            {"updated_since": datetime(2026, 1, 5, tzinfo=UTC)},
            {"updated_since": "2026-01-05T00:00:00Z"},
        ),
        ({"updated_since": "2026-01-05T08:00+01:00"}, {"updated_since": "2026-01-05T07:00:00Z"}),
        ({"external_reference_id": "a&b=ö"}, {"external_reference_id": "a&b=ö"}),
        ({"page": 3, "per_page": 1}, {"page": "3", "per_page": "1"}),
    ],
    ids=str,
)
def test_values_are_spelled_as_harvest_reads_them(
    given: dict[str, object], sent: dict[str, str]
) -> None:
    assert query("time_entries", **given) == {"per_page": "2000", **sent}


def test_reports_get_their_days_without_hyphens() -> None:
    sent = query("time_projects", from_="2026-01-01", to=date(2026, 1, 31), include_fixed_fee=True)

    assert sent == {
        "per_page": "2000",
        "from": "20260101",
        "to": "20260131",
        "include_fixed_fee": "true",
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"form_": "2026-01-01"}, "did you mean 'from'"),
        ({"is_runing": True}, "did you mean 'is_running'"),
        ({"user": 1}, "did you mean 'user_id'"),
        ({"colour": 1}, "there are: "),
        ({"from": "2026-01-01", "from_": "2026-01-01"}, "same parameter"),
        ({"from_": datetime(2026, 1, 5, tzinfo=UTC)}, "a day such as"),
        ({"from_": "2026-02-30"}, "a day such as"),
        ({"from_": "2026-W01-1"}, "a day such as"),
        ({"from_": "2026-1-5"}, "a day such as"),
        ({"from_": "٢٠٢٦-01-01"}, "a day such as"),
        ({"from_": 20260105}, "a day such as"),
        ({"from_": "2026-01-02", "to": "2026-01-01"}, "later than"),
        ({"updated_since": datetime(2026, 1, 5)}, "with its zone"),  # noqa: DTZ001
        ({"updated_since": date(2026, 1, 5)}, "with its zone"),
        ({"updated_since": "2026-01-05"}, "with its zone"),
        ({"updated_since": "now"}, "with its zone"),
        ({"updated_since": datetime.min.replace(tzinfo=BERLIN)}, "with its zone"),
        ({"is_running": 1}, "True or False"),
        ({"is_running": "yes"}, "True or False"),
        ({"user_id": True}, "positive whole number"),
        ({"user_id": 0}, "positive whole number"),
        ({"user_id": "1;2"}, "positive whole number"),
        ({"user_id": [1]}, "positive whole number"),
        ({"per_page": 0}, "1 to 2000"),
        ({"per_page": 2001}, "1 to 2000"),
        ({"per_page": 10.0}, "1 to 2000"),
        ({"external_reference_id": ""}, "some text"),
        ({"external_reference_id": 7}, "some text"),
    ],
    ids=str,
)
def test_what_harvest_would_not_understand_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        query("time_entries", **given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "needs from"),
        ({"from_": "20260101"}, "needs to: a report has a window of at most 365 days"),
        ({"from_": None, "to": "20260101"}, "needs from"),
        ({"from_": "20240101", "to": "20241231"}, "366 days; a report has at most 365"),
    ],
    ids=str,
)
def test_a_report_needs_a_window_that_harvest_accepts(given: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        query("time_projects", **given)


def test_a_window_of_365_days_is_accepted() -> None:
    assert query("time_projects", from_="20250101", to="20251231")["to"] == "20251231"


def test_a_list_may_span_many_years() -> None:
    assert query("time_entries", from_="20060101", to="20261231")["from"] == "2006-01-01"


def test_a_longer_window_of_a_report_is_asked_for_in_parts_that_harvest_accepts() -> None:
    asked = split_report_window(
        ENTITIES["time_projects"], {"from_": "20200101", "to": date(2024, 12, 31)}
    )

    windows = [(part["from"], part["to"]) for part in asked]
    assert windows[0] == (date(2020, 1, 1), date(2020, 12, 30))
    assert windows[-1] == (date(2024, 12, 30), date(2024, 12, 31))
    for part in asked:
        list_query(ENTITIES["time_projects"], part)
    for (_, end), (start, _) in itertools.pairwise(windows):
        assert start == date.fromordinal(end.toordinal() + 1)  # type: ignore[attr-defined]


def test_what_does_not_add_up_over_windows_is_not_asked_for_in_parts() -> None:
    """The fee of a fixed-fee project is open in each window: two would count it twice."""
    given = {"from_": "20200101", "to": "20241231"}

    assert len(split_report_window(REPORTS["uninvoiced"], given)) == 1
    assert len(split_report_window(ENTITIES["time_entries"], given)) == 1
