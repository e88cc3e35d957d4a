"""What time Harvest says it is: changes are asked for by its clock, not by ours."""

from datetime import UTC, datetime

import httpx
import pytest

from harvest_client import Harvest


def answering(headers: dict[str, str]) -> Harvest:
    def harvest(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=headers, json={"id": 1})

    return Harvest(token="t", account_id="1", transport=httpx.MockTransport(harvest))


def test_it_is_what_the_last_answer_said() -> None:
    with answering({"Date": "Tue, 24 Nov 2026 08:05:09 GMT"}) as harvest:
        before = harvest.server_time
        harvest.me()

        assert before is None
        assert harvest.server_time == datetime(2026, 11, 24, 8, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize("headers", [{}, {"Date": ""}, {"Date": "yesterday"}])
def test_nothing_is_guessed_from_a_date_that_is_none(headers: dict[str, str]) -> None:
    with answering(headers) as harvest:
        harvest.me()

        assert harvest.server_time is None
